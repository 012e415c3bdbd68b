"""What a schema means: references followed, allOf merged, and the dialects of OpenAPI 2, 3.0 and 3.1 made equal.

Two schemas that mean the same give equal views, whichever way they are written: `nullable: true` and a type array with
null, `const` and an enum of one, a bound of zero and none, a single-member oneOf and the member itself.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.changes.source import Node, Nodes, Source
from sluice.services.contract_engine.changes.words import (
    Limit,
    exact,
    is_null,
    meet,
    number,
    texts,
    type_of,
    whole_bounds,
)
from sluice.services.contract_engine.specs.pointers import Parts

Key = tuple[int, ...]
LOWER: Final = ("minimum", "minLength", "minItems", "minProperties")
UPPER: Final = ("maximum", "maxLength", "maxItems", "maxProperties")
CONDITIONS: Final = ("not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas")
PLAIN_CONDITIONS: Final = ("dependentRequired", "contentEncoding", "contentMediaType", "minContains", "maxContains")
FLAGS: Final = ("readOnly", "writeOnly", "deprecated")
_COMPOSED: Final = frozenset({"$ref", "allOf", "oneOf", "anyOf"})
_OBJECT_WORDS: Final = frozenset(
    {"properties", "additionalProperties", "unevaluatedProperties", "required", "patternProperties"}
)
_ARRAY_WORDS: Final = frozenset({"items", "prefixItems"})
_EXCLUSIVE: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


@dataclass
class View:
    """The meaning of one schema; `types` are without null, None stands for any."""

    place: Parts
    nodes: Nodes = ()
    types: frozenset[str] | None = None
    null: bool = True
    enum: dict[str, JsonValue] | None = None
    formats: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    limits: dict[str, Limit] = field(default_factory=dict)
    multiples: frozenset[float] = frozenset()
    unique: bool = False
    properties: dict[str, Nodes] = field(default_factory=dict)
    pattern_properties: dict[str, Nodes] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    closed: bool = False
    additional: Nodes = ()
    items: Nodes = ()
    prefix: list[Nodes] = field(default_factory=list)
    groups: list[tuple[str, Nodes]] = field(default_factory=list)
    discriminator: Node | None = None
    conditions: dict[str, Nodes] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    default: str = ""

    @property
    def any_value(self) -> bool:
        """Whether it says nothing by itself about values."""
        said = (self.enum, self.formats, self.patterns, self.limits, self.properties, self.required, self.closed)
        return self.types is None and not any(said) and self.enum is None and not self.items


class Views:
    """Views of the schemas of one document, each made once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[Key, View] = {}
        self._directs: dict[int, int] = {}
        self._alive: list[JsonValue] = []  # an identity is one only as long as its object lives

    def of(self, nodes: Nodes) -> View:
        """What holds of a value for which all these schemas hold."""
        key = self.key(nodes)
        view = self._known.get(key)
        if view is None:
            view = self._known[key] = _Reader(self.source).read(tuple(self._direct(node) for node in nodes))
        return view

    def key(self, nodes: Nodes) -> Key:
        """Equal for what has one view: a reference and its target, and the same schema in several places."""
        if len(nodes) == 1 and isinstance(nodes[0].raw, dict):
            return (self._identity(nodes[0]),)
        ids = tuple(self._identity(node) for node in nodes)
        if any(not isinstance(node.raw, dict) for node in nodes):  # true, false and null are one object each
            return (*ids, *(hash(node.place) for node in nodes))
        return ids

    def flags(self, nodes: Nodes) -> Collection[str]:
        """`readOnly`, `writeOnly` and `deprecated`, as far as they hold."""
        if not self.plain(nodes):
            return self.of(nodes).flags
        return [word for word in FLAGS if nodes[0].table.get(word) is True]

    def plain(self, nodes: Nodes) -> bool:
        """Whether it is one schema that leads to no other that holds of the same value."""
        raw = nodes[0].raw if len(nodes) == 1 else None
        return isinstance(raw, dict) and raw.keys().isdisjoint(_COMPOSED)

    def _identity(self, node: Node) -> int:
        known = self._directs.get(id(node.raw))
        if known is None:
            direct = self._direct(node)
            known = id(direct.raw)
            if isinstance(node.raw, dict):
                self._directs[id(node.raw)] = known
                self._alive.append(node.raw)
        return known

    def _direct(self, node: Node) -> Node:
        """What a mere reference leads to, so that it and its target have one view."""
        if "$ref" in node.table and (len(node.table) == 1 or not self.source.siblings_count):
            return self.source.follow(node)
        return node


