"""A contract document with its references followed; nothing is ever copied or expanded."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.pointers import Parts, lookup, pointer, target_parts

_MODERN_REFERENCES = ("3.1", "3.2")
_MAX_CHAIN = 100


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

    def __init__(self, document: JsonObject) -> None:
        self.root = Node((), document)
        found = [key for key in ("openapi", "swagger", "asyncapi") if isinstance(document.get(key), str)]
        self.kind = found[0] if found else ""
        self.version = str(document.get(self.kind, ""))
        self._siblings = self.kind == "asyncapi" or self.version.startswith(_MODERN_REFERENCES)

    @property
    def siblings_count(self) -> bool:
        """Whether keywords beside a `$ref` hold (JSON Schema 2020-12) or are ignored (before)."""
        return self._siblings

    def target(self, node: Node) -> Node | None:
        """What the node's `$ref` leads to, one step; None when it has none or leads nowhere."""
        reference = node.table.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        place = tuple(target_parts(reference))
        try:
            return Node(place, lookup(self.root.raw, place))
        except (LookupError, ValueError):
            return None

    def follow(self, node: Node) -> Node:
        """What the references at a node finally lead to; the node itself where there is none."""
        for _ in range(_MAX_CHAIN):
            target = self.target(node)
            if target is None:
                break
            node = target
        return node
