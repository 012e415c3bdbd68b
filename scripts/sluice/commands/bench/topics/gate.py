"""The gate on a big tree of real Python code, against the tools that people would run one after another."""

import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from sluice.commands.bench.figure import TIMEOUT_S, Figure, Topic, invoke
from sluice.core.environment import child_environment
from sluice.core.proc import run

LINES: Final = 500_000
TOOLS: Final = {
    "ruff": ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "."),
    "bandit": ("bandit", "--quiet", "--exit-zero", "--recursive", "."),
    "detect-secrets": ("detect-secrets", "scan", "--all-files", "."),
}
DOCKERFILE: Final = 'FROM python:3.11-slim\nUSER nobody\nHEALTHCHECK CMD true\nCMD ["true"]\n'


def measure(directory: Path) -> Iterable[Figure]:
    """Cold, unchanged, and the four tools; all on one copy of installed packages."""
    tree = directory / "tree"
    lines = copy_packages(Path(sysconfig.get_path("purelib")), tree, LINES)
    (tree / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    yield Figure(name="lines of Python", value=lines, unit="", aim=f">= {LINES}")
    cold = invoke(directory, "gate", str(tree), "--json", "--fresh").seconds
    yield Figure(name="gate, cold", value=cold, unit="s", aim="<= 20")
    invoke(directory, "gate", str(tree), "--json")
    again = invoke(directory, "gate", str(tree), "--json").seconds
    yield Figure(name="gate, nothing changed", value=again, unit="s", aim="<= 2")
    others = sum(_seconds(argv, tree) for argv in (*TOOLS.values(), ("hadolint", "--no-fail", "Dockerfile")))
    yield Figure(name="ruff + bandit + detect-secrets + hadolint", value=others, unit="s", aim="-")
    yield Figure(name="gate / those four", value=cold / others, unit="x", aim="<= 0.25")


def copy_packages(source: Path, target: Path, lines: int) -> int:
    """Copy the Python files of packages below `source`, in the order of their names, until there are `lines` lines."""
    total = 0
    for file in _sources(source):
        copied = target / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copied)
        total += file.read_bytes().count(b"\n")
        if total >= lines:
            break
    return total


def _sources(root: Path) -> Iterator[Path]:
    for package in sorted(path for path in root.iterdir() if (path / "__init__.py").is_file()):
        yield from sorted(package.rglob("*.py"))


def _seconds(argv: tuple[str, ...], tree: Path) -> float:
    program = str(Path(sys.executable).parent / argv[0])
    return run([program, *argv[1:]], cwd=tree, env=child_environment(), timeout=TIMEOUT_S).check().seconds


TOPIC: Final = Topic(name="gate", help="the quality gate on 500,000 lines", measure=measure)