class _Reader:
    """Makes one view; the nodes still to absorb wait in a queue, so that no nesting is too deep."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: set[int] = set()
        self._null_words: list[bool] = []
        self._nullable = False

    def read(self, nodes: Nodes) -> View:
        self._view = View(self._source.follow(nodes[0]).place if nodes else (), nodes)
        queue = list(nodes)
        while queue:
            queue.extend(self._absorb(queue.pop(0)))
        self._finish()
        return self._view

    def _absorb(self, node: Node) -> Iterator[Node]:
        """Take in one schema; gives those that hold beside it."""
        if node.raw is False:
            self._view.types = frozenset()
        if not isinstance(node.raw, dict) or id(node.raw) in self._seen:
            return
        self._seen.add(id(node.raw))
        target = self._source.target(node)
        if target is not None:
            yield target
            if not self._source.siblings_count:
                return
        self._types(node.raw)
        self._values(node.raw)
        self._limits(node.raw)
        if not node.raw.keys().isdisjoint(_OBJECT_WORDS):
            self._objects(node)
        if not node.raw.keys().isdisjoint(_ARRAY_WORDS):
            self._arrays(node)
        self._rest(node)
        if "allOf" in node.raw:
            yield from node.child("allOf").elements()
        for kind in ("oneOf", "anyOf"):
            if kind in node.raw:
                yield from self._group(kind, node.child(kind))

    def _types(self, raw: JsonObject) -> None:
        declared = raw.get("type")
        if raw.get("nullable") is True or raw.get("x-nullable") is True:
            self._nullable = True
        names = {declared} if isinstance(declared, str) else texts(declared)
        if names:
            self._null_words.append("null" in names)
            types = frozenset(names - {"null"})
            self._view.types = types if self._view.types is None else meet(self._view.types, types)

    def _values(self, raw: JsonObject) -> None:
        values = [raw["const"]] if "const" in raw else raw.get("enum")
        if isinstance(values, list):
            if "type" not in raw:
                self._null_words.append(None in values)
            enum: dict[str, JsonValue] = {exact(value): value for value in values if value is not None}
            known = self._view.enum
            self._view.enum = enum if known is None else {key: known[key] for key in known if key in enum}
        for key, value in (("format", "formats"), ("pattern", "patterns")):
            text = raw.get(key)
            if isinstance(text, str):
                setattr(self._view, value, getattr(self._view, value) | {text})
        step = number(raw.get("multipleOf"))
        if step:
            self._view.multiples |= {step}
        self._view.unique |= raw.get("uniqueItems") is True

    def _limits(self, raw: JsonObject) -> None:
        for key in (*LOWER, *UPPER):
            value = number(raw.get(key))
            if value is not None:
                word = f"exclusive{key[0].upper()}{key[1:]}"
                self._bound(key, value, exclusive=raw.get(word) is True)
        for word, key in _EXCLUSIVE.items():
            value = number(raw.get(word))
            if value is not None:
                self._bound(key, value, exclusive=True)

    def _bound(self, key: str, value: float, *, exclusive: bool) -> None:
        limits = self._view.limits
        if key in LOWER:
            limit = (value, 1 if exclusive else 0)
            limits[key] = max(limit, limits.get(key, limit))
        else:
            limit = (value, 0 if exclusive else 1)
            limits[key] = min(limit, limits.get(key, limit))

    def _objects(self, node: Node) -> None:
        view = self._view
        for name, child in node.child("properties").items():
            view.properties[name] = (*view.properties.get(name, ()), child)
        for name, child in node.child("patternProperties").items():
            view.pattern_properties[name] = (*view.pattern_properties.get(name, ()), child)
        required = node.table.get("required")
        if isinstance(required, list):
            view.required.update(name for name in required if isinstance(name, str))
        for word in ("additionalProperties", "unevaluatedProperties"):
            extra = node.child(word)
            view.closed |= extra.raw is False
            if isinstance(extra.raw, dict) and extra.raw:
                view.additional = (*view.additional, extra)
        if "type" not in node.table and view.types is None:
            view.flags.add("object")

    def _arrays(self, node: Node) -> None:
        view = self._view
        for word in ("prefixItems", "items"):
            for index, child in enumerate(node.child(word).elements()):
                view.prefix.extend(() for _ in range(index + 1 - len(view.prefix)))
                view.prefix[index] = (*view.prefix[index], child)
        items = node.child("items")
        if isinstance(items.raw, dict) and items.raw:
            view.items = (*view.items, items)
            if "type" not in node.table:
                view.flags.add("array")

    def _rest(self, node: Node) -> None:
        view, raw = self._view, node.table
        for word in CONDITIONS:
            if word in raw:
                view.conditions[word] = (*view.conditions.get(word, ()), node.child(word))
        for word in PLAIN_CONDITIONS:
            if word in raw:
                view.plain[word] = exact(raw[word])
        for word in FLAGS:
            if raw.get(word) is True:
                view.flags.add(word)
        if "default" in raw and not view.default:
            view.default = exact(raw["default"])
        if view.discriminator is None and "discriminator" in raw:
            view.discriminator = node.child("discriminator")

    def _group(self, kind: str, holder: Node) -> Iterator[Node]:
        """Alternatives; null among them means nullable, and a single other one simply holds."""
        members = tuple(holder.elements())
        if not members:
            return
        others = tuple(member for member in members if not is_null(self._source.follow(member).raw))
        self._nullable |= len(others) < len(members)
        if len(others) == 1:
            yield others[0]
        elif others:
            self._view.groups.append((kind, others))

    def _finish(self) -> None:
        view = self._view
        if view.types is None:
            implied = {word for word in ("object", "array") if word in view.flags}
            if len(implied) == 1:
                view.types = frozenset(implied)
                self._null_words.append(False)
        view.null = self._nullable or all(self._null_words)
        for key in ("minLength", "minItems", "minProperties"):
            if view.limits.get(key, (1, 0))[0] <= 0:
                view.limits.pop(key, None)
        if view.types == frozenset({"integer"}):
            whole_bounds(view.limits)
        if view.enum is not None and view.types is None:
            view.types = frozenset(type_of(value) for value in view.enum.values()) or None
