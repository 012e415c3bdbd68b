"""How much a validator would have to do for one value, so that no document can make it work forever."""

from typing import Final

from pydantic import JsonValue

from sluice.services.contract_engine.specs.operations import row, table
from sluice.services.contract_engine.specs.specification import Place, Specification, where

MAX_EFFORT: Final = 100_000
MAX_PAIRS: Final = 500_000
_ROWS: Final = ("allOf", "anyOf", "oneOf")
_SINGLE: Final = ("not", "if", "then", "else")


class Effort:
    """Counts the schemas that one value meets; combinations that contain themselves are endless."""

    def __init__(self, spec: Specification) -> None:
        self._spec = spec
        self._known: dict[tuple[int, int], int] = {}
        self._refers = False

    def of(self, place: Place, schema: JsonValue, value: JsonValue) -> tuple[int, bool]:
        """The number, `MAX_EFFORT` + 1 when it is more; and whether the schema refers to others."""
        if (
            isinstance(schema, dict)
            and not isinstance(value, dict | list)
            and not any(word in schema for word in _DEEP)
        ):
            return 1, False
        self._refers = False
        try:
            work = self._of(where(place)[0], schema, value)
        except RecursionError:
            return MAX_EFFORT + 1, True
        return work, self._refers or _mentions_reference(schema)

    def _of(self, source: int, schema: JsonValue, value: JsonValue) -> int:
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), id(value) if value and isinstance(value, dict | list) else 0)
        if key in self._known:
            self._refers = True
            return self._known[key]
        self._known[key] = MAX_EFFORT + 1
        if len(self._known) > MAX_PAIRS:
            return MAX_EFFORT + 1
        total = 1 + self._in_place(source, schema, value)
        if isinstance(value, dict):
            total += self._members(source, schema, value)
        elif isinstance(value, list):
            items = [schema[word] for word in ("items", "contains", "additionalItems") if word in schema]
            items += row(schema, "prefixItems")
            for one in value:
                total += sum(self._of(source, item, one) for item in items)
                if total > MAX_EFFORT:
                    break
        self._known[key] = min(total, MAX_EFFORT + 1)
        return self._known[key]

    def _in_place(self, source: int, schema: dict[str, JsonValue], value: JsonValue) -> int:
        """Of the schemas that judge the same value."""
        total = 0
        if isinstance(reference := schema.get("$ref"), str):
            self._refers = True
            end = self._spec.end(source, reference)
            total += self._of(end.source, end.node, value) if end else 0
        parts = [part for word in _ROWS if word in schema for part in row(schema, word)]
        parts += [schema[word] for word in _SINGLE if word in schema]
        parts += table(schema, "dependentSchemas").values()
        for part in parts:
            total += self._of(source, part, value)
            if total > MAX_EFFORT:
                break
        return total

    def _members(self, source: int, schema: dict[str, JsonValue], value: dict[str, JsonValue]) -> int:
        properties, rest = table(schema, "properties"), list(table(schema, "patternProperties").values())
        rest += [schema[word] for word in ("additionalProperties", "unevaluatedProperties") if word in schema]
        total = 0
        for key, member in value.items():
            total += self._of(source, properties[key], member) if key in properties else 0
            total += sum(self._of(source, other, member) for other in rest)
            if total > MAX_EFFORT:
                break
        return total


def _mentions_reference(schema: JsonValue) -> bool:
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "$ref" in node or "$dynamicRef" in node:
                return True
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return False


_DEEP: Final = frozenset({
    *_ROWS, *_SINGLE, "$ref", "$dynamicRef", "dependentSchemas", "properties", "items", "additionalProperties", "$defs",
    "patternProperties", "prefixItems", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems",
})  # fmt: skip
