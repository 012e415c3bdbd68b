"""Answers that operations give: statuses, schemas, examples, links."""

from sluice.model.base import JsonObject
from sluice.services.architect.contracts import bodies, fixed, links
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.contracts.writer import JSON, Writer
from sluice.services.architect.meaning.operations import Operation
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import EntityDraft

NO_CONTENT = 204
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
_INVALID: JsonObject = {"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]}


def responses(writer: Writer, op: Operation, *, has_input: bool) -> JsonObject:
    """Every answer that the operation can give, by status."""
    status = success_status(writer.view, op)
    success: JsonObject = {"description": REASONS.get(status, "Success")}
    if status != NO_CONTENT:
        success["content"] = {JSON: {"schema": response(writer, op)}}
    found_links = links.of(writer.view, op)
    if found_links:
        success["links"] = found_links
    found: JsonObject = {str(status): success}
    for code in sorted(_errors(writer.view, op, has_input=has_input)):
        name = "ValidationError" if code == 422 else "Error"  # noqa: PLR2004 - FastAPI's own shape
        example: JsonObject = dict(_INVALID) if name == "ValidationError" else {"detail": REASONS.get(code, "Error")}
        error: JsonObject = {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}}
        found[str(code)] = {"description": REASONS.get(code, "Error"), "content": error}
    return found


def success_status(view: View, op: Operation) -> int:
    """The document's first 2xx, else the usual one; a delete answers 204."""
    named = next((status for status in op.endpoint.statuses if 200 <= status < 300), None)  # noqa: PLR2004 - the 2xx range
    usual = DEFAULT_STATUS.get(op.kind, 200)
    if named in {None, usual}:
        return usual
    if op.kind == "delete" or named == NO_CONTENT:
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
    """Schema of the successful answer.

    There is no example: Schemathesis would take the ids in it for rows that exist, and ask for them.
    """
    view, entity = writer.view, op.entity
    if op.kind in {"login", "refresh"}:
        _ask_tokens(view, op)
        return writer.component("TokenPair", fixed.TOKENS)
    if op.kind == "summary" and entity is not None:
        return writer.component(f"{entity.name}Summary", bodies.figures(entity))
    if entity is not None:
        row = _row(writer, op, entity)
        return {"type": "array", "items": row, "maxItems": 100} if op.kind == "list" else row
    holder = EntityDraft(name=op.operation_id, original="")
    return bodies.input_schema(view, holder, op.endpoint.response or [], partial=True)


def _ask_tokens(view: View, op: Operation) -> None:
    """A document with other names for the tokens is told which ones it gets."""
    properties = fixed.TOKENS["properties"]
    named = [f.name for f in op.endpoint.response or []]
    other = [name for name in named if isinstance(properties, dict) and name not in properties]
    if other:
        question = f"It answers access_token and refresh_token, not {', '.join(other)}."
        view.draft.ask(op.endpoint.key, question, op.endpoint.span)


def _row(writer: Writer, op: Operation, entity: EntityDraft) -> JsonObject:
    """The read model, or exactly the part of it that the document names for this operation."""
    whole = bodies.read_schema(writer.view, entity)
    properties = whole["properties"]
    shown = properties if isinstance(properties, dict) else {}
    named = [f.name for f in op.endpoint.response or [] if f.name in shown]
    if not named or set(named) == set(shown):
        return {"$ref": f"#/components/schemas/{entity.name}"}
    part: JsonObject = {"type": "object", "properties": {name: shown[name] for name in named}, "required": list(named)}
    return writer.component(names.pascal(op.operation_id, "response"), part)
