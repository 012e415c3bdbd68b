"""Answers as the code gives them, beside what the contract declares."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sluice.phases.gate.reading.apps import Route
from sluice.phases.gate.reading.contracts import Contract, normal_path
from sluice.phases.gate.reading.fields import fields_of, models_of
from sluice.phases.gate.reading.lookup import Lookup
from sluice.phases.gate.reading.python import Function, Project, PyFile
from sluice.phases.gate.reading.values import HOLE

_MAX_DEPTH: Final = 6
_JSON_CALLS: Final = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse", "jsonify", "make_response"})
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
    """Keys of dictionaries that a handler returns as they stand."""
    for node in ast.walk(handler):
        if isinstance(node, ast.Return) and node.value is not None and not _is_error(node.value):
            for literal in _literals(project, file, node.value):
                for key in literal.keys:
                    if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in declared:
                        yield file, key.lineno, key.col_offset + 1, key.value


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


def _literals(project: Project, file: PyFile, node: ast.AST) -> Iterator[ast.Dict]:
    if isinstance(node, ast.Tuple) and node.elts:
        node = node.elts[0]
    if isinstance(node, ast.Call) and file.dotted(node.func).rpartition(".")[2] in _JSON_CALLS:
        given = [k.value for k in node.keywords if k.arg == "content"]
        for argument in [*node.args[:1], *given]:
            yield from _literals(project, file, argument)
    elif isinstance(node, ast.Name):
        bound = [value for _, value in Lookup(project).bindings(file, node)]
        yield from (value for value in bound if isinstance(value, ast.Dict))
    elif isinstance(node, ast.Dict):
        yield node
    elif isinstance(node, ast.List):
        for element in node.elts:
            yield from _literals(project, file, element)
    elif isinstance(node, ast.ListComp):
        yield from _literals(project, file, node.elt)
