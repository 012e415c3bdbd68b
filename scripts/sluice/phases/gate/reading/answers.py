"""Answers as the code gives them, beside what the contract declares."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sluice.phases.gate.reading.apps import Route
from sluice.phases.gate.reading.contracts import Contract, normal_path
from sluice.phases.gate.reading.fields import fields_of, models_of
from sluice.phases.gate.reading.lookup import Lookup, results
from sluice.phases.gate.reading.python import Function, Project, PyFile
from sluice.phases.gate.reading.values import HOLE

_MAX_DEPTH: Final = 6
_JSON_CALLS: Final = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse", "jsonify", "make_response"})
_SERIALIZERS: Final = frozenset({"to_dict", "as_dict", "serialize", "to_json", "asdict", "json", "dump", "format"})
Declared = dict[str, list[object]]
Place = tuple[PyFile, int, int, str]


@dataclass(frozen=True, eq=False)
class Answer:
    """A route with the contract's operation for it."""

    service: str
    route: Route
    contract: Contract
    operation: str
    schemas: tuple[object, ...]


def answers(contracts: Iterable[Contract], service: str, routes: list[tuple[str, Route]]) -> Iterator[Answer]:
    """The routes of one service whose operation one of its OpenAPI contracts describes with a JSON body."""
    told: set[tuple[str, str]] = set()
    for contract in contracts:
        for method, path, operation in contract.operations() if contract.kind == "openapi" else ():
            wanted = normal_path(path)
            schemas = contract.responses(operation)
            if contract.service != service or not schemas or (method, wanted) in told:
                continue
            told.add((method, wanted))
            having = [(normal_path(at).replace(HOLE, ""), route) for at, route in routes if method in route.methods]
            exact = [route for at, route in having if at == wanted]
            for route in (exact or [route for at, route in having if at.endswith(wanted) and wanted != "/"])[:1]:
                yield Answer(service, route, contract, f"{method} {path}", tuple(schemas))


def undeclared(project: Project, answer: Answer) -> Iterator[Place]:
    """Where a field stands that the contract does not declare: file, line, column, name."""
    declared = answer.contract.properties(answer.schemas)
    if declared is None:
        return
    call = answer.route.at
    given = {k.arg: k.value for k in call.keywords if k.arg} if isinstance(call, ast.Call) else {}
    left_out = _names(given.get("response_model_exclude"))
    handler = answer.route.handler
    found = models(project, answer)
    walk = _Walk(project, answer.contract)
    for where, model in found:
        yield from walk.model(where, model, declared, left_out)
    if not found and handler is not None:
        yield from _in_literals(project, *handler, declared)


def models(project: Project, answer: Answer) -> list[tuple[PyFile, ast.ClassDef]]:
    """The response models of a route: `response_model`, else the return annotation."""
    call, handler = answer.route.at, answer.route.handler
    given = {k.arg: k.value for k in call.keywords if k.arg} if isinstance(call, ast.Call) else {}
    if "response_model" in given:
        return models_of(project, answer.route.file, given["response_model"])
    return models_of(project, handler[0], handler[1].returns) if handler else []


@dataclass(frozen=True)
class _Walk:
    """Compares response models with declared properties, nested models too."""

    project: Project
    contract: Contract
    depth: int = 0

    def model(
        self, file: PyFile, model: ast.ClassDef, declared: Declared, left_out: frozenset[str] = frozenset()
    ) -> Iterator[Place]:
        deeper = _Walk(self.project, self.contract, self.depth + 1)
        for field in fields_of(self.project, file, model):
            if field.name in left_out:
                continue
            if field.name not in declared:
                yield field.file, field.node.lineno, field.node.col_offset + 1, field.name
                continue
            inner = self.contract.properties(declared[field.name]) if self.depth < _MAX_DEPTH else None
            for where, nested in models_of(self.project, field.file, field.annotation) if inner is not None else []:
                yield from deeper.model(where, nested, inner or {})


def _names(node: ast.AST | None) -> frozenset[str]:
    if not isinstance(node, ast.Set | ast.List | ast.Tuple):
        return frozenset()
    return frozenset(str(item.value) for item in node.elts if isinstance(item, ast.Constant))


