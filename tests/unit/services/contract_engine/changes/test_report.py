"""Consumers, ignores, and the answer as a whole."""

import copy
import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from sluice.core.errors import InputError
from sluice.services.contract_engine.changes.consumers import needs_in, needs_of_consumer
from sluice.services.contract_engine.changes.ignores import ignores_in
from sluice.services.contract_engine.changes.report import compare
from sluice.services.contract_engine.changes.schema import diff_schema

TODAY = "2026-06-01"


def user(*names):
    fields = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return {"content": {"application/json": {"schema": fields}}}


def contract(*names, takes=("email",)):
    get = {"operationId": "getUser", "responses": {"200": {"description": "", **user(*names)}}}
    put = {"requestBody": user(*takes), "responses": {"204": {"description": ""}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "user-service", "version": str(len(names))},
        "paths": {"/users/{id}": {"get": get, "put": put}},
    }


OLD, NEW = contract("id", "email", "nick", "city"), contract("id", "city")
NICK = "/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/properties/nick"


def test_consumers_are_told_what_of_theirs_is_gone_and_others_are_not():
    needs = needs_in(
        {"order-service": {"GET /users/{user}": ["email", "nick"]}, "tax-service": {"getUser": ["city"]}}, ""
    )
    found = compare(OLD, NEW, needs=needs, today=TODAY)
    assert found.consumers == ("order-service: reads 2 removed fields",)
    assert [change.consumers for change in found.changes] == [
        ("order-service: reads email",),
        ("order-service: reads nick",),
    ]


def test_an_operation_that_is_gone_concerns_all_who_call_it():
    gone = copy.deepcopy(OLD)
    del gone["paths"]["/users/{id}"]["get"]
    needs = needs_in(
        {"a-service": {"getUser": ["id"]}, "b-service": {"*": "*"}, "c-service": {"PUT /users/{id}": "*"}}, ""
    )
    assert compare(OLD, gone, needs=needs, today=TODAY).consumers == (
        "a-service: uses 1 removed operation",
        "b-service: uses 1 removed operation",
    )


def test_a_property_that_is_no_longer_read_breaks_only_when_somebody_is_known_to_send_it():
    before, after = contract(takes=("email", "nick")), contract(takes=("email",))
    assert not compare(before, after, today=TODAY).breaking
    sender = needs_in({"a-service": {"PUT /users/{id}": ["nick"]}}, "")
    assert compare(before, after, needs=sender, today=TODAY).breaking


def test_a_decomposition_says_who_depends_on_whom():
    plan = {
        "service_map": {
            "services": [
                {"name": "user-service", "original_name": "Users"},
                {"name": "order-service", "original_name": "Orders", "depends_on": ["user-service"]},
            ]
        },
        "domain_model": {},
        "events": [{"name": "UserMoved", "publisher": "user-service", "consumers": ["mail-service"]}],
    }
    expected = {"order-service": {"*": ("*",)}, "mail-service": {"UserMoved": ("*",)}}
    assert needs_in(plan, "user-service") == expected
    assert needs_in({"artifact": "Decomposition", "body": plan}, "user-service") == expected
    assert needs_in(plan, "order-service") == {}


def test_the_contract_of_a_consumer_says_which_fields_of_an_event_it_reads():
    payload = {"type": "object", "properties": {"id": {}, "city": {}, "nick": {}}}
    consumer = {
        "asyncapi": "3.0.0",
        "info": {"title": "mail-service", "version": "1"},
        "channels": {"Moved": {"address": "events.Moved", "messages": {"Moved": {"payload": payload}}}},
        "operations": {"onMoved": {"action": "receive", "channel": {"$ref": "#/channels/Moved"}}},
    }
    assert needs_of_consumer(consumer) == {"events.Moved": ("city", "id", "nick")}
    consumer["operations"]["onMoved"]["x-sluice"] = {
        "updates": "Letter",
        "key": {"from_field": "id"},
        "values": {"town": {"from_field": "city"}},
    }
    assert needs_of_consumer(consumer) == {"events.Moved": ("city", "id")}


