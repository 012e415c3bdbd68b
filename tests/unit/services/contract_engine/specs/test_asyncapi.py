import copy

import pytest

from sluice.services.contract_engine.specs.pointers import lookup, target_parts
from sluice.services.contract_engine.specs.validate import validate

GOOD = {
    "asyncapi": "3.0.0",
    "info": {"title": "book-service", "version": "1.0.0"},
    "channels": {
        "BookLent": {
            "address": "events.BookLent",
            "messages": {"BookLent": {"$ref": "#/components/messages/BookLent"}},
        }
    },
    "operations": {
        "publishBookLent": {
            "action": "send",
            "channel": {"$ref": "#/channels/BookLent"},
            "messages": [{"$ref": "#/channels/BookLent/messages/BookLent"}],
            "x-sluice": {"on": ["lendBook"]},
        }
    },
    "components": {
        "channels": {"Spare": {"address": "spare"}},
        "messages": {
            "BookLent": {
                "name": "BookLent",
                "contentType": "application/json",
                "payload": {"$ref": "#/components/schemas/BookLent"},
            }
        },
        "schemas": {"BookLent": {"type": "object", "properties": {"book": {"type": "string"}}}},
    },
}
PUBLISH = "/operations/publishBookLent"


def changed(pointer, value):
    result = copy.deepcopy(GOOD)
    *parents, last = target_parts("#" + pointer)
    holder = lookup(result, parents)
    holder[int(last) if isinstance(holder, list) else last] = value
    return result


def faults(document):
    _, report = validate(document)
    assert report.valid == (not report.errors)
    return [(error.rule, error.pointer) for error in report.errors]


@pytest.mark.req("R0-041")
def test_a_right_document_is_valid_and_counted():
    _, report = validate(GOOD)
    assert (report.valid, report.kind, report.version, report.operations) == (True, "asyncapi", "3.0.0", 1)


def test_2_6_is_recognised():
    old = {
        "asyncapi": "2.6.0",
        "info": {"title": "x", "version": "1"},
        "channels": {"x": {"publish": {"message": {"payload": {"type": "object"}}}}},
    }
    assert faults(old) == []
    assert faults({**old, "channels": {"x": {"publish": 1}}}) == [("asyncapi.structure", "/channels/x/publish")]


@pytest.mark.req("R0-041")
@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/asyncapi", "1.0.0", ("asyncapi.version", "/asyncapi")),
        ("/info/title", 5, ("asyncapi.structure", "/info/title")),
        (f"{PUBLISH}/action", "shout", ("asyncapi.structure", f"{PUBLISH}/action")),
        ("/channels/BookLent/address", 5, ("asyncapi.structure", "/channels/BookLent/address")),
        ("/components/schemas/BookLent/type", "objct", ("asyncapi.structure", "/components/schemas/BookLent/type")),
        (
            "/channels/Other",
            {"address": "events.BookLent"},
            ("asyncapi.address", "/channels/Other/address"),
        ),
        ("/channels/BookLent/address", "events.{who}", ("asyncapi.parameter", "/channels/BookLent/address")),
        (f"{PUBLISH}/channel/$ref", "#/components/messages/BookLent", ("ref.kind", f"{PUBLISH}/channel/$ref")),
        (f"{PUBLISH}/channel/$ref", "#/components/channels/Spare", ("asyncapi.channel", f"{PUBLISH}/channel")),
        (f"{PUBLISH}/x-sluice", {"on": "lendBook"}, ("x-sluice", f"{PUBLISH}/x-sluice/on")),
        (f"{PUBLISH}/channel/$ref", "#/channels/None", ("ref.dangling", f"{PUBLISH}/channel/$ref")),
        (f"{PUBLISH}/messages/0/$ref", "#/components/messages/BookLent", ("asyncapi.message", f"{PUBLISH}/messages/0")),
        (
            "/components/messages/BookLent/payload/$ref",
            "http://127.0.0.1:1/schema.json",
            ("ref.external", "/components/messages/BookLent/payload/$ref"),
        ),
    ],
)
def test_one_fault_is_found_at_its_place(pointer, value, fault):
    assert faults(changed(pointer, value))[:1] == [fault]
