import pytest

from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import RunPaths
from sluice.core.proc import Completed
from sluice.phases.deploy.runtimes.docker.composition import Composition
from sluice.phases.deploy.runtimes.docker.engine import Container, Engine
from sluice.phases.deploy.runtimes.docker.orchestrator import DockerOrchestrator, PortTaken

RUN_ID = "20260101-000000-abcdef"
ALLOCATED = "Error response from daemon: Bind for 127.0.0.1:8001 failed: port is already allocated"
IN_USE = (
    "driver failed programming external connectivity on endpoint alpha: Error starting userland proxy: "
    "listen tcp4 127.0.0.1:8001: bind: address already in use"
)


class Script(Engine):
    """An engine whose compose commands end as told, one after the other, and leave these containers."""

    def __init__(self, *endings, containers=()):
        super().__init__(RUN_ID)
        self.__dict__.update(endings=list(endings), restarted=[], removed=[], asked=[])
        self.__dict__["all"] = {each.service: each for each in containers}

    def call(self, *arguments, **_options):
        self.asked.append(arguments)
        stderr = self.endings.pop(0)
        return Completed(argv=arguments, code=int(bool(stderr)), stdout="", stderr=stderr, seconds=0)

    def containers(self):
        return dict(self.all)

    def logs(self, _container, _lines):
        return ["it said s3cret"]

    def restart(self, container):
        self.restarted.append(container)

    def remove(self, containers):
        self.removed.extend(containers)
        self.__dict__["all"] = {name: each for name, each in self.all.items() if each.id not in containers}


def container(service, **fields):
    return Container(id=service, service=service, ports={}, **{"state": "running", "health": "healthy", **fields})


def orchestrator(engine, tmp_path, events=None):
    return DockerOrchestrator(
        engine=engine,
        composition=Composition(RunPaths(tmp_path / RUN_ID)),
        emit=lambda kind, message="", **_data: events.append((kind, message)) if events is not None else None,
        timeout=5,
        logs_dir=tmp_path / "logs",
        redact=lambda text: text.replace("s3cret", "***"),
    )


@pytest.mark.parametrize("said", [ALLOCATED, IN_USE])
def test_a_port_that_was_taken_meanwhile_is_told_apart(tmp_path, said):
    with pytest.raises(PortTaken) as taken:
        orchestrator(Script(said), tmp_path).create(["alpha"], generated=False)
    assert taken.value.port == 8001


def test_what_compose_says_is_shown_without_credentials(tmp_path):
    with pytest.raises(EnvironmentFailure, match="ended with code 1") as failure:
        orchestrator(Script("no such s3cret"), tmp_path).create(["alpha"], generated=False)
    assert failure.value.details == ("no such ***",)


def test_an_optional_service_that_fails_twice_is_given_up_and_the_others_start_without_it(tmp_path):
    broken = container("broken", state="exited", exit_code=3)
    engine = Script("unhealthy", "unhealthy", "", containers=[broken, container("sound")])
    events = []
    started = orchestrator(engine, tmp_path, events).up(
        ["broken", "sound"], generated=False, optional=frozenset({"broken"})
    )
    assert started.failures["broken"].problem == "it ended with code 3"
    assert started.failures["broken"].log == ("it said ***",)
    assert started.again == {"broken"}
    assert (engine.restarted, engine.removed) == (["broken"], ["broken"])
    assert "--no-deps" in engine.asked[-1]
    assert engine.asked[-1][-1] == "sound"
    assert [kind for kind, _ in events].count("warning") == 2


def test_a_needed_service_that_fails_twice_ends_the_start_with_its_log(tmp_path):
    engine = Script("unhealthy", "unhealthy", containers=[container("needed", state="exited", exit_code=1)])
    with pytest.raises(EnvironmentFailure, match="needed did not start: it ended with code 1") as failure:
        orchestrator(engine, tmp_path).up(["needed"], generated=False)
    assert failure.value.details == ("it said ***",)
    assert engine.restarted == ["needed"]
