"""One small document for each rule about names and references, in the versions that have it."""

import copy

import pytest

from sluice.services.contract_engine.specs.pointers import lookup, target_parts
from sluice.services.contract_engine.specs.validate import validate

OAUTH = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example", "scopes": {"read": "r"}}}}
GOOD = {
    "openapi": "3.2.0",
    "info": {"title": "pets", "version": "1"},
    "servers": [{"url": "https://{zone}.example.com", "variables": {"zone": {"default": "eu", "enum": ["eu", "us"]}}}],
    "tags": [{"name": "all"}, {"name": "some", "parent": "all"}],
    "paths": {
        "/pets": {
            "get": {
                "security": [{"oauth": ["read"]}],
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "All",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    }
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"oauth": OAUTH},
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"type": "string"}},
                "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat"}},
            },
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}], "required": ["kind"]},
        },
    },
}
GET = "/paths/~1pets/get"
PET = "/components/schemas/Pet"
SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "pets", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "put": {
                "security": [{"key": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "string"},
                    {"name": "pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}},
                ],
                "responses": {
                    "200": {"description": "ok", "schema": {"$ref": "#/definitions/Pet"}, "examples": {}},
                    "201": {"description": "a file", "schema": {"type": "file"}},
                },
            }
        }
    },
    "definitions": {"Pet": {"type": "object", "properties": {"age": {"type": "integer", "default": 1}}}},
    "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
}
PUT = "/paths/~1pets~1{id}/put"
ASYNC = {
    "asyncapi": "2.6.0",
    "info": {"title": "pets", "version": "1"},
    "servers": {"main": {"url": "{zone}.example.com", "protocol": "kafka", "variables": {"zone": {"default": "eu"}}}},
    "channels": {
        "pets/{id}": {
            "servers": ["main"],
            "parameters": {"id": {"schema": {"type": "string"}}},
            "publish": {
                "operationId": "petBorn",
                "security": [{"sasl": []}],
                "message": {"$ref": "#/components/messages/Pet"},
            },
        }
    },
    "components": {
        "messages": {
            "Pet": {
                "messageId": "pet",
                "payload": {"$ref": "#/components/schemas/Pet"},
                "examples": [{"payload": {"age": 1}}],
            },
            "Avro": {
                "schemaFormat": "application/vnd.apache.avro;version=1.9.0",
                "payload": {"type": "record", "name": "Pet", "fields": []},
            },
        },
        "schemas": {"Pet": {"type": "object", "properties": {"age": {"type": "integer"}}}},
        "securitySchemes": {"sasl": {"type": "plain"}},
    },
}
CHANNEL = "/channels/pets~1{id}"


def changed(document, pointer, value):
    result = copy.deepcopy(document)
    *parents, last = target_parts("#" + pointer)
    holder = lookup(result, parents)
    holder[int(last) if isinstance(holder, list) else last] = value
    return result


def faults(document):
    report = validate(document)[1]
    return {(fault.rule, fault.pointer) for fault in (*report.errors, *report.warnings)}


def test_the_documents_are_right():
    assert faults(GOOD) == set()
    assert faults(SWAGGER) == set()
    assert faults(ASYNC) == {("asyncapi.unused", "/components/messages/Avro")}


@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/openapi", "3.3.0", ("openapi.version", "/openapi")),
        ("/tags/1", {"name": "all"}, ("openapi.tag", "/tags/1")),
        ("/tags/1/parent", "none", ("openapi.tag", "/tags/1/parent")),
        ("/tags/0/parent", "some", ("openapi.tag", "/tags/1/parent")),
        ("/servers/0/url", "https://example.com", ("openapi.server-variable", "/servers/0/variables/zone")),
        ("/servers/0/url", "{zone}.{x}", ("openapi.server-variable", "/servers/0/url")),
        (f"{GET}/security/0/oauth", ["write"], ("openapi.scope", f"{GET}/security/0/oauth/0")),
        (f"{GET}/security/0/none", [], ("openapi.security", f"{GET}/security/0/none")),
        (
            f"{GET}/parameters",
            [{"name": "a", "in": "query", "schema": {}}] * 2,
            ("openapi.parameter", f"{GET}/parameters/1"),
        ),
        (f"{GET}/responses/200", {"content": {}}, ("openapi.response-description", f"{GET}/responses/200")),
        (f"{PET}/discriminator/mapping/cat", "Dog", ("openapi.discriminator", f"{PET}/discriminator/mapping/cat")),
        (f"{PET}/discriminator/mapping/cat", "#/components/schemas/Cat", None),
        (f"{PET}/required", ["kind", "name"], ("openapi.required-unknown", f"{PET}/required")),
        ("/components/schemas/Cat/required", ["name"], ("openapi.required", "/components/schemas/Cat/required")),
        (f"{PET}/$schema", "urn:none", ("openapi.dialect", PET)),
        (f"{PET}/$schema", "http://json-schema.org/draft-07/schema#", None),
        ("/components/schemas/Spare", {"type": "string"}, ("openapi.unused", "/components/schemas/Spare")),
        (f"{PET}/properties/kind/$anchor", "kind", None),
        (f"{PET}/properties/other", {"$ref": "#nowhere"}, ("ref.pointer", f"{PET}/properties/other/$ref")),
        (f"{PET}/properties/kind/format", "int32", None),
        (
            f"{PET}/properties/n",
            {"type": "integer", "format": "int32", "default": 2**31},
            ("openapi.default", f"{PET}/properties/n/default"),
        ),
        ("/paths/~1pets/query", {"operationId": "a", "responses": {"200": {"description": "x"}}}, None),
    ],
)
def test_openapi(pointer, value, fault):
    assert faults(changed(GOOD, pointer, value)) == ({fault} if fault else set())


