"""The names that a service goes by: folder, compose, contract, code, gateway route."""

import ast
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from sluice.phases.gate.reading.compose import ComposeService
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.values import Values
from sluice.phases.gate.scan import SourceFile

_NAME_KEYS = frozenset({"SERVICE_NAME", "OTEL_SERVICE_NAME", "APP_SERVICE_NAME"})
_FIELDS = frozenset({"service_name", "SERVICE_NAME"})
_SIMILAR = 0.8


@dataclass(frozen=True)
class Named:
    """That something calls a service by a name."""

    service: str
    where: str
    name: str
    source: SourceFile | None = None
    line: int = 0
    column: int = 0


def squeezed(name: str) -> str:
    """Letters and digits only, lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def similar(one: str, other: str) -> bool:
    """Whether two names differ only a little: spelling, plural, separators, case."""
    first, second = squeezed(one), squeezed(other)
    return first == second or difflib.SequenceMatcher(None, first, second).ratio() >= _SIMILAR


def owner_of(service: ComposeService, names: Iterable[str]) -> str:
    """The service whose folder a compose service is built from, '' when it is built from none."""
    if not service.context and not service.dockerfile:
        return ""
    parts = [*PurePosixPath(service.context).parts, *PurePosixPath(service.dockerfile).parts]
    return next((part for part in reversed(parts) if part in set(names)), "")


def in_code(service: str, file: PyFile, values: Values) -> Iterator[Named]:
    """`SERVICE_NAME = "x"`, `os.getenv("SERVICE_NAME", "x")`, `service_name: str = "x"`."""
    for node in file.nodes:
        found: ast.expr | None = None
        if (
            isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in _FIELDS for t in node.targets)
        ) or (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in _FIELDS):
            found = node.value
        elif isinstance(node, ast.Call) and _looks_up(node):
            found = node
        for leaf in values.leaves(file, found) if found is not None else []:
            if leaf.known and isinstance(leaf.value, str) and leaf.value:
                yield Named(service, "the code", leaf.value, file.source, found.lineno if found else 0, 1)


def _looks_up(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value in _NAME_KEYS


def in_packaging(source: SourceFile) -> Iterator[Named]:
    """`[project] name` of a pyproject.toml."""
    try:
        name = tomllib.loads(source.text).get("project", {}).get("name", "")
    except (tomllib.TOMLDecodeError, AttributeError):
        return
    if isinstance(name, str) and name:
        line = next((at for at, text in enumerate(source.lines, 1) if re.match(r"\s*name\s*=", text)), 1)
        yield Named(source.service, "pyproject.toml", name, source, line, 1)
