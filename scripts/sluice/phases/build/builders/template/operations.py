"""Operations of a contract: named, typed, and tied to the entities that they work on."""

import re
from dataclasses import dataclass, field

from pydantic import ValidationError

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION, OperationHint
from sluice.phases.build.builders.template.annotations import Annotations
from sluice.phases.build.builders.template.inference import inferred
from sluice.phases.build.builders.template.names import attribute, class_name, distinct, sentence, snake
from sluice.phases.build.builders.template.parameters import parameters, path_name, renamed
from sluice.phases.build.builders.template.plan import Entity, Group, Operation
from sluice.phases.build.builders.template.shapes import Shape, as_list, as_object, resolved, shape

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()+,;=:@%-]|\{[^{}/]+\}|/)*")
_ACCOUNT = frozenset({"register", "login", "refresh", "me"})


def groups(document: JsonObject, found: list[Entity], annotations: Annotations, notes: list[str]) -> list[Group]:
    """All operations but `GET /health`, by the first segment of their path, the more literal paths first."""
    reader = _Reader(document, annotations, {entity.name: entity for entity in found}, notes)
    collected: dict[str, list[Operation]] = {}
    for path, item in as_object(document.get("paths")).items():
        if not _PATH.fullmatch(path):
            raise InputError(f"{path[:80]!r} is not a path that can be served", hint="validate the contract first")
        shared = resolved(document, item)
        for method in _METHODS:
            if method in shared and (method, path) != ("get", "/health"):
                collected.setdefault(_group(path), []).append(reader.operation(path, method, shared))
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


@dataclass
class _Reader:
    """Reads the operations of one document."""

    document: JsonObject
    annotations: Annotations
    entities: dict[str, Entity]
    notes: list[str]
    functions: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def operation(self, path: str, method: str, item: JsonObject) -> Operation:
        """One operation, tied to its entity."""
        raw = as_object(item.get(method))
        operation_id = distinct(str(raw.get("operationId") or f"{method}{class_name(path, 'Root')}"), self.ids)
        nodes = [*as_list(item.get("parameters")), *as_list(raw.get("parameters"))]
        body_node = resolved(self.document, raw.get("requestBody"))
        body_shape, body = self._body(body_node, f"{class_name(operation_id)}Request")
        responses = as_object(raw.get("responses"))
        success = _success(responses)
        answer = resolved(self.document, responses.get(str(success)))
        response_shape, response = self._body(answer, f"{class_name(operation_id)}Response")
        made = Operation(
            method=method,
            path=path,
            route=re.sub(r"\{([^{}]+)\}", lambda found: "{" + path_name(found[1]) + "}", path),
            operation_id=operation_id,
            function=distinct(attribute(snake(operation_id) or method), self.functions),
            summary=sentence(raw.get("summary")) or sentence(operation_id),
            hint=OperationHint(kind="unknown"),
            secured=self._secured(raw),
            parameters=parameters(self.document, nodes, self.annotations),
            body=body,
            body_class=self.annotations.classes.get(body),
            body_shape=body_shape,
            body_required=body_node.get("required") is True,
            success=success,
            response=response,
            response_shape=response_shape,
            statuses=tuple(sorted(int(code) for code in responses if code.isdigit() and int(code) != success)),
            raw=raw,
        )
        self._give_meaning(made)
        return made

    def _body(self, node: JsonObject, name: str) -> tuple[Shape | None, str]:
        content = as_object(node.get("content"))
        media = next((as_object(value) for kind, value in content.items() if "json" in kind), None)
        if media is None:
            return None, ""
        found = shape(self.document, media.get("schema") or {})
        return found, self.annotations.of(found, name)

    def _secured(self, raw: JsonObject) -> bool:
        choices = as_list(raw.get("security", self.document.get("security")))
        return bool(choices) and {} not in choices

    def _give_meaning(self, made: Operation) -> None:
        hint = _hint(made.raw, f"{made.method.upper()} {made.path}")
        made.hint = hint or inferred(made)
        made.entity = self.entities.get(made.hint.entity or "")
        prefix = made.entity.variable if made.entity else "given"
        named = [renamed(p, f"{prefix}_id") if p.name == "id" else p for p in made.parameters]
        made.parameters = named if len({p.name for p in named}) == len(named) else made.parameters
        label = f"{made.method.upper()} {sentence(made.path)}"
        if hint is None:
            self.notes.append(f"{label} has no {EXTENSION} hint: taken as {made.kind}")
        if problem := _unfollowable(made):
            self.notes.append(f"{label}: {problem}; it answers 501")
            made.hint = OperationHint(kind="unknown")
        elif made.kind == "unknown":
            self.notes.append(f"{label} has no known behaviour; it answers 501")


def _hint(raw: JsonObject, label: str) -> OperationHint | None:
    if EXTENSION not in raw:
        return None
    try:
        return OperationHint.model_validate(raw[EXTENSION])
    except ValidationError as error:
        raise InputError(f"bad {EXTENSION} of {label}", details=str(error).splitlines()) from error


def _success(responses: JsonObject) -> int:
    codes = sorted(int(code) for code in responses if code.isdigit() and code.startswith("2"))
    return codes[0] if codes else 200


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
