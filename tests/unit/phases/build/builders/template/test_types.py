"""The types of generated services against a JSON Schema validator: both must say the same of every value."""

from types import ModuleType
from typing import Annotated, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader
from pydantic import TypeAdapter, ValidationError

from sluice.phases.build.builders.template import render


def _types() -> ModuleType:
    environment = Environment(loader=FileSystemLoader(render._TEMPLATES), trim_blocks=True, lstrip_blocks=True)
    source = environment.get_template("app/types.py.j2").render(used=lambda _name: True)
    module = ModuleType("generated_types")
    exec(compile(source, "types.py", "exec", dont_inherit=True), module.__dict__)
    return module


TYPES = _types()
_TRICKY: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 1.5, 10**400, 1e300, float("inf"), "", "1", "true", "a\x00b", [], {}, [1],
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b8109dad11d180b400c04fd430c8",
    "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "2030-01-15", "2030-02-30", "20300115", "2030-1-5", "2030-W03-2", "2030-01-15 ", "2030-01-15\n",
    "2030-01-15T10:30:00Z", "2030-01-15t10:30:00z", "2030-01-15 10:30:00Z", "2030-01-15T10:30:00", "2030-01-15T10:30Z",
    "2030-01-15T24:00:00Z", "2030-01-15T10:30:61Z", "2016-12-31T23:59:60Z", "2030-01-15T10:30:00.123456789+05:30",
    "2030-01-15T10:30:00+24:00", "2030-01-15T10:30:00+0530", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
    "10:30:00Z", "10:30:00", "25:00:00Z", "10:30:00+01:00",
    "a@b", "a@b.de", "a b@c.de", "a..b@c.de", "@b.de", "a@", "a@-b.de", "é@b.de", "A!#$%&'*+/=?^_`{|}~-@b.de",
    "https://example.com", "a:b", "//a", "http://a b", "urn:x:y", "1a:b", "example.com", "-a.com", "a" * 64 + ".com",
    "192.0.2.1", "192.0.2.256", "192.0.2.01", "2001:db8::1", "::", "1::2::3",
]  # fmt: skip
FORMATS = {
    "uuid": "JsonUuid",
    "date": "JsonDate",
    "date-time": "JsonDateTime",
    "time": "JsonTime",
    "email": "JsonEmail",
    "uri": "JsonUri",
    "hostname": "JsonHostname",
    "ipv4": "JsonIPv4",
    "ipv6": "JsonIPv6",
}
PLAIN = {"integer": "JsonInt", "number": "JsonNumber", "boolean": "JsonBool"}


def accepted(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def allowed(schema: dict[str, Any], value: Any) -> bool:
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        return False
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("value", _TRICKY, ids=lambda value: repr(value)[:40])
def test_a_format_takes_what_json_schema_takes(name: str, value: Any) -> None:
    kind = getattr(TYPES, FORMATS[name])

    assert accepted(kind, value) == allowed({"type": "string", "format": name}, value)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("value", _TRICKY, ids=lambda value: repr(value)[:40])
def test_a_plain_type_takes_what_json_schema_takes(name: str, value: Any) -> None:
    too_large = name == "number" and value == 10**400
    kind = getattr(TYPES, PLAIN[name])

    assert accepted(kind, value) == (allowed({"type": name}, value) and not too_large)


@given(st.datetimes(timezones=st.timezones()))
def test_every_moment_is_taken_whatever_its_offset(moment: Any) -> None:
    text = moment.isoformat()
    schema = {"type": "string", "format": "date-time"}

    assert accepted(TYPES.JsonDateTime, text) == allowed(schema, text)


@given(st.floats(allow_nan=False) | st.integers() | st.booleans() | st.none() | st.text())
def test_integers_are_whole_numbers(value: Any) -> None:
    assert accepted(TYPES.JsonInt, value) == allowed({"type": "integer"}, value)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("-5", True), ("1.0", False), (" 1", False), ("+1", False), ("\u0661", False)]
)
def test_an_integer_in_a_query_is_digits(text: str, expected: bool) -> None:
    assert accepted(TYPES.TextInt, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("1.5", True), ("1e3", True), ("nan", False), ("1_0", False)]
)
def test_a_number_in_a_query_is_as_in_json(text: str, expected: bool) -> None:
    assert accepted(TYPES.TextNumber, text) is expected


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("false", True), ("1", False), ("yes", False)])
def test_a_boolean_in_a_query_is_true_or_false(text: str, expected: bool) -> None:
    assert accepted(TYPES.TextBool, text) is expected


def test_what_may_be_left_out_may_not_be_null() -> None:
    assert accepted(TYPES.Omittable[str], "a")
    assert not accepted(TYPES.Omittable[str], None)


def test_a_pattern_ends_at_the_very_end() -> None:
    kind = Annotated[str, TYPES.Matches("^a$")]

    assert (accepted(kind, "a"), accepted(kind, "a\n")) == (True, False)


def test_items_that_are_equal_in_json_are_not_unique() -> None:
    kind = Annotated[list[Any], TYPES.UniqueItems()]

    assert (accepted(kind, [{"a": 1}, {"a": 2}]), accepted(kind, [{"a": 1}, {"a": 1}])) == (True, False)


def test_free_json_holds_no_infinity() -> None:
    assert (accepted(TYPES.JsonValue, {"a": [1.5]}), accepted(TYPES.JsonValue, {"a": [float("inf")]})) == (True, False)
