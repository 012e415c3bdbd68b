"""JSON Schemas of fields and entities, with examples that are valid by them."""

import uuid
from collections.abc import Iterable

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.model.hints import EXTENSION, Computed, PropertyHint
from sluice.services.architect.reading.words import load

NO_NUL = r"^[^\u0000]*$"
EMAIL = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$"
)
MOMENT = r"^[12][0-9]{3}-"
MAX_STRING, MAX_TEXT, MAX_ITEMS, MAX_AMOUNT, INT32 = 200, 4000, 50, 1_000_000, 2_147_483_647
_NAMESPACE = uuid.UUID("6f0cbf3e-5d1a-5f0e-9c56-0b6f7a1c2d3e")
_BASES: dict[str, JsonObject] = {
    "string": {"type": "string", "minLength": 0, "maxLength": MAX_STRING, "pattern": NO_NUL},
    "text": {"type": "string", "minLength": 0, "maxLength": MAX_TEXT, "pattern": NO_NUL},
    "password": {"type": "string", "format": "password", "minLength": 8, "maxLength": 128, "pattern": NO_NUL},
    "email": {"type": "string", "format": "email", "minLength": 3, "maxLength": 254, "pattern": EMAIL},
    "uri": {"type": "string", "format": "uri", "maxLength": 2000, "pattern": r"^https?://[!-~]+$"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date", "pattern": MOMENT},
    "datetime": {"type": "string", "format": "date-time", "pattern": MOMENT},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -INT32, "maximum": INT32},
    "number": {"type": "number", "minimum": -1_000_000_000, "maximum": 1_000_000_000},
}


def schema(field: EntityField, *, nullable: bool = False, hint: PropertyHint | None = None) -> JsonObject:
    """The schema of one property; every value that it allows can be stored."""
    found: JsonObject = dict(_base(field))
    if field.enum:
        found = {"type": "string", "enum": list(field.enum)}
    else:
        _bound(found, field)
    if nullable:
        found["type"] = [found["type"], "null"]
        if field.enum:
            found["enum"] = [*field.enum, None]
    if field.description:
        found["description"] = field.description
    if field.default is not None and _fits(field):
        found["default"] = field.default
    if hint is not None and (dumped := hint.model_dump(mode="json", exclude_defaults=True)):
        found[EXTENSION] = dumped
    return found


def _base(field: EntityField) -> JsonObject:
    if field.type == "array":
        inner = EntityField(name=field.name, type=field.item_type or "string")
        return {
            "type": "array",
            "items": _object(field.items) if field.items else dict(_base(inner)),
            "maxItems": MAX_ITEMS,
        }
    if field.type == "object":
        values: JsonObject = dict(_BASES["string"])
        return (
            _object(field.items)
            if field.items
            else {
                "type": "object",
                "additionalProperties": values,
                "maxProperties": MAX_ITEMS,
                "propertyNames": {"pattern": NO_NUL, "maxLength": 100},
            }
        )
    base = dict(_BASES.get(field.type, _BASES["string"]))
    words = load()
    if field.type in {"integer", "number"} and field.name in (
        *words.ordered["quantity_names"],
        *words.ordered["price_names"],
        *words.ordered["total_names"],
    ):
        base |= {"minimum": 1 if field.name in words.ordered["quantity_names"] else 0, "maximum": MAX_AMOUNT}
    if field.type == "string" and field.required and not field.read_only:
        base["minLength"] = 1
    return base


def _object(fields: Iterable[EntityField]) -> JsonObject:
    """An inner object; what is not optional is required."""
    listed = list(fields)
    required: JsonValue = [f.name for f in listed if f.required]
    return {
        "type": "object",
        "properties": {f.name: schema(f, nullable=not f.required) for f in listed},
        "required": required,
    }


