"""LOG-002."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.access import dependencies
from sluice.phases.gate.reading.apps import Middleware, Router
from sluice.phases.gate.reading.python import Function, Project, PyFile

_METHODS: Final = frozenset("debug info warning warn error exception critical log msg success".split())  # noqa: SIM905 # reads better
_MAX_DEPTH: Final = 3
_NO_LOG: Final = re.compile(r"login|logout|catalog|blog|dialog|analog|logic")
# Branches that most requests never take: failures, slow answers.
_EXCEPTIONAL: Final = re.compile(
    r"^(?:e|exc|err|error|exception|failed)$|^(?:e|exc|err|error|exception) is not None$|"
    r"(?:elapsed|duration|took|latency|time|status\w*)\w* >=? |(?:elapsed|duration)\w* > "
)
_DOCUMENTATION: Final = frozenset({"__init__", "__init_subclass__", "__repr__"})


class RequestsAreLogged(Check[tuple[str, Router]]):
    """Every served application logs each request."""

    id, layer, severity = "LOG-002", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[tuple[str, Router]]:
        """The applications that are served."""
        return facts.apps

    def absent(self, facts: Facts) -> str:
        """A folder of something else has no web application."""
        return "" if facts.given.run else "there is no FastAPI, Starlette or Flask application in the tree"

    def check(self, subject: tuple[str, Router], facts: Facts) -> Iterator[Hit]:
        """No request-logging middleware is mounted on this application.

        Add a middleware whose `dispatch` or `__call__` logs method, path, status and duration, and mount it on the
        application that is served (`app.add_middleware(…)`), not only on a sub-application or in debug mode.
        """
        service, app = subject
        if not covered(app, facts.projects[service]):
            line, column = getattr(app.node, "lineno", 1), getattr(app.node, "col_offset", 0) + 1
            yield Hit(source=app.file.source, line=line, column=column)


def covered(app: Router, project: Project) -> bool:
    """Whether some middleware of the application logs; one that only mounts others is as good as those."""
    if any(_logs_requests(middleware, project) for middleware in app.all_middleware()):
        return True
    if any(_logs_first(project, file, node) for file, node in app.guards):
        return True
    mounted = [child for _, child in app.children if child.is_app]
    return (
        bool(mounted)
        and len(mounted) == len(app.children)
        and not app.routes
        and all(covered(m, project) for m in mounted)
    )


def _logs_requests(middleware: Middleware, project: Project) -> bool:
    if middleware.guarded:
        return False
    if middleware.target is None:
        last = middleware.name.rpartition(".")[2].lower()
        return "log" in _NO_LOG.sub("", last)
    file, node = middleware.target
    if isinstance(node, ast.ClassDef):
        family = [(file, node), *(base for base in project.bases(file, node) if not isinstance(base, str))]
        return any(_logs(project, where, part, 0) for where, cls in family for part in _request_methods(cls))
    return _logs(project, file, node, 0)


def _logs_first(project: Project, file: PyFile, node: ast.AST) -> bool:
    """Whether a dependency of the whole application logs."""
    found = (project.definition(where, target) for where, target in dependencies(project, file, node, 0))
    return any(place and isinstance(place[1], Function) and _logs(project, *place, 0) for place in found)


def _request_methods(node: ast.ClassDef) -> Iterator[ast.AST]:
    for item in node.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name not in _DOCUMENTATION:
            yield item


def _logs(project: Project, file: PyFile, node: ast.AST, depth: int) -> bool:
    """Whether running this code logs, itself or in a function of the tree that it calls; not only on errors."""
    for child in _walk(node):
        if not isinstance(child, ast.Call):
            continue
        method = child.func if isinstance(child.func, ast.Attribute) and child.func.attr in _METHODS else None
        if method is not None and _is_logger(project, file, method.value):
            return True
        found = project.definition(file, child.func) if depth < _MAX_DEPTH else None
        if found and isinstance(found[1], Function) and found[1] is not node and _logs(project, *found, depth + 1):
            return True
    return False


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _EXCEPTIONAL.search(ast.unparse(child.test)):
            for part in child.orelse:
                yield part
                yield from _walk(part)
        elif not isinstance(child, ast.ExceptHandler):
            yield child
            yield from _walk(child)


def _is_logger(project: Project, file: PyFile, node: ast.expr) -> bool:
    """`logger`, `logging`, `self._log`, `structlog.get_logger()`, `logger.bind(…)`, or a name bound to a logger."""
    found = project.definition(file, node)
    made = found[0].dotted(found[1].func) if found and isinstance(found[1], ast.Call) else ""
    return "log" in ast.unparse(node).lower() or made.rpartition(".")[2].lower() in {"getlogger", "get_logger"}


CHECKS: Final = (RequestsAreLogged(),)
