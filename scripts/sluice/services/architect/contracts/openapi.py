"""The OpenAPI 3.1 document of one service."""

import re
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.model.hints import EXTENSION, OperationHint
from sluice.services.architect.contracts import bodies, links, schemas
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.meaning import accounts
from sluice.services.architect.meaning.operations import Operation
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import EntityDraft

JSON = "application/json"
DEFAULT_STATUS = {"create": 201, "register": 201, "delete": 204}
REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "Done, nothing to return",
    400: "The request is malformed",
    401: "There is no valid access token",
    403: "Not allowed",
    404: "Not found",
    409: "It conflicts with something that exists",
    422: "The request is not valid",
    501: "The requirements do not say what this does",
}


@dataclass(slots=True)
class Writer:
    """Collects component schemas while operations are written."""

    view: View
    schemas: JsonObject = field(default_factory=dict)

    def component(self, name: str, schema: JsonObject) -> JsonObject:
        """Adds a schema under this name, or a free one beside it, and returns the reference to it."""
        free = name
        while free in self.schemas and self.schemas[free] != schema:
            free = f"{free}Body"
        self.schemas[free] = schema
        return {"$ref": f"#/components/schemas/{free}"}


def document(view: View, description: str) -> JsonObject:
    """The whole document; `x-sluice` says what the operations mean."""
    writer = Writer(view)
    for entity in view.entities:
        writer.component(entity.name, bodies.read_schema(view, entity))
    writer.component("Error", bodies.ERROR)
    writer.component("ValidationError", bodies.VALIDATION_ERROR)
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
    body = request(writer, op)
    if body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: body}}
    found["responses"] = _responses(writer, op, has_input=bool(parameters) or body is not None)
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


def request(writer: Writer, op: Operation) -> JsonObject | None:
    """Schema and example of the body, None when there is none."""
    view, entity = writer.view, op.entity
    if op.kind == "login" and entity is not None:
        listed = [entity.fields[accounts.identity(view.draft, entity) or "email"], accounts.password(entity)]
        schema = bodies.input_schema(view, entity, listed, partial=False, only=True)
        return {"schema": writer.component("Credentials", schema), "example": bodies.input_example(entity, listed)}
    if op.kind == "refresh":
        return {"schema": writer.component("RefreshRequest", bodies.REFRESH), "example": {"refresh_token": "token"}}
    if op.kind in {"create", "register", "replace"} and entity is not None:
        listed = bodies.create_fields(view, op)
        name = f"{entity.name}{'Replace' if op.kind == 'replace' else 'Create'}"
        schema = bodies.input_schema(view, entity, listed, partial=False)
        return {"schema": writer.component(name, schema), "example": bodies.input_example(entity, listed)}
    if op.kind == "update" and entity is not None:
        listed = bodies.update_fields(view, op)
        name = f"{entity.name}{''.join(names.entity_name(n) for n in op.only)}Update"
        schema = bodies.input_schema(view, entity, listed, partial=not op.only, only=bool(op.only))
        return {"schema": writer.component(name, schema), "example": bodies.input_example(entity, listed)}
    return _free_request(writer, op)


def _free_request(writer: Writer, op: Operation) -> JsonObject | None:
    """What the document names for an operation that it does not explain."""
    named = op.endpoint.request
    if op.kind != "unknown" or not named or op.endpoint.method in {"GET", "DELETE"}:
        return None
    holder = EntityDraft(name=op.operation_id, original="")
    schema = bodies.input_schema(writer.view, holder, named, partial=False)
    name = names.entity_name(f"{op.operation_id} request")
    return {"schema": writer.component(name, schema), "example": bodies.input_example(holder, named)}


def _responses(writer: Writer, op: Operation, *, has_input: bool) -> JsonObject:
    status = success_status(writer.view, op)
    content = response(writer, op) if status != 204 else None  # noqa: PLR2004 - No Content
    success: JsonObject = {"description": REASONS.get(status, "Success")}
    if content is not None:
        success["content"] = {JSON: content}
    found_links = links.of(writer.view, op)
    if found_links:
        success["links"] = found_links
    found: JsonObject = {str(status): success}
    for code in sorted(_errors(writer.view, op, has_input=has_input)):
        name = "ValidationError" if code == 422 else "Error"  # noqa: PLR2004 - FastAPI's own shape
        example: JsonValue = (
            {"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]}
            if name == "ValidationError"
            else {"detail": REASONS.get(code, "Error")}
        )
        error: JsonObject = {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}}
        found[str(code)] = {"description": REASONS.get(code, "Error"), "content": error}
    return found


def success_status(view: View, op: Operation) -> int:
    """The document's first 2xx, else the usual one; a delete answers 204."""
    named = next((status for status in op.endpoint.statuses if 200 <= status < 300), None)  # noqa: PLR2004 - the 2xx range
    usual = DEFAULT_STATUS.get(op.kind, 200)
    if named in {None, usual}:
        return usual
    if op.kind == "delete" or named == 204:  # noqa: PLR2004 - No Content
        view.draft.ask(op.endpoint.key, f"The document wants {named}; {usual} is answered.", op.endpoint.span)
        return usual
    return named or usual


def _errors(view: View, op: Operation, *, has_input: bool) -> set[int]:
    found = {status for status in op.endpoint.statuses if 400 <= status < 430} & set(REASONS)  # noqa: PLR2004 - client errors
    if has_input:
        found |= {400, 422}
    if op.endpoint.auth or op.kind in {"login", "refresh"}:
        found.add(401)
    if op.key or op.parents or (op.kind == "me"):
        found.add(404)
    if op.entity is not None and op.kind in {"create", "register", "replace", "update"}:
        written = bodies.update_fields(view, op) if op.kind == "update" else bodies.create_fields(view, op)
        if any(f.unique for f in written):
            found.add(409)
        if any(bodies.hint(view, op.entity, f).local for f in written):
            found.add(404)
    return found | ({501} if op.kind == "unknown" else set())


def response(writer: Writer, op: Operation) -> JsonObject:
    """Schema and example of the successful answer."""
    view, entity = writer.view, op.entity
    if op.kind in {"login", "refresh"}:
        example = {"access_token": "token", "refresh_token": "token", "token_type": "bearer", "expires_in": 900}
        return {"schema": writer.component("TokenPair", bodies.TOKENS), "example": example}
    if op.kind == "summary" and entity is not None:
        schema, figures = bodies.figures(entity)
        return {"schema": writer.component(f"{entity.name}Summary", schema), "example": figures}
    if entity is not None:
        reference: JsonObject = {"$ref": f"#/components/schemas/{entity.name}"}
        row = bodies.read_example(view, entity)
        if op.kind == "list":
            return {"schema": {"type": "array", "items": reference, "maxItems": 100}, "example": [row]}
        return {"schema": reference, "example": row}
    named = op.endpoint.response or []
    holder = EntityDraft(name=op.operation_id, original="")
    return {
        "schema": bodies.input_schema(view, holder, named, partial=True),
        "example": bodies.input_example(holder, named),
    }