def _in_literals(project: Project, file: PyFile, handler: Function, declared: Declared) -> Iterator[Place]:
    """Keys of dictionaries that a handler returns as they stand, itself or by a helper of the tree."""
    for node in ast.walk(handler):
        if isinstance(node, ast.Return) and node.value is not None and not _is_error(node.value):
            for where, name, key in _keys(project, file, node.value, 0):
                if name not in declared:
                    yield where, key.lineno, key.col_offset + 1, name


def _is_error(node: ast.expr) -> bool:
    """`return {...}, 404` and `JSONResponse(status_code=404, …)` answer something else."""
    status: ast.expr | None = None
    if isinstance(node, ast.Tuple) and len(node.elts) > 1:
        status = node.elts[1]
    elif isinstance(node, ast.Call):
        status = next((k.value for k in node.keywords if k.arg in {"status_code", "status"}), None)
    if isinstance(status, ast.Constant) and isinstance(status.value, int):
        return status.value >= 300  # noqa: PLR2004 # the first status that is no success
    return isinstance(status, ast.Attribute | ast.Name)


def _keys(project: Project, file: PyFile, node: ast.AST, depth: int) -> Iterator[tuple[PyFile, str, ast.expr]]:
    """The keys of the JSON object that an expression is, or is a list of: file, name, where it is written."""
    if depth > _MAX_DEPTH:
        return
    node = _inner(node)
    if isinstance(node, ast.Dict):
        named = ((key, key.value) for key in node.keys if isinstance(key, ast.Constant))
        yield from ((file, name, key) for key, name in named if isinstance(name, str))
    elif isinstance(node, ast.Call):
        yield from _of_call(project, file, node, depth + 1)
    elif isinstance(node, ast.Name):
        for where, value in Lookup(project).bindings(file, node):
            if isinstance(value, ast.Dict | ast.Call):
                yield from _keys(project, where, value, depth + 1)
        yield from ((file, name, at) for name, at in _set_later(file, node))
    elif isinstance(node, ast.List):
        for element in node.elts:
            yield from _keys(project, file, element, depth + 1)


def _inner(node: ast.AST) -> ast.AST:
    """What counts of `value, status`, `await value` and `[value for …]`."""
    if isinstance(node, ast.Tuple) and node.elts:
        return node.elts[0]
    if isinstance(node, ast.Await):
        return node.value
    return node.elt if isinstance(node, ast.ListComp) else node


def _of_call(project: Project, file: PyFile, node: ast.Call, depth: int) -> Iterator[tuple[PyFile, str, ast.expr]]:
    last = file.dotted(node.func).rpartition(".")[2]
    if last in _JSON_CALLS:
        for argument in [*node.args[:1], *(k.value for k in node.keywords if k.arg == "content")]:
            yield from _keys(project, file, argument, depth)
    if last in {"jsonify", "dict"} and not node.args:
        yield from ((file, keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
    elif last not in _JSON_CALLS:
        for where, function in _called(project, file, node):
            for result in (r for r in results(function) if isinstance(r, ast.expr) and not _is_error(r)):
                yield from _keys(project, where, result, depth)


def _called(project: Project, file: PyFile, node: ast.Call) -> list[tuple[PyFile, Function]]:
    """The function of the tree that is called; a method also when only one class of the tree has one of its name."""
    found = project.definition(file, node.func)
    if found and isinstance(found[1], Function):
        return [(found[0], found[1])]
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name not in _SERIALIZERS:
        return []
    methods = [(other, f) for other in project.files for f in other.functions() if f.name == name]
    return methods if len(methods) == 1 else []


def _set_later(file: PyFile, node: ast.Name) -> Iterator[tuple[str, ast.expr]]:
    """`result["key"] = …` in the same function."""
    scope = file.scope(node)
    for part in ast.walk(scope) if isinstance(scope, Function) else ():
        target = part.targets[0] if isinstance(part, ast.Assign) else None
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == node.id:
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, key
