"""The embedded runtime when its pipeline is killed, interrupted, or run by an ordinary user."""

import os
import pwd
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sluice.core import proc
from sluice.core.config import Settings
from sluice.core.paths import Workspace
from sluice.phases.deploy.runtimes.embedded import RUNTIME

pytestmark = pytest.mark.slow

# A pipeline that brings the stack up and says each event; then waits, or detaches, or takes the stack down.
PIPELINE = """
import sys, time
from pathlib import Path
from sluice.core import guardian
from sluice.core.config import Settings
from sluice.core.paths import Workspace
from sluice.phases.deploy.runtimes.embedded import RUNTIME

root, run_id, then = sys.argv[1:]
workspace = Workspace(Path(root)).create()
run = workspace.run(run_id)

def emit(kind, message="", **data):
    print(data.get("name", kind), message, flush=True)

with guardian.watch(run_id) as guard:
    stack = RUNTIME.stack(workspace, run, Settings(ports="random"), emit)
    stack.up()
    print("up", flush=True)
    if then == "wait":
        time.sleep(600)
    elif then == "detach":
        stack.detach()
        guard.detach()
    else:
        stack.down()
        RUNTIME.forget(run)
        print("down", flush=True)
"""


@pytest.fixture
def run(tmp_path):
    run = Workspace(tmp_path).run(f"20260101-000000-{os.getpid() % 0xFFFFFF:06x}")
    yield run
    proc.reap(run.run_id)
    RUNTIME.forget(run)


@contextmanager
def pipeline(run, then):
    argv = [sys.executable, "-c", PIPELINE, str(run.root.parents[1]), run.run_id, then]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process, word):
    lines = []
    for line in process.stdout:
        lines.append(line.split()[0])
        if lines[-1] == word:
            return lines
    raise AssertionError(f"{lines} {process.stderr.read()}")


def living(run):
    """What carries the run's label, or works in the run's directory: a program may overwrite its environment."""
    inside = [p for p in psutil.process_iter(["cwd"]) if run.run_id in Path(p.info["cwd"] or "").parts]
    return {*proc.labelled(run.run_id), *inside}


def nothing_left(run, seconds=30):
    deadline = time.monotonic() + seconds
    while living(run) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not living(run)


@pytest.mark.parametrize("moment", ["redis", "postgres", "contract-engine", "up"])
def test_a_pipeline_killed_at_any_moment_leaves_no_process(run, moment):
    with pipeline(run, "wait") as process:
        read_until(process, moment)
        assert list(proc.labelled(run.run_id))
        os.kill(process.pid, signal.SIGKILL)
        assert nothing_left(run)


@pytest.mark.parametrize("moment", ["redis", "postgres", "contract-engine"])
def test_an_interrupt_while_the_stack_starts_leaves_nothing(run, moment):
    with pipeline(run, "wait") as process:
        read_until(process, moment)
        os.kill(process.pid, signal.SIGINT)
        process.wait(30)
        assert not list(proc.labelled(run.run_id))
        assert process.returncode != 0
        assert not (run.stack / "state.json").exists()


def test_a_killed_pipelines_stack_comes_up_again_with_its_data_directory(run):
    with pipeline(run, "wait") as process:
        read_until(process, "up")
        os.kill(process.pid, signal.SIGKILL)
        assert nothing_left(run)
    with pipeline(run, "down") as process:
        lines = read_until(process, "down")
    assert "postgres.made" not in lines
    assert "warning" not in lines


def test_a_detached_stack_outlives_its_pipeline_and_another_process_ends_it(run):
    with pipeline(run, "detach") as process:
        read_until(process, "up")
        assert process.wait(30) == 0
    stack = RUNTIME.stack(Workspace(run.root.parents[1]), run, Settings(), lambda *_, **__: None)
    state = stack.state()
    assert state
    assert state.detached
    assert set(stack.status().values()) == {"running"}
    assert len(stack.down()) == 5
    assert nothing_left(run)


def interpreter_for_all():
    """An interpreter of our version that every user can start, None when there is none."""
    for directory in ("/usr/bin", "/usr/local/bin"):
        path = Path(directory, f"python{sys.version_info.major}.{sys.version_info.minor}")
        if path.exists():
            return path
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user every other test proves this")
def test_an_ordinary_user_can_run_the_stack(run):
    """As root only: the same, by `nobody`, in an environment that sees this one's packages."""
    packages = Path(sysconfig.get_path("purelib"))
    python = interpreter_for_all()
    if python is None or not packages.stat().st_mode & 0o005:
        pytest.skip("no interpreter or packages here that another user can reach")
    nobody = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        os.chown(home, nobody, -1)
        environment = home / "venv"
        proc.run([str(python), "-m", "venv", "--without-pip", str(environment)], user=nobody, cwd=home).check()
        own = next((environment / "lib").glob("python*/site-packages"))
        (own / "all.pth").write_text(f"import site; site.addsitedir({str(packages)!r})\n")
        (environment / "bin" / "traefik").symlink_to(Path(sysconfig.get_path("scripts"), "traefik"))
        done = proc.run(
            [str(environment / "bin" / "python"), "-c", PIPELINE, str(home / "w"), run.run_id, "down"],
            run_id=run.run_id,
            user=nobody,
            cwd=home,
            timeout=120,
        )
        assert done.stdout.splitlines()[-1:] == ["down"], done.stderr
        log = home / "w" / "runs" / run.run_id / "stack" / "logs" / "postgres.log"
        assert log.stat().st_uid == nobody
        assert "ready to accept connections" in log.read_text()
    assert not list(proc.labelled(run.run_id))
