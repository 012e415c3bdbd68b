"""Default values against their own schema, as far as that can be done in bounded time."""

from typing import Final

import jsonschema_rs
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.pointers import Parts, lookup, pointer, target_parts
from sluice.services.contract_engine.specs.structure import check_structure

MAX_WEIGHT: Final = 5_000
_BASE: Final = "urn:sluice:document"
_HINT: Final = "the default must itself be valid"


def check_default(document: JsonObject, place: Parts, value: JsonValue, *, old: bool) -> list[SpecError]:
    """Faults of the default of the schema at `place`; none when judging it could take forever.

    `old`: OpenAPI 3.0, whose schemas follow an older draft.
    """
    weight = _Weight(document)
    total = weight.of(lookup(document, place))
    if total > MAX_WEIGHT or (weight.recursive and isinstance(value, dict | list) and value):
        return []
    draft, kind = (
        (jsonschema_rs.Draft4, jsonschema_rs.Draft4Validator)
        if old
        else (jsonschema_rs.Draft202012, jsonschema_rs.Draft202012Validator)
    )
    registry = jsonschema_rs.Registry([(_BASE, document)], draft=draft)
    validator = kind({"$ref": _BASE + "#" + pointer(place)}, registry=registry, offline=True)
    return check_structure(validator, value, "openapi.default", (*place, "default"), _HINT)


class _Weight:
    """How many subschemas a validator may visit, with references expanded; a schema inside itself counts once."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._known: dict[int, int] = {}
        self.recursive = False

    def of(self, node: JsonValue) -> int:
        """The weight of a schema, `MAX_WEIGHT` + 1 when it is that or more."""
        if not isinstance(node, dict | list):
            return 0
        if id(node) in self._known:
            self.recursive |= self._known[id(node)] == 0
            return self._known[id(node)]
        self._known[id(node)] = 0
        below = list(node.values()) if isinstance(node, dict) else node
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str):
            below = [*below, lookup(self._document, target_parts(reference))]
        total = 1
        for value in below:
            total += self.of(value)
            if total > MAX_WEIGHT:
                break
        self._known[id(node)] = min(total, MAX_WEIGHT + 1)
        return self._known[id(node)]