def _bound(found: JsonObject, field: EntityField) -> None:
    """The document's bounds, as far as storage can hold what they allow."""
    widest = 10**12 if field.type == "number" else INT32
    spans = {"Length": (0, 100_000), "Items": (0, 1000), "imum": (-widest, widest)}
    for suffix, (least, most) in spans.items():
        low, high = f"min{suffix}", f"max{suffix}"
        for key in (low, high):
            value = field.constraints.get(key)
            if isinstance(value, int | float):
                found[key] = max(least, min(value, most))
        bottom, top = found.get(low), found.get(high)
        if isinstance(bottom, int | float) and isinstance(top, int | float) and bottom > top:
            found[low if high in field.constraints else high] = top if high in field.constraints else bottom
    if found.get("minLength") == 0:
        del found["minLength"]


def _fits(field: EntityField) -> bool:
    if field.enum:
        return field.default in field.enum
    kinds: dict[str, tuple[type, ...]] = {
        "boolean": (bool,),
        "integer": (int,),
        "number": (int, float),
        "string": (str,),
        "text": (str,),
    }
    return isinstance(field.default, kinds.get(field.type, ()))


def computed(field: EntityField, siblings: Iterable[EntityField]) -> Computed | None:
    """`total` beside a list of objects with a quantity and a price is their sum."""
    words = load()
    if field.type not in {"number", "integer"} or field.name not in words.ordered["total_names"]:
        return None
    for other in siblings:
        quantity = next(
            (
                f.name
                for f in other.items
                if f.name in words.ordered["quantity_names"] and f.type in {"integer", "number"}
            ),
            None,
        )
        price = next(
            (f.name for f in other.items if f.name in words.ordered["price_names"] and f.type in {"integer", "number"}),
            None,
        )
        if other.type == "array" and quantity and price:
            return Computed(over=other.name, factors=(quantity, price))
    return None


def never_negative(rows: EntityField, by: Computed) -> bool:
    """Whether no factor of a computed sum can be below zero."""
    lowest = [schema(item).get("minimum") for item in rows.items if item.name in by.factors]
    return all(isinstance(low, int | float) and low >= 0 for low in lowest)


def example(field: EntityField, owner: str = "") -> JsonValue:
    """A value that is valid by `schema(field)` and the same on every run."""
    if field.default is not None and _fits(field):
        return field.default
    if field.enum:
        return field.enum[0]
    if field.type == "array":
        return _array_example(field, owner)
    if field.type == "object":
        return {f.name: example(f, owner) for f in field.items} if field.items else {"note": "example"}
    if field.type in {"integer", "number"}:
        return _number_example(field)
    fixed: dict[str, JsonValue] = {
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{owner}.{field.name}")),
        "email": "ada@example.com",
        "uri": "https://example.com/page",
        "date": "2030-01-15",
        "datetime": "2030-01-15T09:30:00Z",
        "boolean": True,
        "password": "correct-horse-battery",
    }
    return fixed.get(field.type) if field.type in fixed else _string_example(field)


def _array_example(field: EntityField, owner: str) -> JsonValue:
    inner = EntityField(name=field.name, type=field.item_type or "string")
    one = {f.name: example(f, owner) for f in field.items} if field.items else example(inner, owner)
    least = schema(field).get("minItems")
    return [one] * (least if isinstance(least, int) and least > 1 else 1)


def _number_example(field: EntityField) -> JsonValue:
    bounds = schema(field)
    low, high = bounds.get("minimum"), bounds.get("maximum")
    value: int | float = 2 if field.type == "integer" else 9.5
    if isinstance(low, int | float):
        value = max(value, low)
    return min(value, high) if isinstance(high, int | float) else value


def _string_example(field: EntityField) -> str:
    bounds = schema(field)
    low, high = bounds.get("minLength"), bounds.get("maxLength")
    text = f"Example {field.name.replace('_', ' ')}"
    text = text.ljust(low, "x") if isinstance(low, int) else text
    return text[:high] if isinstance(high, int) else text
