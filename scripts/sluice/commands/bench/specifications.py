"""Large OpenAPI documents of one size and always the same content, written like those of real products."""

import json
from typing import Any, Final

TYPES: Final = ("string", "integer", "number", "boolean")
_PATTERN: Final = "^[A-Z][a-z0-9-]{0,40}$"
_VALUES: Final = {"string": "Abc-1", "integer": 7, "number": 1.5, "boolean": True}
_PROBLEM: Final = {"$ref": "#/components/responses/Problem"}


def specification(megabytes: float, *, version: str = "3.1.0") -> dict[str, Any]:
    """A valid OpenAPI 3.x document whose JSON text (indented by one) is about this large."""
    one = len(json.dumps(_document(50, version), indent=1)) / 50
    return _document(max(1, int(megabytes * 1_000_000 / one)), version)


def _document(resources: int, version: str) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": {"type": "object", "properties": {"detail": {"type": "string"}}}}
    for number in range(resources):
        name = f"Resource{number:05d}"
        schemas[name] = _schema(number, resources)
        schemas[f"{name}Input"] = _input(name)
        paths |= _paths(number, name)
    return {
        "openapi": version,
        "info": {"title": "catalogue", "version": "1.0.0", "description": "Many resources of one kind."},
        "servers": [{"url": "https://{region}.example.com/v1", "variables": {"region": {"default": "eu"}}}],
        "security": [{"bearerAuth": []}],
        "tags": [{"name": f"group{number}"} for number in range(20)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {
                "Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 50}}
            },
            "responses": {
                "Problem": {
                    "description": "What went wrong",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
            "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schema(number: int, resources: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"id": {"type": "string", "format": "uuid", "readOnly": True}}
    for index in range(6 + number % 7):
        kind = TYPES[(number + index) % len(TYPES)]
        field: dict[str, Any] = {"type": kind, "description": f"The {kind} number {index} of resource {number}."}
        if kind == "string":
            field |= {"maxLength": 200, "pattern": _PATTERN, "default": "Abc"}
        elif kind != "boolean":
            field |= {"minimum": 0, "maximum": 100_000, "example": _VALUES[kind]}
        properties[f"{kind}_{index}"] = field
    properties["state"] = {"type": "string", "enum": ["draft", "active", "archived"]}
    properties["parent"] = {"$ref": f"#/components/schemas/{_neighbour(number, 7, resources)}"}
    properties["parts"] = {
        "type": "array",
        "items": {"$ref": f"#/components/schemas/{_neighbour(number, 13, resources)}"},
        "maxItems": 100,
    }
    return {"type": "object", "required": ["id", "state"], "properties": properties}


def _neighbour(number: int, step: int, resources: int) -> str:
    """Another resource of the same twenty: longer chains exceed the recursion limit of openapi-spec-validator."""
    first = number // 20 * 20
    return f"Resource{min(first + (number + step) % 20, resources - 1):05d}"


def _input(name: str) -> dict[str, Any]:
    extra = {"type": "object", "properties": {"note": {"type": "string"}}}
    return {"allOf": [{"$ref": f"#/components/schemas/{name}"}, extra], "required": ["state", "note"]}


def _paths(number: int, name: str) -> dict[str, Any]:
    one, path = {"$ref": f"#/components/schemas/{name}"}, f"/resources-{number:05d}"
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": one["$ref"] + "Input"}}}}
    body["content"]["application/json"]["example"] = {"state": "draft", "note": "a note"}  # type: ignore[index] # a literal
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}

    def operation(verb: str, code: str, schema: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = {"description": f"The answer to {verb} of {name}"}
        if schema:
            answer["content"] = {"application/json": {"schema": schema}}
        responses = {code: answer, "400": _PROBLEM, "404": _PROBLEM}
        summary = f"{verb.capitalize()} {name}"
        tags = [f"group{number % 20}"]
        return {"operationId": f"{verb}{name}", "summary": summary, "tags": tags, **more, "responses": responses}

    many = {"type": "array", "items": one}
    return {
        path: {
            "get": operation("list", "200", many, parameters=[{"$ref": "#/components/parameters/Limit"}]),
            "post": operation("create", "201", one, requestBody=body),
        },
        f"{path}/{{id}}": {
            "parameters": [key],
            "get": operation("read", "200", one),
            "put": operation("replace", "200", one, requestBody=body),
            "delete": operation("delete", "204", None),
        },
    }
