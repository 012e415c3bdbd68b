"""Whole pipelines as a user runs them: `invoke` in a subprocess, in an empty workspace of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from sluice.core.environment import child_environment
from sluice.core.proc import RUN_ID_VARIABLE

REPOSITORY = Path(__file__).parents[2]
EMBEDDED = ("--runtime", "embedded", "--ports", "random")
TIMEOUT_S = 600


def invoke_argv(*arguments):
    return [sys.executable, "-m", "invoke", "--search-root", str(REPOSITORY), *arguments]


def invoke(directory, *arguments, **options):
    return subprocess.run(
        invoke_argv(*arguments),
        cwd=directory,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        **options,
    )


@dataclass(frozen=True)
class FinishedRun:
    """A run directory with what was printed and the exit code."""

    directory: Path
    summary: dict
    code: int
    stderr: str

    @property
    def root(self):
        return self.directory / ".sluice" / "runs" / self.summary["run_id"]

    def artifact(self, name):
        return json.loads((self.root / "artifacts" / f"{name}.json").read_text())["body"]

    def events(self, kind):
        lines = (self.root / "run_events.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["type"] == kind]

    def phase(self, number):
        return next(phase for phase in self.summary["phases"] if phase["number"] == number)


def run_pipeline(directory, *arguments):
    done = invoke(directory, "pipeline", *EMBEDDED, "--json", *arguments)
    try:
        summary = json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"no summary on stdout (exit {done.returncode}):\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    return FinishedRun(directory, summary, done.returncode, done.stderr)


def left_behind(run_id):
    """Living processes that carry the run's label."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(RUN_ID_VARIABLE) == run_id and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.cmdline())
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="session")
def tasktracker(tmp_path_factory):
    """The TaskTracker sample through all seven phases, once for all tests."""
    return run_pipeline(tmp_path_factory.mktemp("tasktracker"))


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """The same with planted violations."""
    return run_pipeline(tmp_path_factory.mktemp("planted"), "--plant")
