"""One row a rule about operations: the change that it is for, and a look-alike that means the same as before."""

import copy

import pytest

from sluice.core.errors import InputError
from sluice.services.contract_engine.changes.diff import differences
from sluice.services.contract_engine.changes.rules import RULES

TODAY = "2026-06-01"
TEXT = {"type": "string"}
JSON = {"application/json": {"schema": TEXT}}
NUMBER = {"type": "integer"}
QUERY = {"name": "limit", "in": "query", "schema": NUMBER}
PLAIN = {"schema": TEXT}
BASE = {
    "openapi": "3.1.0",
    "info": {"title": "things", "version": "1"},
    "servers": [{"url": "https://a.example.com/v1"}, {"url": "https://b.example.com/v1/"}],
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": {
                "operationId": "getThing",
                "parameters": [QUERY, {"name": "X-Trace", "in": "header", "schema": TEXT}],
                "security": [{"bearer": []}, {"oauth": ["read", "write"]}],
                "responses": {
                    "200": {
                        "description": "",
                        "headers": {"ETag": {"schema": TEXT, "required": True}},
                        "content": {**JSON, "text/csv": {"schema": TEXT}},
                    },
                    "202": {"description": ""},
                    "404": {"description": "", "content": JSON},
                },
            },
            "put": {
                "security": [],
                "requestBody": {"required": False, "content": {**JSON, "text/plain": {"schema": TEXT}}},
                "responses": {"204": {"description": ""}},
            },
            "delete": {"deprecated": True, "x-sunset": "2026-05-01", "responses": {"204": {"description": ""}}},
        }
    },
    "components": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"},
            "jwt": {"type": "http", "scheme": "Bearer", "description": "the same under another name"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {"type": "oauth2", "flows": {}},
        }
    },
}
ITEM = ("paths", "/things/{id}")
GET, PUT, DELETE = (*ITEM, "get"), (*ITEM, "put"), (*ITEM, "delete")
OK = (*GET, "responses", "200")
TAKEN = (*PUT, "requestBody")
GONE = object()


def edited(*edits):
    """The base with values at places replaced; GONE removes."""
    result = copy.deepcopy(BASE)
    for *place, value in edits:
        node = result
        for part in place[:-1]:
            node = node[part]
        if value is GONE:
            del node[place[-1]]
        elif isinstance(node, list) and place[-1] == len(node):
            node.append(value)
        else:
            node[place[-1]] = value
    return result


def renamed_path():
    result = copy.deepcopy(BASE)
    item = result["paths"].pop("/things/{id}")
    item["parameters"][0]["name"] = "thing"
    result["paths"]["/things/{thing}"] = item
    return result


