"""Valid and invalid sample values for JSON Schemas, the same on every run."""

import datetime as dt
import math
import uuid

import jsonschema_rs
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.shapes import Shape, as_list

_TEXTS = (
    "sample", "a sample text", "abc-1", "EUR", "DE", "de", "+4930123456", "030123456", "12345", "A1B2C3", "#336699",
    "1.0.0", "10:00", "v1", "Sample", "SAMPLE", "2030-01-15", "00000000", "0123456789abcdef", "x", "X", "1",
    "https://example.com", "ABC-123", "AB-1234", "https://example.com/a.png", "S1mple-Secret", "1234567890123",
)  # fmt: skip
_FORMATS = {
    "date-time": "2030-01-15T10:30:00Z",
    "date": "2030-01-15",
    "time": "10:30:00Z",
    "email": "someone{0}@example.com",
    "uri": "https://example.com/{0}",
    "hostname": "host{0}.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_DEPTH = 6
_TYPED: dict[str, JsonValue] = {"integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}


class NoSample(LookupError):
    """No value was found that the schema allows."""


def accepts(shape: Shape, value: JsonValue) -> bool:
    """Whether the schema allows the value; formats count."""
    root: JsonObject = {**shape.schema, "components": shape.document.get("components", {})}
    if shape.nullable and "type" not in root:
        return value is None
    try:
        return bool(jsonschema_rs.Draft202012Validator(root, validate_formats=True).is_valid(value))
    except (ValueError, jsonschema_rs.ReferencingError):
        return False


def sample(shape: Shape, variant: int = 0, depth: int = 0) -> JsonValue:
    """A value that the schema allows; another `variant` differs where the schema leaves room.

    Raises:
        NoSample: none was found.
    """
    found = next((value for value in _candidates(shape, variant, depth) if accepts(shape, value)), _Missing)
    if found is _Missing:
        raise NoSample
    return found  # type: ignore[return-value]  # the sentinel is gone


def sampled(shape: Shape, variant: int = 0) -> JsonValue:
    """A sample, or else a value of the type alone, which the database takes."""
    try:
        return sample(shape, variant)
    except NoSample:
        return _TYPED.get(shape.type, f"sample{variant}")


class _Missing:
    pass


def _candidates(shape: Shape, variant: int, depth: int) -> list[JsonValue]:
    given = [shape.schema.get("example"), *as_list(shape.schema.get("examples"))]
    examples = [value for value in given if value is not None]
    if shape.enum:
        return [shape.enum[variant % len(shape.enum)], *shape.enum]
    if shape.type in {"object", "array"} and not examples:
        return [_composite(shape, variant, depth)]
    plain = _plain(shape, variant)
    return [*plain, *examples] if variant and shape.type == "string" else [*examples, *plain]


def _composite(shape: Shape, variant: int, depth: int) -> JsonValue:
    if depth > _DEPTH:
        raise NoSample
    if shape.type == "array":
        least = shape.schema.get("minItems")
        count = max(1, least if isinstance(least, int) else 1)
        return [sample(shape.items, variant + number, depth + 1) for number in range(count)]
    return {
        name: sample(prop, variant, depth + 1)
        for name, prop in shape.properties().items()
        if name in shape.required or _worth(prop, variant, depth)
    }


def _worth(prop: Shape, variant: int, depth: int) -> bool:
    try:
        sample(prop, variant, depth + 1)
    except NoSample:
        return False
    return not prop.read_only


def _plain(shape: Shape, variant: int) -> list[JsonValue]:
    if shape.type == "string":
        return _texts(shape, variant)
    if shape.type in {"integer", "number"}:
        return _numbers(shape, variant)
    values: dict[str, list[JsonValue]] = {"boolean": [variant % 2 == 1], "any": ["sample", 1, None]}
    return values.get(shape.type, [None])


def _texts(shape: Shape, variant: int) -> list[JsonValue]:
    if shape.format == "uuid":
        return [str(uuid.uuid5(_NAMESPACE, f"sample {variant}"))]
    if shape.format in _FORMATS:
        moved = dt.date(2030, 1, 15) + dt.timedelta(days=variant)
        return [_FORMATS[shape.format].format(variant).replace("2030-01-15", moved.isoformat())]
    least = shape.schema.get("minLength")
    size = least if isinstance(least, int) else 0
    numbered = [f"{text}{variant}" for text in _TEXTS] if variant else []
    short = [text[: int(size)] for text in _TEXTS] if size else []
    return [*numbered, *_TEXTS, *short, *(text * (size // len(text) + 1) for text in _TEXTS), "a" * size]


def _numbers(shape: Shape, variant: int) -> list[JsonValue]:
    least, most = shape.schema.get("minimum"), shape.schema.get("maximum")
    low = least if isinstance(least, int | float) else shape.schema.get("exclusiveMinimum")
    base = low if isinstance(low, int | float) else 0
    step = shape.schema.get("multipleOf")
    width = step if isinstance(step, int | float) else 1
    tops: list[JsonValue] = [most] if isinstance(most, int | float) else []
    tops.append(width * (math.ceil(base / width) + variant))
    return [base + 1 + variant, base + width * (variant + 1), base + width, base, 1 + variant, 0, *tops]


def invalid(shape: Shape, valid: JsonValue) -> JsonValue:
    """A body that the schema does not allow: a required property is missing, or one has a wrong type.

    Raises:
        NoSample: none was found.
    """
    if not isinstance(valid, dict):
        raise NoSample
    for name in sorted(shape.required & valid.keys()):
        body = {key: value for key, value in valid.items() if key != name}
        if not accepts(shape, body):
            return body
    for name in shape.properties():
        for wrong in ({"wrong": True}, "wrong", 0.5):
            body = {**valid, name: wrong}  # type: ignore[dict-item]  # a literal of JSON values
            if not accepts(shape, body):
                return body
    raise NoSample
