from collections.abc import Callable

from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.plan import Plan
from sluice.phases.build.builders.template.reading import read

ID: JsonObject = {"type": "string", "format": "uuid"}
KEY: JsonObject = {"name": "id", "in": "path", "required": True, "schema": ID}


def asyncapi(action: str, hint: JsonObject, properties: JsonObject, required: list[str]) -> JsonObject:
    payload = {"type": "object", "properties": properties, "required": required}
    return {
        "channels": {"Made": {"address": "events.Made", "messages": {"Made": {"name": "Made", "payload": payload}}}},
        "operations": {"it": {"action": action, "channel": {"$ref": "#/channels/Made"}, "x-sluice": hint}},
    }


def service(make_operation: Callable[..., JsonObject], events: JsonObject) -> Plan:
    from_conftest = make_operation("one", **{"x-sluice": {"kind": "read", "entity": "Thing", "key": "id"}})
    change = make_operation(
        "change",
        request={"type": "object", "properties": {"name": {"type": "string"}}},
        **{"x-sluice": {"kind": "update", "entity": "Thing", "key": "id"}},
    )
    thing = {
        "type": "object",
        "x-sluice": {"entity": "Thing"},
        "required": ["id", "name"],
        "properties": {"id": {**ID, "readOnly": True}, "name": {"type": "string"}},
    }
    document = {
        "info": {},
        "paths": {"/things/{id}": {"parameters": [KEY], "get": from_conftest, "patch": change}},
        "components": {"schemas": {"Thing": thing}},
    }
    return read("things", document, events)


def published(plan: Plan) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [(op.operation_id, item.values) for op in plan.operations for item in op.publications]


def test_a_payload_is_taken_from_the_row_by_name_or_as_the_hint_says(make_operation: Callable[..., JsonObject]) -> None:
    hint = {"on": ["change"], "entity": "Thing", "values": {"what": {"from_field": "name"}, "kind": {"const": "x"}}}
    names = ["id", "what", "kind", "thing_id", "at"]
    properties = {name: {"type": "string"} for name in names} | {"at": {"type": "string", "format": "date-time"}}

    plan = service(make_operation, asyncapi("send", hint, properties, names))

    expected = (("id", "row.id"), ("what", "row.name"), ("kind", "'x'"), ("thing_id", "row.id"), ("at", "utc_now()"))
    assert published(plan) == [("change", expected)]


def test_an_event_that_cannot_be_filled_is_not_published_and_noted(make_operation: Callable[..., JsonObject]) -> None:
    hint = {"on": ["change"], "entity": "Thing"}

    plan = service(make_operation, asyncapi("send", hint, {"colour": {"type": "string"}}, ["colour"]))

    assert published(plan) == []
    assert "no source for colour" in " ".join(plan.notes)


def test_an_operation_that_writes_nothing_publishes_nothing(make_operation: Callable[..., JsonObject]) -> None:
    plan = service(make_operation, asyncapi("send", {"on": ["one"], "entity": "Thing"}, {"id": ID}, ["id"]))

    assert published(plan) == []
    assert "writes nothing" in " ".join(plan.notes)


def test_a_consumed_event_fills_a_row(planned: Callable[[str], Plan]) -> None:
    [item] = planned("messenger").consumed

    assert dict(item.values) == {
        "recipient_id": "event.member_id",
        "subject": "'Your booking was placed'",
        "channel": "'email'",
    }


def test_a_consumed_event_changes_a_row(planned: Callable[[str], Plan]) -> None:
    [item] = planned("studio").consumed

    assert (item.key, item.values) == ("event.booking_id", (("status", "'confirmed'"),))


def test_an_effect_without_a_key_is_not_invented(make_operation: Callable[..., JsonObject]) -> None:
    hint = {"updates": "Thing", "values": {"name": {"const": "x"}}}

    [item] = service(make_operation, asyncapi("receive", hint, {"id": ID}, ["id"])).consumed

    assert item.entity is None


def test_a_text_becomes_the_type_of_its_column(make_operation: Callable[..., JsonObject]) -> None:
    hint = {"updates": "Thing", "key": {"from_field": "ref"}, "values": {"name": {"from_field": "number"}}}
    properties = {"ref": {"type": "string"}, "number": {"type": "integer"}}

    [item] = service(make_operation, asyncapi("receive", hint, properties, ["ref", "number"])).consumed

    assert (item.key, item.values) == ("UUID(event.ref)", (("name", "str(event.number)"),))
