import pytest

from sluice.core.errors import EnvironmentFailure
from sluice.core.proc import Completed
from sluice.phases.deploy.runtimes.docker import preflight
from sluice.phases.deploy.runtimes.docker.preflight import Platform, Room, mismatch, shortages, version_of

SOCKET = "unix:///var/run/docker.sock"
GB = 2**30


@pytest.fixture
def answers(monkeypatch):
    """What the docker command would say, by its first word; an exception-like string is an error."""
    said = {"version": "20.10.24", "compose": "2.26.1", "context": SOCKET}

    def run(argv, **_options):
        text = said[argv[1]]
        failed = text.startswith("error")
        return Completed(
            argv=tuple(argv), code=int(failed), stdout="" if failed else text, stderr=text if failed else "", seconds=0
        )

    monkeypatch.setattr(preflight, "run", run)
    monkeypatch.setattr(preflight.shutil, "which", lambda _name: "/usr/bin/docker")
    return said


@pytest.mark.usefixtures("answers")
def test_an_engine_with_compose_on_this_machine_will_do():
    found = preflight.platform()
    assert (found.problem, found.engine, found.compose) == ("", "20.10.24", "2.26.1")
    assert str(found.socket) == "/var/run/docker.sock"


@pytest.mark.parametrize(
    ("word", "text", "problem"),
    [
        ("version", "error: cannot connect", "no Docker engine answers (error: cannot connect)"),
        ("compose", "error: unknown command", "compose v2 does not answer (error: unknown command)"),
        ("context", "tcp://192.0.2.1:2376", "the engine at tcp://192.0.2.1:2376 is not on this machine"),
        ("version", "19.03.5", "the engine has version 19.03.5; 20.10 or newer is needed"),
        ("compose", "2.17.0", "the compose has version 2.17.0; 2.20 or newer is needed"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(answers, word, text, problem):
    answers[word] = text
    found = preflight.platform()
    assert found.problem.startswith(problem)
    with pytest.raises(EnvironmentFailure, match="embedded"):
        preflight.check(found)


@pytest.mark.req("R0-230")
def test_a_machine_without_the_docker_command_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(preflight.shutil, "which", lambda _name: None)
    assert "setup-docker.sh" in preflight.platform().problem


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("20.10.24+dfsg1", (20, 10, 24)), ("v3.6.15", (3, 6, 15)), ("2.26.1-4", (2, 26, 1)), ("x", ())],
)
def test_versions_are_read_from_the_start(text, numbers):
    assert version_of(text) == numbers


def test_versions_are_compared_as_numbers():
    assert mismatch("100.0", "2.100.0") == ""


@pytest.mark.parametrize(
    ("engine", "patient"), [("20.10.24", False), ("24.0.9", False), ("25.0.0", True), ("29.1", True)]
)
def test_engines_from_25_on_have_an_interval_for_the_start(engine, patient):
    assert Platform(engine=engine).patient is patient


@pytest.mark.parametrize(
    ("engine", "image", "refused"),
    [
        ("29.0.1", "traefik:v3.5.0", True),
        ("29.0.1", "traefik:v3.6.0", True),
        ("29.0.1", "traefik:v3.6.15", False),
        ("28.5", "traefik:v3.5.0", False),
        ("29.0.1", "registry.example:5000/mine", False),
    ],
)
def test_a_gateway_that_cannot_talk_to_the_engine_is_refused_beforehand(engine, image, refused):
    if refused:
        with pytest.raises(EnvironmentFailure, match="cannot talk to engine"):
            preflight.check_gateway(Platform(engine=engine), image)
    else:
        preflight.check_gateway(Platform(engine=engine), image)


def test_shortages_name_what_there_is_and_what_is_needed():
    assert shortages(Room(memory=8 * GB, disk=9 * GB, directory="/d")) == []
    assert shortages(Room(memory=8 * GB, disk=None, directory="/d")) == []
    memory, disk = shortages(Room(memory=GB, disk=GB, directory="/d"))
    assert memory == "memory: 1.0 GB, needed are 2.0 GB"
    assert disk == "disk: 1.0 GB free in /d, needed are 2.0 GB"


def test_a_machine_that_is_too_small_is_refused(monkeypatch):
    monkeypatch.setattr(preflight, "room", lambda: Room(memory=GB, disk=None, directory="/d"))
    with pytest.raises(EnvironmentFailure, match="too small"):
        preflight.check(Platform(engine="20.10"))
