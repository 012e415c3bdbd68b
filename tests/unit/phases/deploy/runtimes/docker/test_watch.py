import pytest

from sluice.phases.deploy.runtimes.docker.engine import Container
from sluice.phases.deploy.runtimes.docker.watch import Watch


def container(service="alpha", **fields):
    return Container(id=service, service=service, ports={8080: 30000}, **{"state": "running", **fields})


class Events(list):
    def __call__(self, kind, message="", **data):
        self.append((kind, message, data))


def watch(*containers, services=("alpha", "beta"), events=None):
    made = Watch(
        lambda: {each.service: each for each in containers},
        frozenset(services),
        set(),
        events if events is not None else Events(),
        timeout=10,
    )
    made.finish()
    return made


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"state": "exited", "exit_code": 3, "health": "unhealthy"}, "it ended with code 3"),
        ({"state": "restarting", "exit_code": 1, "health": "starting"}, "it ended with code 1"),
        ({"restarts": 1, "exit_code": 7, "health": "starting"}, "it ended soon after its start"),
        ({"health": "unhealthy", "probe": "connection refused"}, "it is unhealthy: connection refused"),
    ],
)
def test_a_container_that_will_not_come_up_is_named_with_what_is_wrong(fields, problem):
    found = watch(container(**fields))
    assert found.culprit is not None
    assert (found.culprit.service, found.problem) == ("alpha", problem)


@pytest.mark.parametrize("fields", [{"health": "starting"}, {"health": "healthy"}, {"state": "created", "health": ""}])
def test_a_container_that_may_still_come_up_is_left_alone(fields):
    assert watch(container(**fields)).culprit is None


def test_one_that_is_not_healthy_in_time_is_in_trouble_and_its_last_probe_is_quoted():
    found = watch(container(health="starting", probe="404"))
    found.judge({"alpha": container(health="starting", probe="404")}, now=10**9)
    assert found.problem == "not healthy after 10 s: 404"


def test_each_is_told_healthy_once_with_its_port():
    events = Events()
    found = watch(container(health="healthy"), events=events)
    found.finish()
    ((kind, _, data),) = events
    assert (kind, data["name"], data["port"]) == ("service.started", "alpha", 30000)


def test_what_was_healthy_once_is_not_blamed_later():
    found = watch(container(health="healthy"))
    found.judge({"alpha": container(state="exited")}, now=10**9)
    assert found.culprit is None


def test_others_are_not_looked_at():
    assert watch(container("gamma", state="exited")).culprit is None
