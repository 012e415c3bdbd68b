"""AsyncAPI: what a service sends is a response to others, what it receives is a request."""

import copy

import pytest

from sluice.services.contract_engine.changes.diff import differences

TODAY = "2026-06-01"
PAYLOAD = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "sum": {"type": "integer"}}}
BASE = {
    "asyncapi": "3.0.0",
    "info": {"title": "shop", "version": "1"},
    "channels": {
        "Placed": {"address": "events.Placed", "messages": {"Placed": {"payload": PAYLOAD}}},
        "Paid": {"address": "events.Paid", "messages": {"Paid": {"$ref": "#/components/messages/Paid"}}},
    },
    "operations": {
        "publishPlaced": {"action": "send", "channel": {"$ref": "#/channels/Placed"}},
        "onPaid": {"action": "receive", "channel": {"$ref": "#/channels/Paid"}},
    },
    "components": {"messages": {"Paid": {"name": "Paid", "payload": PAYLOAD}}},
}
OLD_2 = {
    "asyncapi": "2.6.0",
    "info": {"title": "shop", "version": "1"},
    "channels": {
        "events.Placed": {"subscribe": {"message": {"name": "Placed", "payload": PAYLOAD}}},
        "events.Paid": {"publish": {"message": {"oneOf": [{"name": "Paid", "payload": PAYLOAD}]}}},
    },
}
PLACED = ("channels", "Placed", "messages", "Placed")
PAID = ("components", "messages", "Paid")


def edited(*place_and_value, remove=()):
    result = copy.deepcopy(BASE)
    for place, value in place_and_value:
        node = result
        for part in place[:-1]:
            node = node[part]
        node[place[-1]] = value
    for place in remove:
        node = result
        for part in place[:-1]:
            node = node[part]
        del node[place[-1]]
    return result


NO_SUM = {**PAYLOAD, "properties": {"id": {"type": "string"}}}
ALL_REQUIRED = {**PAYLOAD, "required": ["id", "sum"]}
ROWS = [
    ("channel-removed", "", "error", edited(remove=[("operations", "publishPlaced"), ("channels", "Placed")])),
    ("channel-address-changed", "", "error", edited((("channels", "Placed", "address"), "orders.Placed"))),
    ("property-removed", "response", "error", edited(((*PLACED, "payload"), NO_SUM))),
    ("property-removed", "request", "warning", edited(((*PAID, "payload"), NO_SUM))),
    ("property-became-required", "request", "error", edited(((*PAID, "payload"), ALL_REQUIRED))),
    ("property-became-required", "response", "info", edited(((*PLACED, "payload"), ALL_REQUIRED))),
    ("content-type-changed", "response", "error", edited(((*PLACED, "contentType"), "application/avro"))),
    ("property-added", "response", "info",
     edited(((*PLACED, "headers"), {"type": "object", "properties": {"t": {"type": "string"}}}))),
    ("message-added", "response", "warning",
     edited((("channels", "Placed", "messages", "Changed"), {"payload": PAYLOAD}))),
    ("message-added", "request", "info", edited((("channels", "Paid", "messages", "Refunded"), {"payload": PAYLOAD}))),
    ("payload-format-changed", "response", "error",
     edited(((*PLACED, "payload"), {"schemaFormat": "application/vnd.apache.avro", "schema": "x"}))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "direction", "severity", "changed"), ROWS)
def test_a_rule_is_found_with_the_direction_of_others(rule, direction, severity, changed):
    found = [c for c in differences(BASE, changed, today=TODAY) if c.rule == rule]
    assert {(c.direction, c.severity) for c in found} == {(direction, severity)}


def test_a_message_that_is_gone_breaks_whoever_knows_it():
    two = edited((("channels", "Placed", "messages", "Changed"), {"payload": PAYLOAD}))
    (found,) = differences(two, BASE, today=TODAY)
    assert (found.rule, found.severity, found.method, found.path) == (
        "message-removed",
        "error",
        "SEND",
        "events.Placed",
    )


def test_inlined_renamed_and_upgraded_documents_mean_the_same():
    inlined = edited((("channels", "Paid", "messages"), {"Paid": {"payload": PAYLOAD}}), remove=[("components",)])
    wrapped = {"schemaFormat": "application/vnd.aai.asyncapi+json;version=3.0.0", "schema": PAYLOAD}
    for same in (inlined, OLD_2, edited(((*PLACED, "payload"), wrapped))):
        assert differences(BASE, same, today=TODAY) == []
        assert differences(same, BASE, today=TODAY) == []


def test_traits_and_the_default_content_type_count():
    trait = edited(((*PLACED, "traits"), [{"contentType": "application/json"}]))
    assert differences(BASE, trait, today=TODAY) == []
    assert differences(BASE, edited((("defaultContentType",), "application/json")), today=TODAY) == []
    changed = differences(BASE, edited((("defaultContentType",), "text/plain")), today=TODAY)
    assert {c.rule for c in changed} == {"content-type-changed"}
