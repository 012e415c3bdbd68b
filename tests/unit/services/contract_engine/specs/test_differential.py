"""Verdicts against those of openapi-spec-validator, on small documents of each version and on their mutations.

Listed differences: it never looks at the targets of links, at the names of security requirements, at the schemas of
request bodies, nor, in OpenAPI 3.1 and 3.2, at those of headers."""

import copy
from collections.abc import Iterator
from itertools import islice

import pytest
from openapi_spec_validator import (
    OpenAPIV2SpecValidator,
    OpenAPIV30SpecValidator,
    OpenAPIV31SpecValidator,
    OpenAPIV32SpecValidator,
)
from pydantic import JsonValue

from sluice.services.contract_engine.specs.validate import validate

Document = dict[str, JsonValue]
WRONG: tuple[JsonValue, ...] = (5, "wrong", True, [], {}, None, ["wrong"], {"wrong": 1}, "#/components/schemas/Nothing")
_BODY = {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}}


def openapi(version: str) -> Document:
    """A document that uses most of what OpenAPI has."""
    newer = version != "3.0.3"
    document: Document = {
        "openapi": version,
        "info": {"title": "Books", "version": "1.0.0", "license": {"name": "MIT"}, "contact": {"email": "a@b.example"}},
        "servers": [{"url": "https://{zone}.example.com", "variables": {"zone": {"default": "eu", "enum": ["eu"]}}}],
        "tags": [{"name": "books", "description": "All about books"}, {"name": "loans"}],
        "security": [{"token": []}],
        "paths": {
            "/books": {
                "get": {
                    "operationId": "listBooks",
                    "tags": ["books"],
                    "parameters": [{"$ref": "#/components/parameters/Limit"}],
                    "responses": {
                        "200": {
                            "description": "All",
                            "content": {
                                "application/json": {
                                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}
                                }
                            },
                        }
                    },
                },
                "post": {
                    "operationId": "addBook",
                    "requestBody": {"required": True, "content": _BODY},
                    "responses": {
                        "201": {
                            "description": "Added",
                            "headers": {"Location": {"schema": {"type": "string"}}},
                            "links": {"read": {"operationId": "readBook", "parameters": {"id": "$response.body#/id"}}},
                        },
                        "default": {"$ref": "#/components/responses/Problem"},
                    },
                    "callbacks": {
                        "added": {"{$request.body#/url}": {"post": {"responses": {"200": {"description": "ok"}}}}}
                    },
                },
            },
            "/books/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {"operationId": "readBook", "responses": {"200": {"description": "One", "content": _BODY}}},
                "delete": {
                    "operationId": "removeBook",
                    "security": [],
                    "deprecated": True,
                    "parameters": [{"name": "force", "in": "query", "schema": {"type": "boolean", "default": False}}],
                    "responses": {"204": {"description": "Gone"}},
                },
            },
        },
        "components": {
            "schemas": {
                "Book": {
                    "type": "object",
                    "required": ["title"],
                    "properties": {
                        "title": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 100,
                            "pattern": "^[A-Z]",
                            "default": "A",
                        },
                        "pages": {"type": "integer", "minimum": 1, "default": 1, "format": "int32"},
                        "kind": {"type": "string", "enum": ["novel", "poem"], "default": "novel"},
                        "next": {"$ref": "#/components/schemas/Book"},
                    },
                    "additionalProperties": {"type": "string"},
                },
                "Novel": {
                    "allOf": [{"$ref": "#/components/schemas/Book"}, {"properties": {"chapters": {"type": "integer"}}}],
                    "required": ["chapters"],
                },
                "Any": {
                    "oneOf": [{"$ref": "#/components/schemas/Novel"}, {"$ref": "#/components/schemas/Book"}],
                    "discriminator": {"propertyName": "kind", "mapping": {"novel": "#/components/schemas/Novel"}},
                },
            },
            "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 10}}},
            "responses": {
                "Problem": {
                    "description": "What is wrong",
                    "content": {
                        "application/json": {"schema": {"type": "object", "properties": {"detail": {"type": "string"}}}}
                    },
                }
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    if newer:
        document["webhooks"] = {"lent": {"post": {"responses": {"200": {"description": "ok"}}}}}
    return document


def swagger() -> Document:
    """A document that uses most of what Swagger 2.0 has."""
    return {
        "swagger": "2.0",
        "info": {"title": "Books", "version": "1.0.0"},
        "host": "example.com",
        "basePath": "/v1",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "tags": [{"name": "books"}],
        "paths": {
            "/books/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
                "get": {
                    "operationId": "readBook",
                    "security": [{"key": []}],
                    "parameters": [
                        {"name": "limit", "in": "query", "type": "integer", "default": 10, "maximum": 100},
                        {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                    ],
                    "responses": {"200": {"description": "One", "schema": {"$ref": "#/definitions/Book"}}},
                },
                "put": {
                    "operationId": "changeBook",
                    "parameters": [{"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Book"}}],
                    "responses": {"200": {"description": "Changed", "headers": {"X-Rate": {"type": "integer"}}}},
                },
            }
        },
        "definitions": {
            "Book": {
                "type": "object",
                "required": ["title"],
                "properties": {
                    "title": {"type": "string", "default": "A"},
                    "pages": {"type": "integer", "default": 1},
                    "parts": {"type": "array", "items": {"$ref": "#/definitions/Book"}},
                },
            },
            "Novel": {"allOf": [{"$ref": "#/definitions/Book"}, {"properties": {"n": {"type": "integer"}}}]},
        },
        "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    }


VALIDATORS = {
    "2.0": OpenAPIV2SpecValidator,
    "3.0.3": OpenAPIV30SpecValidator,
    "3.1.0": OpenAPIV31SpecValidator,
    "3.2.0": OpenAPIV32SpecValidator,
}


STEP = {"2.0": 3, "3.0.3": 5, "3.1.0": 7, "3.2.0": 7}
OURS_ALONE = {"openapi.link", "openapi.security"}


def is_valid_to_the_other(version, document):
    """Its verdict; an exception of any kind is a no."""
    try:
        return next(VALIDATORS[version](document).iter_errors(), None) is None
    except Exception:  # noqa: BLE001 - whatever it raises on a broken document
        return False


def base(version: str) -> Document:
    """The valid document of a version."""
    return swagger() if version == "2.0" else openapi(version)


def mutations(document: Document) -> Iterator[tuple[str, Document]]:
    """Each value removed, and replaced by a wrong one that changes from place to place; with a name that tells."""
    for number, place in enumerate(_places(document)):
        name = "/".join(map(str, place))
        mutant = copy.deepcopy(document)
        holder = _holder(mutant, place)
        del holder[place[-1]]
        yield f"without {name}", mutant
        for wrong in (WRONG[number % len(WRONG)], WRONG[(number * 7 + 3) % len(WRONG)]):
            mutant = copy.deepcopy(document)
            _holder(mutant, place)[place[-1]] = copy.deepcopy(wrong)
            yield f"{name} = {wrong!r}", mutant


def _holder(document, place):
    for part in place[:-1]:
        document = document[part]
    return document


def _places(node, place=()):
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*place, key)
        yield from _places(value, (*place, key))


@pytest.mark.parametrize("version", VALIDATORS)
def test_verdicts_equal_those_of_openapi_spec_validator(version):
    document = base(version)
    assert validate(document)[1].errors == ()
    assert list(VALIDATORS[version](document).iter_errors()) == []
    compared = 0
    for name, mutant in islice(mutations(document), STEP[version], None, STEP[version]):
        compared += 1
        report = validate(mutant)[1]
        if report.valid == is_valid_to_the_other(version, mutant):
            continue
        assert not report.valid, name
        assert {fault.rule for fault in report.errors} <= OURS_ALONE or "/headers/" in report.errors[0].pointer, name
    assert compared >= 60
