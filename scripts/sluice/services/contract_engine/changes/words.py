"""Single words of a schema, made comparable."""

import math
from typing import Any

from pydantic import JsonValue

from sluice.core.files import canonical_json

Limit = tuple[float, int]
"""A bound and whether it is exclusive, such that tuples compare as the bounds do."""


def texts(value: JsonValue) -> set[str]:
    """The texts of a list, none of anything else."""
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()


def number(value: JsonValue) -> float | None:
    """The value, if it is a number."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def exact(value: JsonValue) -> str:
    """Text that is equal for equal JSON values: 1.0 is 1."""
    return canonical_json(_integral(value))


def _integral(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_integral(item) for item in value]
    if isinstance(value, dict):
        return {key: _integral(item) for key, item in value.items()}
    return value


def meet(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Types of what is of both."""
    both = set(one & other)
    if "number" in one | other and "integer" in one | other:
        both.add("integer")
    return frozenset(both)


def is_null(raw: JsonValue) -> bool:
    """Whether a schema lets nothing but null through."""
    if not isinstance(raw, dict):
        return False
    return raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None] or raw.get("const", "") is None


def type_of(value: JsonValue) -> str:
    """The JSON Schema type of a value; whole numbers are integers."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names = {float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def whole_bounds(limits: dict[str, Limit]) -> None:
    """Bounds of integers as the lowest and the highest integer themselves."""
    if "minimum" in limits:
        value, exclusive = limits["minimum"]
        limits["minimum"] = (math.floor(value) + 1 if exclusive else math.ceil(value), 0)
    if "maximum" in limits:
        value, inclusive = limits["maximum"]
        limits["maximum"] = (math.floor(value) if inclusive else math.ceil(value) - 1, 1)
