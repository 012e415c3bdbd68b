"""What an operation without a hint means, where its shape leaves no doubt."""

from http.client import CREATED

from sluice.model.hints import OperationHint, OperationKind
from sluice.phases.build.builders.template.plan import Operation
from sluice.phases.build.builders.template.shapes import Shape

_KEYED: dict[str, OperationKind] = {"get": "read", "put": "replace", "patch": "update"}
_UNKNOWN = OperationHint(kind="unknown")


def inferred(operation: Operation) -> OperationHint:
    """The hint of `GET /things`, `POST /things` and `GET|PUT|PATCH|DELETE /things/{id}`; else kind `unknown`.

    `DELETE` answers with nothing, so its entity cannot be known and it stays unknown.
    """
    segments = operation.path.strip("/").split("/")
    keys = [p.wire for p in operation.parameters if p.where == "path"]
    ends_with_key = segments[-1].startswith("{")
    if len(segments) != 1 + ends_with_key or len(keys) != ends_with_key:
        return _UNKNOWN
    if not ends_with_key and operation.method == "get":
        entity = _entity(operation.response_shape.items) if operation.response_shape else None
        return OperationHint(kind="list", entity=entity) if entity else _UNKNOWN
    entity = _entity(operation.response_shape)
    if entity is None:
        return _UNKNOWN
    if not ends_with_key:
        creates = operation.method == "post" and operation.success == CREATED and operation.body_class is not None
        return OperationHint(kind="create", entity=entity) if creates else _UNKNOWN
    kind = _KEYED.get(operation.method)
    return OperationHint(kind=kind, entity=entity, key=keys[0]) if kind else _UNKNOWN


def _entity(of: Shape | None) -> str | None:
    hint = of.hint.get("entity") if of else None
    return hint if isinstance(hint, str) else None
