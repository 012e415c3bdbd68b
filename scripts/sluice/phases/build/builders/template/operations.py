"""Operations of a contract: named, typed, and tied to the entities that they work on."""

import re

from pydantic import JsonValue, ValidationError

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION, OperationHint
from sluice.phases.build.builders.template.annotations import Annotations
from sluice.phases.build.builders.template.inference import inferred
from sluice.phases.build.builders.template.names import attribute, class_name, distinct, sentence, snake
from sluice.phases.build.builders.template.plan import Entity, Group, Operation, Parameter
from sluice.phases.build.builders.template.shapes import Shape, as_list, as_object, resolved, shape

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()+,;=:@%-]|\{[^{}/]+\}|/)*")
_ACCOUNT = frozenset({"register", "login", "refresh", "me"})
_FIRST = ("path", "query", "header")


def groups(document: JsonObject, found: list[Entity], annotations: Annotations, notes: list[str]) -> list[Group]:
    """All operations but `GET /health`, by the first segment of their path, the more literal paths first."""
    by_name = {entity.name: entity for entity in found}
    functions: set[str] = set()
    collected: dict[str, list[Operation]] = {}
    for path, item in as_object(document.get("paths")).items():
        if not _PATH.fullmatch(path):
            raise InputError(f"{path[:80]!r} is not a path that can be served", hint="validate the contract first")
        shared = resolved(document, item)
        for method in _METHODS:
            if method in shared and (method, path) != ("get", "/health"):
                made = _operation(document, path, method, shared, annotations, functions, notes)
                _tie(made, by_name, notes)
                collected.setdefault(_group(path), []).append(made)
    accounts = [name for name, ops in collected.items() if all(op.kind in _ACCOUNT for op in ops)]
    if len(accounts) > 1:
        collected["auth"] = [op for name in accounts for op in collected.pop(name)] + collected.get("auth", [])
    taken = {"health"}
    ordered = sorted(collected.items(), key=lambda pair: (pair[0] == "", pair[0]))
    return [Group(name=distinct(name or "root", taken), operations=sorted(ops, key=_order)) for name, ops in ordered]


def _group(path: str) -> str:
    first = path.strip("/").split("/")[0]
    return "" if "{" in first or not first else attribute(snake(first) or "root")


def _order(operation: Operation) -> tuple[list[tuple[bool, str]], int]:
    segments = operation.path.strip("/").split("/")
    return [("{" in segment, segment) for segment in segments], _METHODS.index(operation.method)


def _operation(
    document: JsonObject,
    path: str,
    method: str,
    item: JsonObject,
    annotations: Annotations,
    functions: set[str],
    notes: list[str],
) -> Operation:
    raw = as_object(item.get(method))
    operation_id = str(raw.get("operationId") or f"{method}{class_name(path, 'Root')}")
    function = distinct(attribute(snake(operation_id) or method), functions)
    hint = _hint(raw, f"{method.upper()} {path}")
    parameters = _parameters(document, [*as_list(item.get("parameters")), *as_list(raw.get("parameters"))], annotations)
    body_node = resolved(document, raw.get("requestBody"))
    body_shape = _content(document, body_node)
    body = annotations.of(body_shape, f"{class_name(operation_id)}Request") if body_shape else ""
    responses = as_object(raw.get("responses"))
    success = _success(responses)
    response_shape = _content(document, resolved(document, responses.get(str(success))))
    response = annotations.of(response_shape, f"{class_name(operation_id)}Response") if response_shape else ""
    made = Operation(
        method=method,
        path=path,
        route=re.sub(r"\{([^{}]+)\}", lambda found: "{" + _path_name(found[1]) + "}", path),
        operation_id=operation_id,
        function=function,
        summary=sentence(raw.get("summary")) or sentence(operation_id),
        hint=hint or OperationHint(kind="unknown"),
        secured=bool(as_list(raw.get("security", document.get("security")))),
        parameters=parameters,
        body=body,
        body_class=annotations.classes.get(body),
        body_shape=body_shape,
        body_required=body_node.get("required") is True,
        success=success,
        response=response,
        response_shape=response_shape,
        statuses=tuple(sorted(int(code) for code in responses if code.isdigit() and int(code) != success)),
        raw=raw,
    )
    if hint is None:
        made.hint = inferred(made)
        notes.append(f"{method.upper()} {sentence(path)} has no {EXTENSION} hint: taken as {made.kind}")
    return made


