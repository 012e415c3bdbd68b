"""Whole pipelines as a user runs them: `invoke` in a subprocess, in an empty workspace of its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from sluice.core.environment import child_environment
from sluice.core.proc import labelled

REPOSITORY = Path(__file__).parents[1]
EMBEDDED = ("--runtime", "embedded", "--ports", "random")
PHASES = ("health", "smoke", "decompose", "register", "build", "deploy", "gate")
TIMEOUT_S = 600
GRACE_S = 30


def invoke_argv(*arguments):
    return [sys.executable, "-m", "invoke", "--search-root", str(REPOSITORY), *arguments]


def invoke(directory, *arguments, env=None):
    return subprocess.run(
        invoke_argv(*arguments),
        cwd=directory,
        env=child_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
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

    def manifest(self):
        return json.loads((self.root / "run_manifest.json").read_text())

    def events(self, kind):
        lines = (self.root / "run_events.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["type"] == kind]

    def passed_phases(self):
        """Names of the phases that passed, in the order and as often as they did."""
        ended = (event["data"] for event in self.events("phase.finished"))
        return [phase["name"] for phase in ended if phase["status"] == "passed"]


def finished(directory, done):
    try:
        summary = json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"no summary on stdout (exit {done.returncode}):\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    return FinishedRun(directory, summary, done.returncode, done.stderr)


def run_pipeline(directory, *arguments, env=None):
    return finished(directory, invoke(directory, "pipeline", *EMBEDDED, "--json", *arguments, env=env))


def newest_run_id(directory):
    return max(path.name for path in (directory / ".sluice" / "runs").iterdir() if path.is_dir())


def left_behind(run_id):
    """Processes of the run, or its guardian, that still live after a grace period.

    Also those that lost their label, by what they work in: a server that overwrites its environment hides.
    """
    others = [p for p in psutil.process_iter(["cmdline", "cwd"]) if run_id in [*(p.info["cmdline"] or []), *_parts(p)]]
    _, alive = psutil.wait_procs([*labelled(run_id), *others], timeout=GRACE_S)
    return [process for process in alive if process.is_running()]


def _parts(process):
    return Path(process.info["cwd"] or "").parts


def signal_inside(directory, phase, *command, number=signal.SIGKILL, lines_into=0):
    """Start `command`, read its output until `phase` began (and so many lines more), then send the signal.

    Returns the exit code (negative: ended by that signal).
    """
    process = subprocess.Popen(
        invoke_argv(*command),
        cwd=directory,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    seen, begun = [], f"{PHASES.index(phase) + 1} {phase} …"
    with process.stdout as stream:
        for line in stream:
            seen.append(line.strip())
            if begun in seen and len(seen) - 1 - seen.index(begun) >= lines_into:
                break
        else:
            pytest.fail(f"{command} ended before {phase} was reached:\n" + "\n".join(seen[-40:]))
        os.kill(process.pid, number)
        stream.read()
    return process.wait(timeout=GRACE_S)
