"""Links between operations, so that a stateful test reaches what another call made."""

from sluice.model.base import JsonObject
from sluice.services.architect.contracts import bodies
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.meaning import accounts
from sluice.services.architect.meaning.operations import Operation

_SOURCES = {"create", "register"}
_WRITES = {"create", "register", "replace", "update"}


def of(view: View, source: Operation) -> JsonObject:
    """The links of a successful answer; targets that need more than this answer knows are left out."""
    found: JsonObject = {}
    if source.kind == "login":
        found |= _refresh(view)
    made_here = any(op.kind in _SOURCES and op.entity is source.entity for op in view.operations)
    if source.entity is None or not (source.kind in _SOURCES or (source.kind == "list" and not made_here)):
        return found
    for target in view.operations:
        link = _login(view, source, target) if target.kind == "login" else _to(view, source, target)
        if link is not None:
            found[target.operation_id] = link
    return found


def _pointer(source: Operation, name: str) -> str | None:
    """Where a field of the entity stands in the answer; a list is asked for its first row."""
    named = source.endpoint.response
    if named is not None and name not in {field.name for field in named}:
        return None
    return f"$response.body#/{'0/' if source.kind == 'list' else ''}{name}"


def _refresh(view: View) -> JsonObject:
    body = {"refresh_token": "$response.body#/refresh_token"}
    return {
        t.operation_id: {"operationId": t.operation_id, "requestBody": {**body}}
        for t in view.operations
        if t.kind == "refresh"
    }


def _login(view: View, source: Operation, target: Operation) -> JsonObject | None:
    if source.kind != "register" or source.entity is None or source.entity is not target.entity:
        return None
    identity = accounts.identity(view.draft, source.entity) or "email"
    password = accounts.password(source.entity).name
    body: JsonObject = {name: f"$request.body#/{name}" for name in (identity, password)}
    return {"operationId": target.operation_id, "requestBody": {**body}}


def _to(view: View, source: Operation, target: Operation) -> JsonObject | None:
    """A link to an operation on the same entity, below it, or that refers to it."""
    if target.entity is None or source.entity is None or target is source:
        return None
    wanted: dict[str, str] = {}
    if target.key and target.entity is source.entity:
        wanted = {target.key: "id", **{parent.param: parent.field for parent in target.parents}}
    elif target.key:
        return None
    elif target.entity is not source.entity:
        below = [p for p in target.parents if target.entity.fields[p.field].references == source.entity.name]
        if len(below) != len(target.parents):
            return None
        wanted = {parent.param: "id" for parent in below}
    parameters: JsonObject = {param: _pointer(source, name) for param, name in wanted.items()}
    body = _references(view, source, target)
    if None in parameters.values() or not (parameters or body):
        return None
    link: JsonObject = {"operationId": target.operation_id}
    return link | ({"parameters": parameters} if parameters else {}) | ({"requestBody": {**body}} if body else {})


def _references(view: View, source: Operation, target: Operation) -> JsonObject:
    """What a body refers to: the row that the source made, or the rows that this row itself refers to."""
    if target.kind not in _WRITES or target.entity is None or source.entity is None:
        return {}
    written = bodies.update_fields(view, target) if target.kind == "update" else bodies.create_fields(view, target)
    if target.entity is source.entity:
        local = [f for f in written if bodies.hint(view, target.entity, f).local]
        pointers = {f.name: _pointer(source, f.name) for f in local}
    else:
        pointers = {f.name: _pointer(source, "id") for f in written if f.references == source.entity.name}
    return {name: pointer for name, pointer in pointers.items() if pointer is not None}
