import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sluice.core import guardian, proc

RUN = f"20260101-000000-{os.getpid() & 0xFFFFFF:06x}"

# A pipeline with a labelled child that ignores SIGTERM and has a child of its own in another session.
CHILD = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True, env={})
print(inner.pid, flush=True)
time.sleep(600)
"""
PIPELINE = """
import sys, time
from pathlib import Path
from sluice.core import guardian, proc
run, log, child = sys.argv[1:]
guard = guardian.watch(run)
handle = proc.spawn([sys.executable, "-c", child], name="child", run_id=run, log=Path(log))
while not Path(log).read_text().endswith("\\n"):
    time.sleep(0.02)
print(guard._guardian.pid, handle.pid, Path(log).read_text().strip(), flush=True)
time.sleep(600)
"""


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def run_id() -> Iterator[str]:
    yield RUN
    proc.reap(RUN, grace=0)


def sleeper(run_id: str, tmp_path: Path) -> proc.Handle:
    argv = [sys.executable, "-c", "import time; time.sleep(600)"]
    return proc.spawn(argv, name="sleeper", run_id=run_id, log=tmp_path / "log")


@pytest.mark.req("R0-002")
def test_a_killed_pipeline_leaves_no_process_not_even_a_grandchild_that_left_the_session(
    run_id: str, tmp_path: Path
) -> None:
    argv = [sys.executable, "-c", PIPELINE, run_id, str(tmp_path / "log"), CHILD]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as pipeline:
        assert pipeline.stdout
        pids = [int(word) for word in pipeline.stdout.readline().split()]
        assert len(pids) == 3
        assert not any(gone(pid) for pid in pids)
        os.kill(pipeline.pid, signal.SIGKILL)
        assert eventually(lambda: all(gone(pid) for pid in pids))


def test_a_detached_stack_outlives_the_guard(run_id: str, tmp_path: Path) -> None:
    with guardian.watch(run_id) as guard:
        handle = sleeper(run_id, tmp_path)
        guard.detach()
    assert handle.alive()


def test_release_ends_the_guardian_and_nothing_else(run_id: str, tmp_path: Path) -> None:
    guard = guardian.watch(run_id)
    handle = sleeper(run_id, tmp_path)
    guard.release()
    guard.release()
    assert guard._guardian.returncode == 0
    assert handle.alive()


def test_a_guard_that_closes_without_a_word_ends_what_is_left(run_id: str, tmp_path: Path) -> None:
    with guardian.watch(run_id):
        handle = sleeper(run_id, tmp_path)
    assert not handle.alive()


def test_another_run_is_left_alone(run_id: str, tmp_path: Path) -> None:
    with guardian.watch(run_id + "-other"):
        handle = sleeper(run_id, tmp_path)
    assert handle.alive()


def test_the_guardian_is_not_labelled_and_has_its_own_session(run_id: str) -> None:
    guard = guardian.watch(run_id)
    process = psutil.Process(guard._guardian.pid)
    assert proc.RUN_ID_VARIABLE not in process.environ()
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    guard.release()
