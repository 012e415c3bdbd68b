"""A specification walked once: every object by kind with its place, every reference followed, across files."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Fault, Parts, UnreadableError
from sluice.services.contract_engine.specs.grammar import NAME_MAPS, Grammar
from sluice.services.contract_engine.specs.pointers import lookup, target_parts
from sluice.services.contract_engine.specs.sources import Sources

# A place is linked to the one above, because most are never spelt out: (the place above, the last key); the place of
# a file's root is (None, the file's number).
Place = tuple["Place | None", "str | int"]
_NATIVE: Final = ("application/vnd.aai.asyncapi", "application/schema+json", "application/schema+yaml")


class Target(NamedTuple):
    """What a reference leads to."""

    source: int
    parts: Parts
    node: JsonValue


def where(place: Place) -> tuple[int, Parts]:
    """The file's number and the keys of a place."""
    keys: list[str | int] = []
    above: Place | None = place
    while above is not None:
        keys.append(above[1])
        above = above[0]
    return int(keys.pop()), tuple(reversed(keys))


def fault_at(rule: str, place: Place, message: str, *below: str | int) -> Fault:
    """A fault at a place, or at keys below it."""
    source, parts = where(place)
    return Fault(rule, (*parts, *below), message, source)


def _source_of(place: Place) -> int:
    while place[0] is not None:
        place = place[0]
    return int(place[1])


