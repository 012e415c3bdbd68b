"""Drives the maintained command-line tools, once for all files."""

import shutil
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.phases.gate.scan import SourceFile

_AT_ONCE = 500
_SECONDS = 120.0
_NOWHERE = Path("/")

T = TypeVar("T")


@dataclass(frozen=True)
class ToolHit:
    """One finding of a tool."""

    source: SourceFile
    line: int
    column: int
    code: str
    message: str


class _Location(BaseModel):
    row: int
    column: int


class _RuffItem(BaseModel):
    code: str | None
    filename: str
    message: str
    location: _Location


class _HadolintItem(BaseModel):
    code: str
    file: str
    line: int
    column: int
    message: str


def ruff(files: Sequence[SourceFile], codes: tuple[str, ...]) -> tuple[ToolHit, ...]:
    """Findings of these rules; the files' own `noqa` and configuration do not count.

    Raises:
        EnvironmentFailure: ruff is missing or answered something else than its JSON.
    """
    argv = [_tool("ruff"), "check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--quiet"]
    argv += ["--output-format", "json", "--select", ",".join(codes), "--"]
    items = [item for output in _outputs(argv, files) for item in _parsed(list[_RuffItem], output, "ruff")]
    by_path = {str(file.path): file for file in files}
    return tuple(
        ToolHit(by_path[item.filename], item.location.row, item.location.column, item.code, item.message)
        for item in items
        if item.code in codes and item.filename in by_path
    )


def hadolint(files: Sequence[SourceFile], codes: tuple[str, ...]) -> tuple[ToolHit, ...]:
    """Findings of these rules; comments and configuration in the tree do not count.

    Raises:
        EnvironmentFailure: hadolint is missing or answered something else than its JSON.
    """
    argv = [_tool("hadolint"), "--no-fail", "--disable-ignore-pragma", "--format", "json", "--"]
    items = [item for output in _outputs(argv, files) for item in _parsed(list[_HadolintItem], output, "hadolint")]
    by_path = {str(file.path): file for file in files}
    return tuple(
        ToolHit(by_path[item.file], item.line, item.column, item.code, item.message)
        for item in items
        if item.code in codes and item.file in by_path
    )


def _tool(name: str) -> str:
    beside = Path(sysconfig.get_path("scripts"), name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if not found:
        raise EnvironmentFailure(f"{name} is not installed", hint="run `nox -s dev`: it belongs to the dependencies")
    return found


def _outputs(argv: list[str], files: Sequence[SourceFile]) -> list[str]:
    """Standard output for each batch; the tool runs outside the tree and any home: no configuration there counts."""
    environment = child_environment({"HOME": str(_NOWHERE), "XDG_CONFIG_HOME": str(_NOWHERE)})
    paths = [str(file.path) for file in files]
    batches = [paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE)]
    return [
        proc.run([*argv, *batch], cwd=_NOWHERE, env=environment, timeout=_SECONDS).check().stdout for batch in batches
    ]


def _parsed(kind: type[T], output: str, tool: str) -> T:
    try:
        return TypeAdapter(kind).validate_json(output)
    except ValidationError as error:
        details = output.strip().splitlines()[:3]
        raise EnvironmentFailure(f"{tool} did not answer in its JSON format", details=details) from error
