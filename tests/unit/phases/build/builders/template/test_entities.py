from collections.abc import Callable

import pytest

from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.plan import Column, Plan
from sluice.phases.build.builders.template.reading import read
from sluice.phases.build.builders.template.source import column_arguments, parents_first


def column(plan: Callable[..., Plan], schema: JsonObject) -> Column:
    found = plan({"/x": {}}, {"it": schema}).entities[0].column("it")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("schema", "python", "sql"),
    [
        ({"type": "string", "maxLength": 20}, "str", "String(20)"),
        ({"type": "string"}, "str", "Text()"),
        ({"type": "string", "enum": ["a", "long"]}, "str", "String(4)"),
        ({"type": "string", "format": "uuid"}, "UUID", "Uuid()"),
        ({"type": "string", "format": "date-time"}, "dt.datetime", "UtcDateTime()"),
        ({"type": "integer", "minimum": 0, "maximum": 100}, "int", "Integer()"),
        ({"type": "integer"}, "int", "BigInteger()"),
        ({"type": "number"}, "float", "Double()"),
        ({"type": "boolean"}, "bool", "Boolean()"),
        ({"type": "array", "items": {"type": "string"}}, "list[Any]", "JSON"),
        ({"type": "object"}, "dict[str, Any]", "JSON"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "Any", "JSON"),
    ],
)
def test_a_property_has_its_column(plan: Callable[..., Plan], schema: JsonObject, python: str, sql: str) -> None:
    found = column(plan, schema)

    assert (found.python, found.sql, found.nullable) == (python, sql, True)


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "string", "default": "it's"}, '"it\'s"'),
        ({"type": "boolean", "default": False}, "False"),
        ({"type": "array", "default": []}, "list"),
        ({"type": "string", "format": "date-time", "readOnly": True}, ""),
        ({"type": "integer"}, ""),
    ],
)
def test_a_column_has_the_default_of_its_property(plan: Callable[..., Plan], schema: JsonObject, default: str) -> None:
    assert column(plan, schema).default == default


def test_what_the_service_sets_has_a_value_of_its_own(planned: Callable[[str], Plan]) -> None:
    room = next(entity for entity in planned("studio").entities if entity.name == "Room")
    stamps = {made.name: (made.default, made.onupdate) for made in room.columns if made.name.endswith("_at")}

    assert stamps == {"created_at": ("utc_now", ""), "updated_at": ("utc_now", "utc_now")}
    assert room.key.default == "uuid4"


def test_a_reference_to_a_local_entity_is_a_foreign_key(planned: Callable[[str], Plan]) -> None:
    booking = next(entity for entity in planned("studio").entities if entity.name == "Booking")
    reference = booking.column("room_id")
    assert reference is not None

    assert column_arguments(booking, reference) == "Uuid(), ForeignKey('room.id', ondelete='CASCADE'), index=True"


def test_a_reference_to_an_entity_of_another_service_is_just_an_id(planned: Callable[[str], Plan]) -> None:
    message = planned("messenger").entities[0]

    assert all(not made.target for made in message.columns)


def test_a_sum_is_no_column(planned: Callable[[str], Plan]) -> None:
    booking = next(entity for entity in planned("studio").entities if entity.name == "Booking")

    assert booking.column("total") is None
    assert booking.attribute("total") == "total"


def test_tables_are_made_after_those_that_they_refer_to(planned: Callable[[str], Plan]) -> None:
    names = [entity.name for entity in parents_first(planned("studio"))]

    assert names.index("Booking") > max(names.index("Member"), names.index("Room"))


def test_an_owner_that_is_no_property_is_noted(plan: Callable[..., Plan]) -> None:
    found = plan({"/x": {}}, hint={"owner_field": "nobody"})

    assert found.entities[0].owner == ""
    assert "rows are not owned" in found.notes[0]


def test_an_entity_without_an_id_gets_a_hidden_key() -> None:
    thing = {"type": "object", "x-sluice": {"entity": "Thing"}, "properties": {"name": {"type": "string"}}}
    document = {"info": {}, "paths": {"/x": {}}, "components": {"schemas": {"Thing": thing}}}

    key = read("things", document, None).entities[0].key

    assert (key.name, key.hidden, key.default) == ("id", True, "uuid4")