@dataclass
class Specification:
    """`family` is the version's first two numbers; `nodes` maps a kind of object to the places where it stands.

    `used` are the components that references name, `foreign` what they found outside of the document's grammar, `inner`
    the identities of schemas that are part of other schemas.
    """

    kind: str
    version: str
    sources: Sources
    grammar: Grammar
    nodes: dict[str, list[tuple[Place, JsonObject]]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Fault] = field(default_factory=list)
    used: set[tuple[int, Parts]] = field(default_factory=set)
    foreign: list[tuple[Target, str]] = field(default_factory=list)
    inner: set[int] = field(default_factory=set)
    _kinds: dict[int, str] = field(default_factory=dict)
    _targets: dict[tuple[int, str], Target | Fault] = field(default_factory=dict)
    _ends: dict[tuple[int, str], Target | None] = field(default_factory=dict)
    _anchors: dict[int, dict[str, Target]] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """Such as `3.1`."""
        return ".".join(self.version.split(".")[:2])

    @property
    def document(self) -> JsonObject:
        """The document itself."""
        document = self.sources.files[0].document
        return document if isinstance(document, dict) else {}

    def walk(self) -> None:
        """Find every object, and follow every reference; what is wrong with them goes to `faults`."""
        references = list(self._visit((None, 0), self.document, "root"))
        while references:
            found: list[tuple[Place, JsonValue, str]] = []
            for place, reference, kind in references:
                found.extend(self._follow(place, reference, kind))
            references = found

    def final(self, place: Place, node: JsonValue) -> JsonValue:
        """A node, or what its references lead to in the end; None when that is nothing."""
        if not isinstance(node, dict) or not isinstance(reference := node.get("$ref"), str):
            return node
        end = self.end(_source_of(place), reference)
        return end.node if end else None

    def end(self, source: int, reference: str) -> Target | None:
        """Where a chain of references ends; None when it leads nowhere or in a circle."""
        chain: dict[tuple[int, str], None] = {}
        result: Target | None = None
        key = (source, reference)
        while key not in self._ends and key not in chain:
            chain[key] = None
            target = self.target(*key)
            if isinstance(target, Fault):
                break
            following = target.node.get("$ref") if isinstance(target.node, dict) else None
            if not isinstance(following, str):
                result = target
                break
            key = (target.source, following)
        else:
            result = self._ends.get(key)
        self._ends.update(dict.fromkeys(chain, result))
        return result

    def target(self, source: int, reference: str) -> Target | Fault:
        """What one reference in a file leads to, or why it leads nowhere."""
        key = (source, reference)
        if key not in self._targets:
            self._targets[key] = self._find(source, reference)
        return self._targets[key]

    def _visit(self, place: Place, root: JsonValue, kind: str) -> Iterator[tuple[Place, JsonValue, str]]:
        """Every object from here down, yielding the references."""
        stack: list[tuple[Place, JsonValue, str]] = [(place, root, kind)]
        while stack:
            place, node, kind = stack.pop()
            if not isinstance(node, dict):
                continue
            if "$ref" in node and kind not in NAME_MAPS:
                yield place, node["$ref"], kind
            if kind == "schema" and "schemaFormat" in node:
                if str(node["schemaFormat"]).startswith(_NATIVE):
                    stack.append(((place, "schema"), node.get("schema"), "schema"))
                continue
            self.nodes[kind].append((place, node))
            if id(node) not in self._kinds:
                self._kinds[id(node)] = kind
                self._push(stack, place, node, kind)

    def _push(self, stack: list[tuple[Place, JsonValue, str]], place: Place, node: JsonObject, kind: str) -> None:
        fields = self.grammar[kind]
        any_key = fields.get("*")
        skipped = "payload" if kind == "message" and not _is_native(node) else ""
        for key, value in reversed(node.items()):
            shape = fields.get(key) or (None if any_key is None or key.startswith("x-") else any_key)
            if shape is None or key == skipped:
                continue
            below: Place = (place, key)
            start = len(stack)
            if isinstance(value, dict):
                if shape[0] == "many":
                    stack.extend([((below, name), item, shape[1]) for name, item in reversed(value.items())])
                elif shape[0] == "one":
                    stack.append((below, value, shape[1]))
            elif isinstance(value, list) and shape[0] != "many":
                stack.extend([((below, index), value[index], shape[1]) for index in reversed(range(len(value)))])
            if kind == "schema":
                self.inner.update(id(child) for _, child, _ in stack[start:])

    def _follow(self, place: Place, reference: JsonValue, kind: str) -> Iterator[tuple[Place, JsonValue, str]]:
        """Judge a reference; yields those of its target, where no walk has come yet."""
        if not isinstance(reference, str):
            self.faults.append(fault_at("ref.type", place, "$ref must be a string", "$ref"))
            return
        source = _source_of(place)
        target = self.target(source, reference)
        if isinstance(target, Fault):
            if target.rule:
                self.faults.append(fault_at(target.rule, place, target.message, "$ref"))
            return
        if self.end(source, reference) is None and self._is_circle(source, reference):
            self.faults.append(fault_at("ref.cycle", place, f"{reference!r} leads back to itself", "$ref"))
            return
        self.used.add((target.source, target.parts[:3]))
        known = self._kinds.get(id(target.node))
        if known is None:
            yield from self._arrive(place, target, reference, kind)
        elif known != kind:
            self._wrong_kind(place, reference, known, kind)

    def _arrive(
        self, place: Place, target: Target, reference: str, kind: str
    ) -> Iterator[tuple[Place, JsonValue, str]]:
        if isinstance(target.node, bool) and kind == "schema":
            return
        if not isinstance(target.node, dict):
            self._wrong_kind(place, reference, "no object", kind)
            return
        self.foreign.append((target, kind))
        there: Place = (None, target.source)
        for part in target.parts:
            there = (there, part)
        yield from self._visit(there, target.node, kind)

    def _wrong_kind(self, place: Place, reference: str, found: str, wanted: str) -> None:
        message = f"{reference!r} leads to {_said(found)}, not to {_said(wanted)}"
        self.faults.append(fault_at("ref.kind", place, message, "$ref"))

    def _is_circle(self, source: int, reference: str) -> bool:
        seen = set()
        while (source, reference) not in seen:
            seen.add((source, reference))
            target = self.target(source, reference)
            following = (
                target.node.get("$ref") if isinstance(target, Target) and isinstance(target.node, dict) else None
            )
            if isinstance(target, Fault) or not isinstance(following, str):
                return False
            source, reference = target.source, following
        return True

    def _find(self, source: int, reference: str) -> Target | Fault:
        path, _, pointed = reference.partition("#")
        if path:
            known = self._anchor(source, path) if not pointed else None
            if known:
                return known
            try:
                number = self.sources.number(source, path)
            except UnreadableError as error:
                return error.fault
            if number is None:
                return Fault("", (), "")  # told where the file itself is at fault
            source = number
        if pointed and not pointed.startswith("/"):
            message = f"{reference!r} is no JSON pointer, and no anchor of the document"
            return self._anchor(source, pointed) or Fault("ref.pointer", (), message)
        parts = target_parts("#" + pointed) if pointed != "/" else []
        try:
            node = lookup(self.sources.files[source].document, parts)
        except LookupError:
            return Fault("ref.dangling", (), f"{reference[:200]!r} leads nowhere")
        return Target(source, tuple(parts), node)

    def _anchor(self, source: int, name: str) -> Target | None:
        """The object that calls itself so, by `$anchor`, `$dynamicAnchor` or `$id`."""
        if source not in self._anchors:
            self._anchors[source] = dict(_named(source, self.sources.files[source].document))
        return self._anchors[source].get(name)


def _named(source: int, document: JsonValue) -> Iterator[tuple[str, Target]]:
    stack: list[tuple[Parts, JsonValue]] = [((), document)]
    seen: set[int] = set()
    while stack:
        parts, node = stack.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            for key in ("$anchor", "$dynamicAnchor", "$id"):
                if isinstance(name := node.get(key), str):
                    yield name.removeprefix("#") if key == "$id" else name, Target(source, parts, node)
            stack.extend(((*parts, key), value) for key, value in node.items())
        else:
            stack.extend(((*parts, index), value) for index, value in enumerate(node))


def _is_native(message: JsonObject) -> bool:
    """Whether the payload of a message is a JSON Schema, and not Avro or another language."""
    return str(message.get("schemaFormat", _NATIVE[0])).startswith(_NATIVE)


def _said(kind: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind)
    if kind.startswith("no "):
        return kind
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"
