"""A contract document, and the files it is made of, with its references followed; nothing is copied or expanded."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs import pointers
from sluice.services.contract_engine.specs.faults import UnreadableError
from sluice.services.contract_engine.specs.pointers import Parts, lookup, target_parts
from sluice.services.contract_engine.specs.sources import Sources

_MODERN_REFERENCES = ("3.1", "3.2")
_MAX_CHAIN = 100


class InFile(str):
    """First step of a place that is not in the document itself: the name of the file."""

    __slots__ = ()


def pointer(place: Parts) -> str:
    """RFC 6901, in another file than the document itself after its name: `parts.yaml#/Thing`."""
    if place and isinstance(place[0], InFile):
        return f"{place[0]}#{pointers.pointer(place[1:])}"
    return pointers.pointer(place)


class Node(NamedTuple):
    """A value of the document and where it stands."""

    place: Parts
    raw: JsonValue

    @property
    def pointer(self) -> str:
        """RFC 6901."""
        return pointer(self.place)

    def child(self, key: str | int) -> "Node":
        """One step down; null where there is nothing."""
        place = (*self.place, key)
        if isinstance(self.raw, dict):
            return Node(place, self.raw.get(str(key)))
        if isinstance(self.raw, list) and isinstance(key, int) and key < len(self.raw):
            return Node(place, self.raw[key])
        return Node(place, None)

    def items(self) -> "Iterable[tuple[str, Node]]":
        """Members of an object, none of anything else."""
        for key, value in self.table.items():
            yield key, Node((*self.place, key), value)

    def elements(self) -> "Iterable[Node]":
        """Elements of a list, none of anything else."""
        for index, value in enumerate(self.raw if isinstance(self.raw, list) else ()):
            yield Node((*self.place, index), value)

    @property
    def table(self) -> JsonObject:
        """The value as an object, empty when it is none."""
        return self.raw if isinstance(self.raw, dict) else {}

    def text(self, key: str) -> str:
        """A text member, '' when there is none."""
        value = self.table.get(key)
        return value if isinstance(value, str) else ""


Nodes = tuple[Node, ...]


class Source:
    """A document; `kind` is openapi, swagger or asyncapi, `version` what the document says of itself."""

    def __init__(self, document: JsonObject | Sources) -> None:
        self._files = document if isinstance(document, Sources) else None
        raw = document.files[0].document if isinstance(document, Sources) else document
        self.root = Node((), raw)
        found = [key for key in ("openapi", "swagger", "asyncapi") if self.root.text(key)]
        self.kind = found[0] if found else ""
        self.version = self.root.text(self.kind)
        self._targets: dict[tuple[str, str], Node | None] = {}
        self._siblings = self.kind == "asyncapi" or self.version.startswith(_MODERN_REFERENCES)

    @property
    def siblings_count(self) -> bool:
        """Whether keywords beside a `$ref` hold (JSON Schema 2020-12) or are ignored (before)."""
        return self._siblings

    def target(self, node: Node) -> Node | None:
        """What the node's `$ref` leads to, one step; None when it has none or leads nowhere."""
        reference = node.table.get("$ref")
        if not isinstance(reference, str):
            return None
        key = (str(node.place[0]) if node.place and isinstance(node.place[0], InFile) else "", reference)
        if key not in self._targets:
            self._targets[key] = self._find(node.place, reference)
        return self._targets[key]

    def _find(self, place: Parts, reference: str) -> Node | None:
        file, _, fragment = reference.partition("#")
        if fragment and not fragment.startswith("/"):
            return None
        try:
            prefix, document = self._file(place, file)
            parts = tuple(target_parts(f"#{fragment}"))
            return Node((*prefix, *parts), lookup(document, parts))
        except (LookupError, ValueError, UnreadableError):
            return None

    def _file(self, place: Parts, name: str) -> tuple[Parts, JsonValue]:
        """First step and content of the file that a reference at `place` names ('' is that of the place itself).

        Raises:
            LookupError: it cannot be read.
        """
        here = place[0] if place and isinstance(place[0], InFile) else ""
        if self._files is None or not (here or name):
            if name:
                raise LookupError(name)
            return (), self.root.raw
        files = self._files.files
        number = next((n for n, file in enumerate(files) if here and file.name == here), 0)
        found = self._files.number(number, name) if name else number
        if found is None:
            raise LookupError(name)
        return (InFile(files[found].name),) if found else (), files[found].document

    def follow(self, node: Node) -> Node:
        """What the references at a node finally lead to; the node itself where there is none."""
        for _ in range(_MAX_CHAIN):
            target = self.target(node)
            if target is None:
                break
            node = target
        return node
