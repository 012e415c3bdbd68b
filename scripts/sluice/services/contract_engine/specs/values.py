"""Values of a document (defaults, examples) against their schema, as far as that can be done in bounded time."""

from functools import cached_property
from typing import Final

import jsonschema_rs
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.pointers import Parts, lookup, pointer, target_parts
from sluice.services.contract_engine.specs.structure import check_structure

MAX_WEIGHT: Final = 5_000
_BASE: Final = "urn:sluice:document"


class Values:
    """The values of one OpenAPI document; `old`: OpenAPI 3.0, whose schemas follow an older draft."""

    def __init__(self, document: JsonObject, *, old: bool) -> None:
        self._document = document
        self._draft = jsonschema_rs.Draft4 if old else jsonschema_rs.Draft202012
        self._validator = jsonschema_rs.Draft4Validator if old else jsonschema_rs.Draft202012Validator

    def check(self, rule: str, schema: Parts, value: JsonValue, place: Parts) -> list[SpecError]:
        """Faults of the value at `place` by the schema at `schema`; none when judging it could take forever."""
        holder = lookup(self._document, schema)
        weight = _Weight(self._document)
        try:
            total = weight.of(holder)
        except RecursionError:
            return []
        if total > MAX_WEIGHT or (weight.recursive and isinstance(value, dict | list) and value):
            return []
        try:
            if weight.refers or not isinstance(holder, dict):
                target = {"$ref": f"{_BASE}#{pointer(schema)}"}
                validator = self._validator(target, registry=self._registry, offline=True)
            else:
                validator = self._validator(holder, offline=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
            return []  # the schema itself is at fault, which is told elsewhere
        return check_structure(validator, value, rule, place, "it must be valid by its own schema")

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry([(_BASE, self._document)], draft=self._draft)


class _Weight:
    """How many subschemas a validator may visit, with references expanded; a schema inside itself counts once."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._known: dict[int, int] = {}
        self.recursive = False
        self.refers = False

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
            self.refers = True
            below = [*below, lookup(self._document, target_parts(reference))]
        total = 1
        for value in below:
            total += self.of(value)
            if total > MAX_WEIGHT:
                break
        self._known[id(node)] = min(total, MAX_WEIGHT + 1)
        return self._known[id(node)]