NEW = {"name": "q", "in": "query", "schema": TEXT}
CAPITALS = {"name": "x-trace", "in": "header", "schema": TEXT}
# rule, direction, the change, a look-alike
ROWS = [
    ("operation-removed", "", edited((*PUT, GONE)), edited((*PUT, "summary", "Put it"))),
    ("operation-removed-after-sunset", "", edited((*DELETE, GONE)), edited((*DELETE, "description", "soon gone"))),
    ("operation-added", "", edited((*ITEM, "patch", {"responses": {}})), edited((*ITEM, "summary", "Things"))),
    ("operation-deprecated", "", edited((*GET, "deprecated", True)), edited((*GET, "deprecated", False))),
    ("operation-undeprecated", "", edited((*DELETE, "deprecated", False)), edited((*DELETE, "tags", ["old"]))),
    ("sunset-earlier", "", edited((*DELETE, "x-sunset", "2026-04-01")), edited((*DELETE, "x-other", "2026-04-01"))),
    ("sunset-later", "", edited((*DELETE, "x-sunset", "2026-07-01")), edited(("info", "version", "2"))),
    ("operation-id-changed", "", edited((*GET, "operationId", "readThing")), edited((*GET, "x-name", "readThing"))),
    ("operation-id-removed", "", edited((*GET, "operationId", GONE)), edited((*GET, "summary", "Read it"))),
    ("operation-id-added", "", edited((*PUT, "operationId", "putThing")), edited((*PUT, "x-name", "putThing"))),
    ("base-path-changed", "", edited(("servers", [{"url": "https://a.example.com/v2"}])),
     edited(("servers", list(reversed(BASE["servers"]))))),
    ("server-removed", "", edited(("servers", 1, GONE)), edited(("servers", 1, "description", "the other"))),
    ("server-added", "", edited(("servers", 2, {"url": "/v1"})),
     edited(("servers", 0, {"url": "https://{z}.example.com/v1", "variables": {"z": {"default": "a"}}}))),
    ("security-added", "", edited((*PUT, "security", [{"bearer": []}])), edited((*PUT, "security", [{}]))),
    ("security-changed", "", edited((*GET, "security", 0, GONE)), edited((*GET, "security", 0, {"jwt": []}))),
    ("security-scope-added", "", edited((*GET, "security", 1, {"oauth": ["read", "write", "admin"]})),
     edited((*GET, "security", 1, {"oauth": ["write", "read"]}))),
    ("security-scope-removed", "", edited((*GET, "security", 1, {"oauth": ["read"]})),
     edited((*GET, "security", [{"oauth": ["read", "write"]}, {"bearer": []}]))),
    ("security-removed", "", edited((*GET, "security", [])),
     edited(("security", [{"key": []}]), (*DELETE, "security", []))),
    ("security-alternative-added", "", edited((*GET, "security", 2, {"key": []})),
     edited((*GET, "security", 2, {"bearer": []}))),
    ("parameter-removed", "request", edited((*GET, "parameters", 0, GONE)),
     edited((*GET, "parameters", 0, "example", 3))),
    ("parameter-added", "request", edited((*GET, "parameters", 2, NEW)),
     edited((*GET, "parameters", 2, {"name": "Accept", "in": "header", "schema": TEXT}))),
    ("required-parameter-added", "request", edited((*GET, "parameters", 2, {**NEW, "required": True})),
     edited((*GET, "parameters", list(reversed(BASE["paths"]["/things/{id}"]["get"]["parameters"]))))),
    ("parameter-became-required", "request", edited((*GET, "parameters", 0, "required", True)),
     edited((*GET, "parameters", 0, "required", False))),
    ("parameter-moved", "request", edited((*GET, "parameters", 0, {**QUERY, "in": "header"})),
     edited((*GET, "parameters", 1, CAPITALS))),
    ("parameter-renamed", "request", edited((*GET, "parameters", 0, {**QUERY, "name": "limits"})), renamed_path()),
    ("parameter-style-changed", "request", edited((*GET, "parameters", 0, "explode", False)),
     edited((*GET, "parameters", 0, "style", "form"))),
    ("parameter-deprecated", "request", edited((*GET, "parameters", 0, "deprecated", True)),
     edited((*GET, "parameters", 0, "deprecated", False))),
    ("type-widened", "request", edited((*GET, "parameters", 0, "schema", {"type": "number"})),
     edited((*GET, "parameters", 0, {"name": "limit", "in": "query", "content": {"a/b": {"schema": NUMBER}}}))),
    ("request-body-removed", "request", edited((*TAKEN, GONE)), edited((*TAKEN, "description", "thing"))),
    ("request-body-added", "request", edited((*DELETE, "requestBody", {"content": JSON})),
     edited((*DELETE, "x-body", JSON))),
    ("required-request-body-added", "request", edited((*DELETE, "requestBody", {"required": True, "content": JSON})),
     edited((*DELETE, "summary", "body"))),
    ("request-body-became-required", "request", edited((*TAKEN, "required", True)),
     edited((*TAKEN, "required", GONE))),
    ("media-type-removed", "request", edited((*TAKEN, "content", "text/plain", GONE)),
     edited((*TAKEN, "content", "text/plain", "example", "a"))),
    ("media-type-added", "request", edited((*TAKEN, "content", "text/xml", {"schema": TEXT})),
     edited((*TAKEN, "content", {"Application/JSON; charset=utf-8": PLAIN, "text/plain": PLAIN}))),
    ("media-type-removed", "response", edited((*OK, "content", "text/csv", GONE)),
     edited((*OK, "content", "text/csv", "example", "a,b"))),
    ("response-removed", "response", edited((*GET, "responses", "202", GONE)), edited((*GET, "responses", "202", {}))),
    ("response-added", "response", edited((*GET, "responses", "206", {})), edited((*GET, "responses", "x-206", {}))),
    ("error-response-removed", "response", edited((*GET, "responses", "404", GONE)),
     edited((*GET, "responses", "404", "description", "not here"))),
    ("error-response-added", "response", edited((*GET, "responses", "409", {})), edited((*OK, "links", {}))),
    ("response-body-removed", "response", edited((*OK, "content", {})),
     edited((*OK, "content", "text/csv", "examples", {}))),
    ("response-body-added", "response", edited((*GET, "responses", "202", {"content": JSON})),
     edited((*GET, "responses", "202", {"content": {}}))),
    ("header-removed", "response", edited((*OK, "headers", {})),
     edited((*OK, "headers", {"etag": {"schema": TEXT, "required": True}}))),
    ("header-added", "response", edited((*OK, "headers", "Age", {"schema": TEXT})),
     edited((*OK, "headers", "Content-Type", {"schema": TEXT}))),
    ("header-became-optional", "response", edited((*OK, "headers", "ETag", "required", False)),
     edited((*OK, "headers", "ETag", "description", "optional"))),
    ("max-length-decreased", "response",
     edited((*OK, "headers", "ETag", "schema", {**TEXT, "maxLength": 4})),
     edited((*OK, "headers", "ETag", "example", "abc"))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "direction", "changed", "same"), ROWS)
