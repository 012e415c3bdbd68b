"""Bodies that operations take: schema and example."""

from sluice.model.base import JsonObject
from sluice.services.architect.contracts import bodies, fixed
from sluice.services.architect.contracts.writer import Writer
from sluice.services.architect.meaning import accounts
from sluice.services.architect.meaning.operations import Operation
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import EntityDraft


def request(writer: Writer, op: Operation) -> JsonObject | None:
    """Schema and example of the body, None when there is none."""
    view, entity = writer.view, op.entity
    if op.kind == "login" and entity is not None:
        listed = [entity.fields[accounts.identity(view.draft, entity) or "email"], accounts.password(entity)]
        schema = bodies.credentials_schema(listed)
        return {"schema": writer.component("Credentials", schema), "example": bodies.input_example(entity, listed)}
    if op.kind == "refresh":
        return {"schema": writer.component("RefreshRequest", fixed.REFRESH), "example": {"refresh_token": "token"}}
    if op.kind in {"create", "register", "replace"} and entity is not None:
        listed = bodies.create_fields(view, op)
        name = f"{entity.name}{'Replace' if op.kind == 'replace' else 'Create'}"
        schema = bodies.input_schema(view, entity, listed, partial=False)
        return {"schema": writer.component(name, schema), "example": bodies.input_example(entity, listed)}
    if op.kind == "update" and entity is not None:
        listed = bodies.update_fields(view, op)
        name = f"{entity.name}{names.pascal(*op.only)}Update"
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
    name = names.pascal(op.operation_id, "request")
    return {"schema": writer.component(name, schema), "example": bodies.input_example(holder, named)}