def _hint(raw: JsonObject, label: str) -> OperationHint | None:
    if EXTENSION not in raw:
        return None
    try:
        return OperationHint.model_validate(raw[EXTENSION])
    except ValidationError as error:
        raise InputError(f"bad {EXTENSION} of {label}", details=str(error).splitlines()) from error


def _path_name(wire: str) -> str:
    return attribute(wire, "key")


def _parameters(document: JsonObject, nodes: list[JsonValue], annotations: Annotations) -> list[Parameter]:
    found: dict[tuple[str, str], Parameter] = {}
    for node in nodes:
        given = resolved(document, node)
        where, wire = str(given.get("in")), str(given.get("name"))
        if where in _FIRST:
            found[where, wire] = _parameter(given, where, wire, shape(document, given.get("schema")), annotations)
    taken: set[str] = set()
    ordered = sorted(found.values(), key=lambda p: (_FIRST.index(p.where), bool(p.default)))
    return [_renamed(parameter, distinct(parameter.name, taken)) for parameter in ordered]


def _renamed(parameter: Parameter, name: str) -> Parameter:
    return Parameter(**{**parameter.__dict__, "name": name})


def _parameter(given: JsonObject, where: str, wire: str, of: Shape, annotations: Annotations) -> Parameter:
    bare = annotations.of(of, class_name(wire), "text")
    required = where == "path" or given.get("required") is True
    default = of.schema.get("default")
    name = _path_name(wire) if where == "path" else attribute(wire, "value")
    source = "" if required else repr(default) if isinstance(default, str | int | float) else "None"
    bare = f"{bare} | None" if source == "None" else bare
    return Parameter(wire=wire, name=name, where=where, annotation=bare, default=source, shape=of)


def _content(document: JsonObject, node: JsonObject) -> Shape | None:
    content = as_object(node.get("content"))
    media = next((as_object(value) for name, value in content.items() if "json" in name), None)
    return shape(document, media.get("schema") or {}) if media is not None else None


def _success(responses: JsonObject) -> int:
    codes = sorted(int(code) for code in responses if code.isdigit() and code.startswith("2"))
    return codes[0] if codes else 200


def _tie(operation: Operation, by_name: dict[str, Entity], notes: list[str]) -> None:
    """Find the entity; an operation whose hint cannot be followed becomes `unknown`, and a note says why."""
    operation.entity = by_name.get(operation.hint.entity or "")
    problem = _unfollowable(operation)
    if problem:
        notes.append(f"{operation.method.upper()} {sentence(operation.path)}: {problem}; it answers 501")
        operation.hint = OperationHint(kind="unknown")
    elif operation.kind == "unknown":
        notes.append(f"{operation.method.upper()} {sentence(operation.path)} has no known behaviour; it answers 501")


def _unfollowable(operation: Operation) -> str:
    entity, hint = operation.entity, operation.hint
    if hint.kind in {"unknown", "refresh"}:
        return ""
    if entity is None:
        return f"entity {sentence(hint.entity)!r} has no schema with a hint"
    if hint.kind in {"create", "replace", "update", "register", "login"} and operation.body_class is None:
        return "it has no body of properties"
    needs_key = hint.kind in {"read", "replace", "delete", "action"}
    if needs_key and operation.parameter(hint.key) is None:
        return "its hint names no path parameter as key"
    if hint.kind == "list" and (operation.response_shape is None or operation.response_shape.type != "array"):
        return "it does not answer with an array"
    missing = [parent.field for parent in hint.parents if entity.column(parent.field) is None]
    missing += [name for name in hint.filters.values() if entity.column(name) is None]
    missing += [name for name in hint.sets if entity.column(name) is None]
    return f"{entity.cls} has no {', '.join(map(sentence, missing))}" if missing else ""
