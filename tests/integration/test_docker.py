"""The docker runtime with a real engine: services that come up, one that does not, and what stays afterwards."""

import json
import secrets
import socket
from datetime import UTC, datetime

import pytest

from dockers import CORE, docker, eventually, get, left_on_engine
from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure, InputError
from sluice.core.paths import Workspace
from sluice.engine.stack import ServiceToRun
from sluice.phases.deploy.runtimes.docker import RUNTIME, leftovers, published

pytestmark = [pytest.mark.slow, pytest.mark.docker, pytest.mark.timeout(600)]

DOCKERFILE = """
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
WORKDIR /service
COPY app ./app
USER 10001:10001
CMD ["python", "-m", "uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8080"]
"""
APP = """
import json, os
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = json.dumps({"path": scope["path"], "name": os.environ["SERVICE_NAME"]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""
CRASHES = 'raise SystemExit("there is no such thing as " + __import__("os").environ["JWT_SECRET"])'


class Run:
    def __init__(self, root, **settings):
        self.workspace = Workspace(root / ".sluice").create()
        self.paths = self.workspace.run(f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
        self.settings = Settings(**{"ports": "random", **settings})
        self.events = []
        self.stack = self.fresh()

    def fresh(self):
        """What a new process would see."""
        return RUNTIME.stack(self.workspace, self.paths, self.settings, self.emit)

    def emit(self, kind, message="", **data):
        self.events.append((kind, message, data))

    def service(self, name, code=APP, *, dockerfile=DOCKERFILE, depends_on=()):
        directory = self.paths.service(name)
        (directory / "app").mkdir(parents=True, exist_ok=True)
        (directory / "app" / "main.py").write_text(code)
        (directory / "Dockerfile").write_text(dockerfile)
        return ServiceToRun(name=name, directory=directory, depends_on=depends_on)

    def ids(self):
        found = docker.container.list(all=True, filters=[("label", f"sluice.run={self.paths.run_id}")])
        return {each.config.labels["com.docker.compose.service"]: each.id for each in found}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = Run(tmp_path_factory.mktemp("a wörkspace with spaces"))
    made.stack.up()
    yield made
    made.stack.down()
    assert left_on_engine(made.paths.run_id) == []
    assert made.fresh().logs("postgres", lines=1), "the logs of a stack that is gone can still be read"


def test_up_again_keeps_what_runs(run):
    before = run.ids()
    assert set(before) == set(CORE)
    assert run.fresh().up() == run.stack.state()
    assert run.ids() == before
    assert run.stack.status() == dict.fromkeys(CORE, "running")


@pytest.mark.req("R0-061", "R0-062")
def test_a_service_that_cannot_start_is_started_once_more_then_given_up_and_the_others_run(run):
    services = [
        run.service("sound"),
        run.service("broken", CRASHES),
        run.service("needy", depends_on=("broken", "sound")),
        run.service("unbuildable", dockerfile="FROM scratch\nCOPY no-such-file /\n"),
    ]
    starts = {start.name: start for start in run.stack.deploy(services)}
    assert {name: start.healthy for name, start in starts.items()} == {
        "sound": True,
        "broken": False,
        "needy": True,
        "unbuildable": False,
    }
    assert starts["broken"].restarts == 1
    assert starts["broken"].detail.startswith("it ended")
    shown = " ".join(starts["broken"].log)
    assert "there is no such thing as ***" in shown, "credentials are not shown"
    assert "image cannot be built" in starts["unbuildable"].detail
    warnings = [message for kind, message, _ in run.events if kind == "warning"]
    assert len(warnings) == 2
    assert "starting it once more" in warnings[0]
    state = run.stack.state()
    assert set(state.services) >= {"sound", "needy"}
    for name in ("sound", "needy"):
        assert get(f"{state.gateway_url}/api/{name}/health").json() == {"path": f"/api/{name}/health", "name": name}
    assert run.stack.status()["traefik"] == "running"


def test_a_service_that_is_no_longer_wanted_is_removed_and_a_mended_one_comes_up(run):
    run.stack.deploy([run.service("sound"), run.service("broken", CRASHES)])
    (start,) = run.stack.deploy([run.service("broken")])
    assert start.healthy
    assert set(run.ids()) == {*CORE, "traefik", "broken"}


def test_a_container_whose_process_is_killed_comes_back_on_the_same_port(run):
    url = run.stack.up().services["architect"]
    docker.execute(run.ids()["architect"], ["python", "-c", "import os; os.kill(1, 15)"], tty=False)
    assert eventually(lambda: run.stack.status()["architect"] != "running" or _restarts(run, "architect"))
    assert eventually(lambda: run.stack.status()["architect"] == "running")
    assert get(f"{url}/api/health").status_code == 200


def test_an_unknown_name_has_no_logs(run):
    with pytest.raises(InputError, match="no server or service 'nobody'"):
        run.stack.logs("nobody")


def test_a_build_1_service_that_fails_ends_the_stack_with_its_log(tmp_path):
    run = Run(tmp_path, start_timeout_s=20)
    try:
        run.paths.stack.mkdir(parents=True)
        record = {"roles": {"build1-contract-engine": "x" * 8}}
        (run.paths.stack / "docker.json").write_text(json.dumps(record))
        stack = run.fresh()
        stack._kit.database = lambda _name: "postgresql+psycopg://nobody:wrong@postgres:5432/nothing"
        with pytest.raises(EnvironmentFailure, match="contract-engine did not start") as failure:
            stack.up()
        assert failure.value.exit_code == 3
        assert any("nobody" in line for line in failure.value.details)
        assert left_on_engine(run.paths.run_id) == []
    finally:
        leftovers.remove([run.paths.run_id])


def _restarts(run, service):
    return docker.container.inspect(run.ids()[service]).restart_count


@pytest.mark.req("R0-231")
def test_a_port_that_somebody_takes_in_the_last_moment_is_replaced(tmp_path, monkeypatch):
    run = Run(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        honest = published.choose
        monkeypatch.setattr(published, "choose", lambda *a, **k: {**honest(*a, **k), "SLUICE_REDIS_PORT": taken})
        try:
            state = run.stack.up()
            assert f":{taken}/" not in state.redis_url
            assert any("is taken; redis uses port" in message for _, message, _ in run.events)
        finally:
            run.stack.down()
    assert left_on_engine(run.paths.run_id) == []
