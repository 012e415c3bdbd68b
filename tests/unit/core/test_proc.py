import os
import sys

import psutil
import pytest

from sluice.core import proc
from sluice.core.errors import EnvironmentFailure, ProcessFailed

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def python(code, **options):
    return proc.run([sys.executable, "-c", code], **options)


def test_output_and_code_come_back():
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (done.code, done.stdout, done.stderr, done.exceeded) == (3, "out\n", "err\n", "")


def test_a_failure_shows_command_code_and_last_lines():
    with pytest.raises(ProcessFailed) as failure:
        python("print('\\n'.join(map(str, range(20)))); raise SystemExit(7)").check(hint="try again")
    text = str(failure.value)
    assert "ended with code 7" in text
    assert "  19" in text
    assert "  5\n" not in text
    assert "try again" in text


def test_a_program_that_is_not_there_is_an_environment_failure():
    with pytest.raises(EnvironmentFailure, match="cannot start no-such-program"):
        proc.run(["no-such-program"])


@pytest.mark.req("R0-002")
def test_a_command_runs_in_a_process_group_of_its_own():
    done = python("import os; print(os.getpgid(0) == os.getpid(), os.getpgid(0))")
    own, group = done.stdout.split()
    assert own == "True"
    assert int(group) != os.getpgid(0)


@pytest.mark.parametrize(("limits", "word"), [({"timeout": 0.2}, "wall"), ({"idle_timeout": 0.2}, "idle")])
def test_limits_end_the_whole_group(limits, word, tmp_path):
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time, pathlib;"
        f"p = subprocess.Popen({SLEEP!r}); pathlib.Path({str(pid_file)!r}).write_text(str(p.pid)); time.sleep(60)"
    )
    done = python(code, **{name: value * 10 for name, value in limits.items()})
    assert done.exceeded == word
    assert not psutil.pid_exists(int(pid_file.read_text())) or _is_zombie(int(pid_file.read_text()))
    with pytest.raises(ProcessFailed, match="timed out"):
        done.check()


def _is_zombie(pid):
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_cancelling_ends_it():
    assert proc.run(SLEEP, cancelled=lambda: True).exceeded == "cancelled"


def test_a_background_child_that_holds_the_pipe_does_not_hold_us():
    done = python(f"import subprocess; subprocess.Popen({SLEEP!r}); print('done')")
    assert (done.code, done.stdout) == (0, "done\n")


def test_output_is_capped_in_memory_and_spilled_to_files(tmp_path):
    done = python("import sys; sys.stdout.write('x' * 100000)", output_limit=1000, spill=tmp_path)
    assert len(done.stdout) == 1000
    assert (tmp_path / "stdout").stat().st_size <= 16 * 1000 + 65536
    assert (tmp_path / "stderr").read_bytes() == b""


def test_stdin_is_closed_unless_given():
    assert python("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"
    assert python("import sys; print(sys.stdin.read())", stdin=b"hello").stdout == "hello\n"


@pytest.mark.req("R0-150")
def test_a_child_gets_an_allow_listed_environment(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-a-key")
    monkeypatch.setenv("SOME_SETTING", "x")
    done = python("import os; print(sorted(os.environ))")
    assert "ANTHROPIC_API_KEY" not in done.stdout
    assert "SOME_SETTING" not in done.stdout
    assert "PATH" in done.stdout


def test_labelled_processes_are_found_and_reaped_and_no_others(tmp_path):
    ours = proc.spawn(SLEEP, name="ours", run_id="20260101-000000-00000a", log=tmp_path / "a.log")
    other = proc.spawn(SLEEP, name="other", run_id="20260101-000000-00000b", log=tmp_path / "b.log")
    try:
        assert [process.pid for process in proc.labelled("20260101-000000-00000a")] == [ours.pid]
        assert len(proc.reap("20260101-000000-00000a")) == 1
        assert not ours.alive()
        assert other.alive()
    finally:
        proc.stop(other)
    assert not other.alive()


def test_a_handle_of_another_process_with_the_same_pid_is_not_alive():
    assert not proc.Handle(name="x", pid=os.getpid(), started=1.0).alive()