def test_an_anchor_of_the_document_is_found():
    document = changed(GOOD, f"{PET}/properties/kind/$anchor", "kind")
    assert faults(changed(document, f"{PET}/properties/other", {"$ref": "#kind"})) == set()


def test_what_stands_beside_a_reference_is_ignored_in_3_0_and_said():
    document = {**GOOD, "openapi": "3.0.3", "tags": []}
    wrapped = changed(document, f"{PET}/properties/other", {"$ref": f"#{PET}", "nullable": True})
    assert faults(wrapped) == {("openapi.ref-siblings", f"{PET}/properties/other")}


@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/swagger", "2.1", ("openapi.version", "/swagger")),
        (f"{PUT}/parameters/0/in", "query", ("openapi.path-parameter", PUT)),
        (
            f"{PUT}/parameters/1",
            {"name": "pet", "in": "path", "required": True, "type": "string"},
            ("openapi.path-parameter", f"{PUT}/parameters/1"),
        ),
        (f"{PUT}/security/0", {"none": []}, ("openapi.security", f"{PUT}/security/0/none")),
        (
            "/definitions/Pet/properties/age/default",
            "x",
            ("openapi.default", "/definitions/Pet/properties/age/default"),
        ),
        (
            f"{PUT}/responses/200/examples",
            {"application/json": {"age": "x"}},
            ("openapi.example", f"{PUT}/responses/200/examples/application~1json/age"),
        ),
        ("/definitions/Spare", {"type": "string"}, ("openapi.unused", "/definitions/Spare")),
        (f"{PUT}/responses/200/description", 5, ("openapi.structure", f"{PUT}/responses/200/description")),
    ],
)
def test_swagger(pointer, value, fault):
    assert fault in faults(changed(SWAGGER, pointer, value))


def test_two_bodies_are_too_many():
    parameters = [*SWAGGER["paths"]["/pets/{id}"]["put"]["parameters"], {"name": "b", "in": "body", "schema": {}}]
    assert faults(changed(SWAGGER, f"{PUT}/parameters", parameters)) == {("openapi.body-parameter", PUT)}


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0"])
def test_every_version_of_asyncapi_is_known(version):
    document = {"asyncapi": version, "info": {"title": "x", "version": "1"}, "channels": {}}
    report = validate(document)[1]
    assert (report.valid, report.kind, report.version) == (True, "asyncapi", version)
    assert [fault.rule for fault in validate({**document, "info": 5})[1].errors] == ["asyncapi.structure"]


@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        (f"{CHANNEL}/parameters", {}, ("asyncapi.parameter", CHANNEL)),
        (f"{CHANNEL}/servers/0", "none", ("asyncapi.server", f"{CHANNEL}/servers/0")),
        (f"{CHANNEL}/publish/security/0", {"none": []}, ("asyncapi.security", f"{CHANNEL}/publish/security/0/none")),
        (
            f"{CHANNEL}/subscribe",
            {"operationId": "petBorn"},
            ("asyncapi.operation-id", f"{CHANNEL}/subscribe/operationId"),
        ),
        ("/components/messages/Avro/messageId", "pet", ("asyncapi.message-id", "/components/messages/Avro/messageId")),
        (
            "/components/messages/Pet/examples/0/payload/age",
            "x",
            ("asyncapi.example", "/components/messages/Pet/examples/0/payload/age"),
        ),
        ("/components/schemas/Pet/default", 5, ("asyncapi.default", "/components/schemas/Pet/default")),
        ("/components/schemas/Pet/required", ["no"], ("asyncapi.required-unknown", "/components/schemas/Pet/required")),
        ("/servers/main/url", "example.com", ("asyncapi.server-variable", "/servers/main/variables/zone")),
        (
            "/components/messages/Pet/payload",
            {"$ref": "#/components/messages/Pet"},
            ("ref.kind", "/components/messages/Pet/payload/$ref"),
        ),
    ],
)
def test_asyncapi_2(pointer, value, fault):
    assert fault in faults(changed(ASYNC, pointer, value))
