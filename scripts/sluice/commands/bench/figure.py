"""What a topic of figures is, and what it needs to measure whole processes."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sluice.core.environment import child_environment
from sluice.core.paths import Workspace
from sluice.core.proc import Completed, run

TIMEOUT_S = 900.0


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure; `aim` is what it should reach."""

    name: str
    value: float
    unit: str
    aim: str


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Figures that belong together; `measure` gets an empty directory."""

    name: str
    help: str
    measure: Callable[[Path], Iterable[Figure]]


def invoke(directory: Path, *arguments: str) -> Completed:
    """A task of this project as its own process, with `directory` as workspace.

    Raises:
        ToolError: it ended otherwise than with 0 or 5 (a gate that refused still gives figures).
    """
    argv = [sys.executable, "-m", "invoke", "--search-root", str(Path.cwd()), *arguments]
    done = run(argv, cwd=directory, env=child_environment(), timeout=TIMEOUT_S)
    if done.code not in {0, 5}:
        done.check(hint="the figure needs a task that runs; see its output above")
    return done


def newest_run(directory: Path) -> Path:
    """The directory of the newest run of the workspace `directory`."""
    workspace = Workspace(directory / ".sluice")
    return workspace.run(workspace.run_ids()[-1]).root
