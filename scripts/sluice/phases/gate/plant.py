"""Plants one violation each of HEALTH-001, SCHEMA-001 and LOG-001 in a copy of built services.

The edits are found by the syntax tree, so any generated FastAPI or Flask code will do; each goes into a service of its
own where that is possible.  The gate that then scans the copy is told nothing.
"""

import ast
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sluice.core.errors import InputError
from sluice.core.files import mark_ours, remove_ours, source_files, write_atomic
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.answers import models
from sluice.phases.gate.reading.fields import fields_of
from sluice.phases.gate.reading.python import PyFile

_FIELD = "internal_revision"


@dataclass(frozen=True)
class Planted:
    """What was planted, and where: path relative to the copy's root, line as edited."""

    check: str
    service: str
    path: str
    line: int


@dataclass(frozen=True)
class _Edit:
    """Replace the lines `first` to `last` (counted from 1, both included; last < first inserts) by `lines`."""

    file: PyFile
    first: int
    last: int
    lines: tuple[str, ...]


Finder = Callable[[Facts, str], Iterator[list[_Edit]]]


def copied(given: GateInput, target: Path) -> GateInput:
    """The same gate input on a fresh copy of everything it reads, below `target`."""
    remove_ours(target)
    mark_ours(target)
    for folder in given.folders:
        for path in source_files(folder) if folder.is_dir() else [folder]:
            place = target / path.relative_to(given.root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    services = {name: target / path.relative_to(given.root) for name, path in given.services.items()}
    folders = tuple(target / folder.relative_to(given.root) for folder in given.folders)
    return replace(given, root=target, services=services, folders=folders, planted=True)


def plant(given: GateInput) -> tuple[Planted, ...]:
    """Edit the files below `given.root` in place; give it a copy.

    Raises:
        InputError: the services offer no place for one of the violations.
    """
    facts = Facts(given)
    able = {
        check: [name for name in sorted(given.services) if next(find(facts, name), None)]
        for check, find in _KINDS.items()
    }
    if missing := [check for check, names in able.items() if not names]:
        raise InputError(
            f"nowhere to plant {', '.join(missing)}", hint="the services need a /health route, models and handlers"
        )
    choices = sorted(itertools.product(*able.values()), key=lambda names: -len(set(names)))
    planted = []
    for check, service in zip(able, choices[0], strict=True):
        edits = next(_KINDS[check](Facts(given), service))
        planted.append(Planted(check, service, edits[0].file.rel, edits[0].first))
        for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
            _apply(edit, given.root)
    return tuple(planted)


def _apply(edit: _Edit, root: Path) -> None:
    path = root / edit.file.rel
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[edit.first - 1 : max(edit.last, edit.first - 1)] = edit.lines
    text = "\n".join(lines)
    ast.parse(text)
    write_atomic(path, text)


def _without_health(facts: Facts, service: str) -> Iterator[list[_Edit]]:
    """Take the registration of every GET route named `health` away."""
    apps = [app for name, app in facts.apps if name == service]
    routes = [route for app in apps for path, route in app.all_routes() if _is_health(path)]
    edits = [edit for route in routes if (edit := _unregistered(route.file, route.at))]
    if routes and len(edits) == len(routes):
        yield edits


def _is_health(path: str) -> bool:
    return "health" in path.split("/")


def _unregistered(file: PyFile, call: ast.AST) -> _Edit | None:
    parent = file.parents.get(call)
    if isinstance(parent, ast.Call) and parent.func is call:  # a decorator that is called by hand
        call, parent = parent, file.parents.get(parent)
    if not isinstance(call, ast.expr) or call.end_lineno is None:
        return None
    if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
        return _Edit(file, call.lineno, call.end_lineno, ())
    if isinstance(parent, ast.Expr):
        return _Edit(file, call.lineno, call.end_lineno, (" " * parent.col_offset + "pass",))
    return None


def _with_field(facts: Facts, service: str) -> Iterator[list[_Edit]]:
    """Give a response model a field that its contract does not declare."""
    answers = [answer for name, found in facts.answers if name == service for answer in found]
    for answer in sorted(answers, key=lambda answer: _is_health(answer.operation)):
        declared = answer.contract.properties(answer.schemas)
        for file, model in models(facts.projects[service], answer) if declared else []:
            own = [field for field in fields_of(facts.projects[service], file, model) if field.owner is model]
            if not own or _FIELD in (declared or {}):
                continue
            last = max((field.node for field in own), key=lambda node: node.lineno)
            at = (last.end_lineno or last.lineno) + 1
            yield [_Edit(file, at, at - 1, (f"{' ' * last.col_offset}{_FIELD}: int | None = None",))]


def _with_print(facts: Facts, service: str) -> Iterator[list[_Edit]]:
    """Let a handler print."""
    routes = [found for name, app in facts.apps if name == service for found in app.all_routes()]
    for _, route in sorted(routes, key=lambda found: _is_health(found[0])):
        if route.handler is None:
            continue
        file, function = route.handler
        body = function.body[1:] if ast.get_docstring(function) else function.body
        first = body[0] if body else None
        if first is not None and first.lineno > function.lineno:
            yield [_Edit(file, first.lineno, first.lineno - 1, (f'{" " * first.col_offset}print("request received")',))]


# The last one takes a route away, and with it perhaps the only handler that could print.
_KINDS: dict[str, Finder] = {"LOG-001": _with_print, "SCHEMA-001": _with_field, "HEALTH-001": _without_health}
