"""Links between operations, so that a stateful test reaches what another call made."""

from sluice.model.base import JsonObject
from sluice.services.architect.contracts import bodies
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.meaning import accounts
from sluice.services.architect.meaning.operations import Operation

_SOURCES = {"create", "register"}
_WRITES = {"create", "register", "replace"}


def of(view: View, source: Operation) -> JsonObject:
    """The links of a successful answer; targets that need more than this answer knows are left out."""
    found: JsonObject = {}
    if source.kind == "login":
        found |= _refresh(view)
    if source.kind not in _SOURCES or source.entity is None:
        return found
    for target in view.operations:
        link = _login(view, source, target) if target.kind == "login" else _to(view, source, target)
        if link is not None:
            found[target.operation_id] = link
    return found


def _refresh(view: View) -> JsonObject:
    body = {"refresh_token": "$response.body#/refresh_token"}
    return {
        t.operation_id: {"operationId": t.operation_id, "requestBody": body}
        for t in view.operations
        if t.kind == "refresh"
    }


def _login(view: View, source: Operation, target: Operation) -> JsonObject | None:
    if source.kind != "register" or source.entity is None or source.entity is not target.entity:
        return None
    identity = accounts.identity(view.draft, source.entity) or "email"
    password = accounts.password(source.entity).name
    body: JsonObject = {name: f"$request.body#/{name}" for name in (identity, password)}
    return {"operationId": target.operation_id, "requestBody": body}


def _to(view: View, source: Operation, target: Operation) -> JsonObject | None:
    if target.entity is None or source.entity is None or target is source:
        return None
    parameters: JsonObject = {}
    if target.key and target.entity is source.entity:
        parameters[target.key] = "$response.body#/id"
        parameters |= {parent.param: f"$response.body#/{parent.field}" for parent in target.parents}
    elif target.entity is not source.entity and not target.key:
        for parent in target.parents:
            if target.entity.fields[parent.field].references == source.entity.name:
                parameters[parent.param] = "$response.body#/id"
        if len(parameters) != len(target.parents):
            return None
    body = _references(view, source, target)
    if not parameters and not body:
        return None
    link: JsonObject = {"operationId": target.operation_id}
    if parameters:
        link["parameters"] = parameters
    if body:
        link["requestBody"] = body
    return link


def _references(view: View, source: Operation, target: Operation) -> JsonObject:
    """A body whose field refers to what the source made."""
    if target.kind not in _WRITES or target.entity is None or source.entity is None or target.entity is source.entity:
        return {}
    written = bodies.create_fields(view, target)
    return {f.name: "$response.body#/id" for f in written if f.references == source.entity.name}