@pytest.mark.parametrize("needs", [{"a": ["x"]}, {"a": {"GET /x": [1]}}, {"a": {"GET /x": "id"}}])
def test_needs_of_another_shape_are_refused_with_an_example(needs):
    with pytest.raises(InputError, match="write them like"):
        needs_in(needs, "")


def entry(**changes):
    agreed = {"rule": "property-removed", "path": "/users/{x}", "reason": "nobody reads it", "until": "2026-12-31"}
    return {key: value for key, value in {**agreed, **changes}.items() if value is not None}


def judged(*entries):
    return compare(OLD, NEW, ignores=ignores_in({"ignores": list(entries)}), today=TODAY)


@pytest.mark.parametrize("narrower", [{}, {"method": "get"}, {"path": None, "pointer": NICK.rsplit("/", 1)[0]}])
def test_what_was_agreed_on_does_not_break_and_is_still_shown(narrower):
    found = judged(entry(**narrower))
    assert (found.breaking, found.ignored, found.errors) == (False, 2, 0)
    assert {change.ignored for change in found.changes} == {"nobody reads it (until 2026-12-31)"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"until": "2026-05-31"}, "it ended on 2026-05-31"),
        ({"until": None}, "until must be a date"),
        ({"until": "soon"}, "until must be a date"),
        ({"reason": " "}, "it has no reason"),
        ({"rule": "all"}, "there is no rule 'all'"),
        ({"path": None}, "neither a path nor a pointer"),
    ],
)
def test_an_ignore_without_reason_end_or_place_does_not_count_and_says_so(changed, why):
    found = judged(entry(**changed))
    assert found.breaking
    assert why in found.notes[0]


@pytest.mark.parametrize(
    "other", [{"path": "/orders"}, {"method": "PUT"}, {"rule": "enum-set"}, {"pointer": f"{NICK}x"}]
)
def test_an_ignore_of_something_else_is_reported_as_superfluous(other):
    found = judged(entry(**other))
    assert found.breaking
    assert "matches nothing" in found.notes[0]


@pytest.mark.parametrize("value", [{}, {"ignores": {}}, {"ignores": ["x"]}, {"ignores": [{"rules": "x"}]}])
def test_a_file_that_holds_no_ignores_is_refused(value):
    with pytest.raises(InputError, match="ignores"):
        ignores_in(value)


def test_one_pointer_leads_to_exactly_its_place():
    found = judged(entry(path=None, pointer=NICK))
    assert [change.fields for change in found.changes if change.ignored] == [("nick",)]


def test_too_many_uses_of_a_change_are_cut_which_is_said_and_none_is_lost(monkeypatch):
    monkeypatch.setattr("sluice.services.contract_engine.changes.schemas.MAX_TOLD", 3)
    before, after = copy.deepcopy(OLD), copy.deepcopy(OLD)
    for document, kind in ((before, "string"), (after, "integer")):
        parts = {"Part": {"properties": {name: {"type": kind} for name in "abcd"}}, "Last": {"type": kind}}
        document["components"] = {"schemas": parts}
        for n in range(9):
            schema = {"$ref": "#/components/schemas/Last"} if n == 8 else {"$ref": "#/components/schemas/Part"}
            answer = {"description": "", "content": {"application/json": {"schema": schema}}}
            document["paths"][f"/p{n}"] = {"get": {"responses": {"200": answer}}}
    found = compare(before, after, today=TODAY)
    assert {field for change in found.changes for field in change.fields} == {"a", "b", "c", "d"}
    assert found.changes[-1].path == "/p8"
    assert len(found.changes) < 33
    assert "only for the first operation" in found.notes[0]
    assert compare(OLD, OLD, today=TODAY).notes == ()


def test_the_schema_in_the_repository_is_that_of_the_answer():
    committed = files("sluice.services.contract_engine.changes").joinpath("diff.schema.json").read_text("utf-8")
    command = "python -m sluice.services.contract_engine.changes.schema > …/changes/diff.schema.json"
    assert committed == diff_schema(), f"run: {command}"
    Draft202012Validator(json.loads(committed)).validate(compare(OLD, NEW, today=TODAY).model_dump(mode="json"))
