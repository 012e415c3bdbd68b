"""The OpenAPI 3.1 document of one service."""

import re
from typing import cast

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.model.hints import EXTENSION, OperationHint
from sluice.services.architect.contracts import answers, bodies, fixed, requests, schemas
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.contracts.writer import JSON, Writer
from sluice.services.architect.meaning import accounts
from sluice.services.architect.meaning.operations import Operation
from sluice.services.architect.reading import names


def document(view: View, description: str) -> JsonObject:
    """The whole document; `x-sluice` says what the operations mean."""
    writer = Writer(view)
    for entity in view.entities:
        writer.component(entity.name, bodies.read_schema(view, entity))
    writer.component("Error", fixed.ERROR)
    writer.component("ValidationError", fixed.VALIDATION_ERROR)
    health: JsonObject = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
    writer.component("Health", health)
    paths: dict[str, JsonValue] = {"/health": {"get": _health()}}
    for op in view.operations:
        item = cast("JsonObject", paths.setdefault(op.endpoint.path, {}))
        item[op.endpoint.method.lower()] = _operation(writer, op)
    components: JsonObject = {"schemas": dict(writer.schemas)}
    if any(op.endpoint.auth for op in view.operations):
        components["securitySchemes"] = {"bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    info: JsonObject = {"title": view.service, "version": "1.0.0", "description": description or f"The {view.service}."}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def _health() -> JsonObject:
    content: JsonObject = {JSON: {"schema": {"$ref": "#/components/schemas/Health"}, "example": {"status": "ok"}}}
    return {
        "operationId": "getHealth",
        "summary": "Whether the service can work",
        "tags": ["health"],
        "responses": {"200": {"description": "It can", "content": content}},
    }


def _operation(writer: Writer, op: Operation) -> JsonObject:
    found: JsonObject = {"operationId": op.operation_id, "summary": op.endpoint.summary or _summary(op)}
    if op.entity is not None:
        found["tags"] = [names.snake(op.entity.name)]
    if op.endpoint.auth:
        found["security"] = [{"bearerAuth": []}]
    parameters = _parameters(writer.view, op)
    if parameters:
        found["parameters"] = parameters
    body = requests.request(writer, op)
    if body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: body}}
    found["responses"] = answers.responses(writer, op, has_input=bool(parameters) or body is not None)
    found[EXTENSION] = _hint(writer.view, op).model_dump(mode="json", exclude_defaults=True)
    return found


def _summary(op: Operation) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", op.operation_id).lower()
    return words[:1].upper() + words[1:]


def _hint(view: View, op: Operation) -> OperationHint:
    identity = accounts.identity(view.draft, op.entity) if op.kind in {"register", "login"} and op.entity else None
    return OperationHint(
        kind=op.kind,
        entity=op.entity.name if op.entity else None,
        key=op.key,
        parents=op.parents,
        filters={name: name for name in filters(view, op)},
        sets=op.sets,
        identity=identity,
        requirement=op.endpoint.requirement,
    )


def filters(view: View, op: Operation) -> list[str]:
    """The query parameters that are fields of the entity and not fixed by the path or the token."""
    if op.kind != "list" or op.entity is None:
        return []
    fixed = {parent.field for parent in op.parents} | {view.owners.get(op.entity.name)}
    scalar = {f.name for f in bodies.stored(op.entity) if f.type not in {"array", "object"}}
    for name in op.endpoint.filters:
        if name not in op.entity.fields:
            question = f"`{name}` is no field of {op.entity.name}; the filter was left out."
            view.draft.ask(op.endpoint.key, question, op.endpoint.span)
    return [name for name in op.endpoint.filters if name in scalar and name not in fixed]


def _parameters(view: View, op: Operation) -> list[JsonValue]:
    found: list[JsonValue] = [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name, op)}
        for name in dict.fromkeys(re.findall(r"\{([^}]*)\}", op.endpoint.path))
    ]
    if op.kind == "list" and op.entity is not None:
        for name in filters(view, op):
            plain = op.entity.fields[name].model_copy(update={"default": None, "description": ""})
            found.append({"name": name, "in": "query", "required": False, "schema": schemas.schema(plain)})
        limit: JsonObject = {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
        offset: JsonObject = {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0}
        found.append({"name": "limit", "in": "query", "required": False, "schema": limit})
        found.append({"name": "offset", "in": "query", "required": False, "schema": offset})
    return found


def _path_schema(name: str, op: Operation) -> JsonObject:
    if op.kind == "unknown" and not (name == "id" or name.endswith("_id")):
        return schemas.schema(EntityField(name=name, type="string"))
    return {"type": "string", "format": "uuid"}