def test_a_rule_is_found_and_not_in_its_look_alike(rule, direction, changed, same):
    (found,) = differences(BASE, changed, today=TODAY)
    assert (found.rule, found.direction, found.severity) == (rule, direction, RULES[rule].severity(direction))
    assert {c.rule for c in differences(BASE, same, today=TODAY)} <= {"path-parameter-renamed"}


@pytest.mark.parametrize(("rule", "changed"), [(row[0], row[2]) for row in ROWS])
def test_exchanging_old_and_new_gives_the_opposite(rule, changed):
    opposite = RULES[rule].opposite
    back = {c.rule for c in differences(changed, BASE, today=TODAY)}
    assert not opposite or opposite in back or {RULES[name].opposite for name in back} == {rule}


def test_the_name_of_a_path_parameter_does_not_travel():
    assert {c.rule for c in differences(BASE, renamed_path(), today=TODAY)} == {"path-parameter-renamed"}


def test_a_default_answer_covers_a_status_that_is_no_longer_named():
    covered = edited((*GET, "responses", "404", GONE), (*GET, "responses", "default", {"content": JSON}))
    assert {c.rule for c in differences(BASE, covered, today=TODAY)} == {"error-response-added"}


def test_what_a_webhook_sends_is_a_response_to_consumers():
    def hook(schema):
        body = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
        return {"openapi": "3.1.0", "info": {}, "webhooks": {"thing": {"post": {**body, "responses": {}}}}}

    (found,) = differences(hook({"enum": ["a"]}), hook({"enum": ["a", "b"]}), today=TODAY)
    assert (found.rule, found.direction, found.severity) == ("enum-value-added", "response", "error")


def test_a_callback_is_compared_too():
    def with_callback(schema):
        post = {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}}
        return edited((*PUT, "callbacks", {"done": {"{$request.body#/url}": post}}))

    (found,) = differences(with_callback(TEXT), with_callback({"type": "integer"}), today=TODAY)
    assert (found.rule, found.direction) == ("type-changed", "response")


def test_a_swagger_2_document_and_its_openapi_3_form_mean_the_same():
    old = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "basePath": "/v1",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {"b": {"type": "basic"}},
        "security": [{"b": []}],
        "definitions": {"Thing": {"type": "object", "properties": {"a": {"type": "string", "x-nullable": True}}}},
        "paths": {
            "/things": {
                "post": {
                    "parameters": [
                        {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Thing"}},
                        {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}},
                    ],
                    "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/Thing"}}},
                },
                "put": {
                    "consumes": ["multipart/form-data"],
                    "parameters": [{"name": "f", "in": "formData", "type": "file", "required": True}],
                    "responses": {"204": {"description": ""}},
                },
            }
        },
    }
    thing = {"type": "object", "properties": {"a": {"type": ["string", "null"]}}}
    form = {"type": "object", "required": ["f"], "properties": {"f": {"type": "string", "format": "binary"}}}
    ids = {"name": "ids", "in": "query", "explode": False, "schema": {"type": "array", "items": {"type": "integer"}}}
    body = {"content": {"application/json": {"schema": thing}}}
    new = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://t.example.com/v1"}],
        "security": [{"basic": []}],
        "components": {"securitySchemes": {"basic": {"type": "http", "scheme": "Basic"}}},
        "paths": {
            "/things": {
                "post": {
                    "parameters": [ids],
                    "requestBody": {"required": True, **body},
                    "responses": {"200": {"description": "", **body}},
                },
                "put": {
                    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
                    "responses": {"204": {"description": ""}},
                },
            }
        },
    }
    assert {c.rule for c in differences(old, new, today=TODAY)} == {"server-removed", "server-added"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [({}, BASE, "old document is no contract"), (BASE, {"asyncapi": "3.0.0"}, "cannot be compared")],
)
def test_what_cannot_be_compared_is_said(old, new, said):
    with pytest.raises(InputError, match=said):
        differences(old, new, today=TODAY)
