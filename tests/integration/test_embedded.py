"""The embedded runtime with its real servers."""

import http.client
import json
import os
import secrets
import signal
import socket
import stat
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg
import pytest
import redis as redis_client
from redis.backoff import NoBackoff
from redis.retry import Retry

from sluice.core import proc
from sluice.core.config import Settings
from sluice.core.errors import InputError
from sluice.core.paths import Workspace
from sluice.engine.stack import BUILD1, ServiceToRun, Stack
from sluice.phases.deploy.runtimes.embedded import RUNTIME
from sluice.phases.deploy.runtimes.embedded import stack as stack_module

pytestmark = pytest.mark.slow

CORE = {"postgres", "redis", *BUILD1}
APP = """
import json, os
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = json.dumps({"path": scope["path"], "name": os.environ["SERVICE_NAME"], "version": VERSION}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""


class Run:
    """A stack of its own run, in its own workspace, with the events that it emitted."""

    def __init__(self, root: Path, **settings: object) -> None:
        self.workspace = Workspace(root).create()
        self.paths = self.workspace.run(f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
        self.settings = Settings(**{"ports": "random", **settings})
        self.events: list[tuple[str, str, dict]] = []
        self.stack = self.fresh()

    def fresh(self) -> Stack:
        """What a new process would see."""
        return RUNTIME.stack(self.workspace, self.paths, self.settings, self.emit)

    def emit(self, kind: str, message: str = "", **data: object) -> None:
        self.events.append((kind, message, data))

    def started(self) -> list[str]:
        return [data["name"] for kind, _, data in self.events if kind == "service.started"]

    def processes(self) -> list[psutil.Process]:
        return list(proc.labelled(self.paths.run_id))

    def record(self) -> dict:
        return json.loads((self.paths.stack / "embedded.json").read_text())

    def pids(self) -> dict[str, int]:
        return {name: server["pid"] for name, server in self.record()["servers"].items()}

    def service(self, name: str, code: str = APP, *, version_: int = 1, depends_on: tuple[str, ...] = ()):
        directory = self.paths.service(name)
        (directory / "app").mkdir(parents=True, exist_ok=True)
        (directory / "app" / "main.py").write_text(code.replace("VERSION", str(version_)))
        (directory / "requirements.txt").write_text(f"uvicorn=={version('uvicorn')}\n")
        return ServiceToRun(name=name, directory=directory, depends_on=depends_on)

    def close(self) -> None:
        self.stack.down()
        RUNTIME.forget(self.paths)


def get(url: str, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


def eventually(condition, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = Run(tmp_path_factory.mktemp("a wörkspace with spaces"))
    made.stack.up()
    yield made
    made.close()
    assert not made.processes()


@pytest.fixture
def own_run(tmp_path):
    made = Run(tmp_path)
    yield made
    made.close()
    assert not made.processes()


@pytest.mark.req("R0-002")
def test_every_part_is_a_process_of_its_own_group_that_answers(run):
    state = run.stack.state()
    assert state == run.fresh().state()
    assert {name: get(url, "/api/health")[0] for name, url in state.services.items()} == dict.fromkeys(BUILD1, 200)
    assert run.stack.status() == dict.fromkeys(CORE, "running")
    assert all(os.getpgid(pid) == pid for pid in run.pids().values())


def test_the_cascade_is_true_by_time(run):
    order = {name: run.started().index(name) for name in CORE}
    assert max(order["postgres"], order["redis"]) < order["contract-engine"]
    assert order["contract-engine"] < min(order["architect"], order["codebase-intelligence"])
    born = {name: psutil.Process(pid).create_time() for name, pid in run.pids().items()}
    assert max(born["postgres"], born["redis"]) < born["contract-engine"]
    assert born["contract-engine"] < min(born["architect"], born["codebase-intelligence"])


def test_nothing_listens_beyond_loopback(run):
    addresses = {
        connection.laddr.ip
        for process in run.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_no_credential_is_in_a_command_line_or_a_readable_file(run):
    record = run.record()
    known = {
        *record["roles"].values(),
        *(record[f"{name}"] for name in record if name.endswith(("password", "secret"))),
    }
    commands = " ".join(word for process in run.processes() for word in process.cmdline())
    assert not any(secret in commands for secret in known)
    for path in [path for path in run.paths.root.rglob("*") if path.is_file()]:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            text = path.read_text(errors="replace")
            assert not any(secret in text for secret in known), path
    assert not any(secret in repr(run.events) for secret in known)
    assert stat.S_IMODE(run.paths.stack.stat().st_mode) == 0o700
    assert stat.S_IMODE((run.paths.stack / "state.json").stat().st_mode) == 0o600


def test_postgresql_is_version_16_and_lets_nobody_in_without_the_password(run):
    url = run.stack.state().scratch_database.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        assert connection.info.server_version // 10000 == 16
        password = connection.info.password
    assert password
    for wrong in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace(password, wrong))


def test_one_services_role_does_not_enter_another_services_database(run):
    url = run.stack.state().scratch_database.replace("+psycopg", "")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(url, dbname="build1-architect")


def test_the_scratch_role_may_make_databases(run):
    url = run.stack.state().scratch_database.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE made_by_a_test")
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'made_by_a_test'").fetchall()
        connection.execute("DROP DATABASE made_by_a_test")
    assert found == [(1,)]


def test_redis_lets_nobody_in_without_the_password(run):
    url = run.stack.state().redis_url
    with redis_client.Redis.from_url(url) as client:
        assert client.ping()
    port = int(url.rpartition(":")[2].partition("/")[0])
    with (
        redis_client.Redis(port=port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis_client.AuthenticationError),
    ):
        client.ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")
def test_as_root_postgresql_runs_as_an_unprivileged_user(run):
    assert psutil.Process(run.pids()["postgres"]).uids().real != 0
    assert psutil.Process(run.pids()["postgres"]).gids().real != 0


def test_up_again_keeps_everything(run):
    before, events = run.pids(), len(run.events)
    run.stack.up()
    run.fresh().up()
    assert run.pids() == before
    assert len(run.events) == events


def test_a_killed_service_alone_is_started_again(run):
    before = run.pids()
    os.kill(before["architect"], signal.SIGKILL)
    assert eventually(lambda: run.stack.status()["architect"] == "stopped")
    assert run.stack.state() is None
    run.stack.up()
    after = run.pids()
    assert {name for name in CORE if after[name] != before[name]} == {"architect"}
    assert run.stack.status() == {**run.stack.status(), **dict.fromkeys(CORE, "running")}


def test_logs_are_told_by_name_and_by_no_path(run):
    assert any("ready to accept connections" in line for line in run.stack.logs("postgres", lines=50))
    assert len(run.stack.logs("postgres", lines=1)) == 1
    for name in ("nobody", "../embedded", "../../stack/logs/postgres"):
        with pytest.raises(InputError, match="was started"):
            run.stack.logs(name)


def test_generated_services_run_behind_the_gateway_and_stay_while_they_are_the_same(run):
    alpha, beta = run.service("alpha"), run.service("beta", depends_on=("alpha",))
    starts = run.stack.deploy([beta, alpha])
    assert [(start.name, start.healthy) for start in starts] == [("alpha", True), ("beta", True)]
    assert run.started().index("alpha") < run.started().index("beta") < run.started().index("traefik")
    state = run.stack.state()
    assert set(state.databases) == {"alpha", "beta"}
    status, body = get(state.gateway_url, "/api/beta/things")
    assert (status, json.loads(body)["path"]) == (200, "/api/beta/things")
    assert get(state.gateway_url, "/api/contracts/health")[0] == 200
    assert get(state.gateway_url, "/api/gamma")[0] == 404

    before = run.pids()
    run.stack.deploy([alpha, beta])
    assert run.pids() == before
    run.stack.deploy([run.service("alpha", version_=2)])
    after = run.pids()
    assert after["alpha"] != before["alpha"]
    assert after["traefik"] == before["traefik"]
    assert "beta" not in after
    assert json.loads(get(run.stack.state().gateway_url, "/api/alpha")[1])["version"] == 2
    assert eventually(lambda: get(run.stack.state().gateway_url, "/api/beta/things")[0] == 404)


def test_the_gateways_second_port_answers_ping_and_shows_no_dashboard(run):
    run.stack.deploy([run.service("alpha")])
    api = f"http://127.0.0.1:{run.record()['servers']['traefik']['ports']['api']}"
    assert get(api, "/ping")[0] == 200
    assert get(api, "/dashboard/")[0] == 404
    assert get(api, "/api/rawdata")[0] == 404


def test_a_service_that_does_not_start_is_reported_with_its_log_and_the_others_run(run):
    broken = run.service("broken", "raise RuntimeError('it cannot work')\n")
    alpha, broken_start = run.stack.deploy([run.service("alpha"), broken])
    assert alpha.healthy
    assert not broken_start.healthy
    assert broken_start.restarts == 1
    assert any("it cannot work" in line for line in broken_start.log)
    assert get(run.stack.state().gateway_url, "/api/broken/health")[0] == 404


def test_a_service_cannot_take_the_name_of_a_part_of_the_stack(run):
    (start,) = run.stack.deploy([run.service("redis")])
    assert not start.healthy
    assert "part of the stack" in start.detail


def test_a_service_whose_packages_cannot_be_installed_is_reported(run):
    service = run.service("alpha")
    (service.directory / "requirements.txt").write_text("this is not a requirement\n")
    (start,) = run.stack.deploy([service])
    assert not start.healthy
    assert "cannot install the packages of alpha" in start.detail


def test_a_service_keeps_its_directory_as_it_was_built(run):
    service = run.service("alpha")
    run.stack.deploy([service])
    assert not list(service.directory.rglob("__pycache__"))


def test_two_runs_at_once_do_not_meet(run, own_run):
    state = own_run.stack.up()
    ports = {server["ports"][use] for server in own_run.record()["servers"].values() for use in server["ports"]}
    others = {server["ports"][use] for server in run.record()["servers"].values() for use in server["ports"]}
    assert not ports & others
    before = run.pids()
    assert set(own_run.stack.down()) == CORE
    assert own_run.stack.state() is None
    assert own_run.stack.down() == []
    assert get(run.stack.state().services["architect"], "/api/health")[0] == 200
    assert run.pids() == before
    assert state.run_id == own_run.paths.run_id


def test_what_was_written_survives_the_death_of_every_process(own_run):
    state = own_run.stack.up()
    url = state.scratch_database.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with redis_client.Redis.from_url(state.redis_url) as client:
        client.xadd("events.Kept", {"id": "1"})
    for process in own_run.processes():
        process.kill()
    assert eventually(lambda: not own_run.processes())
    state = own_run.fresh().up()
    with psycopg.connect(state.scratch_database.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    with redis_client.Redis.from_url(state.redis_url) as client:
        assert client.xlen("events.Kept") == 1


def test_a_stray_process_of_a_dead_pipeline_is_ended_and_the_servers_are_kept(own_run):
    own_run.stack.up()
    before = own_run.pids()
    argv = [sys.executable, "-c", "import time; time.sleep(600)"]
    stray = proc.spawn(argv, name="stray", run_id=own_run.paths.run_id, log=own_run.paths.root / "stray.log")
    own_run.fresh().up()
    assert not stray.alive()
    assert own_run.pids() == before


def test_lost_data_is_said_and_the_stack_comes_up_empty(own_run):
    own_run.stack.up()
    own_run.stack.down()
    RUNTIME.forget(own_run.paths)
    again = own_run.fresh()
    again.up()
    warnings = [message for kind, message, _ in own_run.events if kind == "warning"]
    assert any("starting with empty ones" in message for message in warnings)
    assert again.status() == dict.fromkeys(CORE, "running")


def test_a_taken_port_of_the_table_is_replaced_and_said(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(stack_module, "TABLE", dict.fromkeys(stack_module.TABLE, port))
        made = Run(tmp_path, ports="fixed")
        try:
            made.stack.up()
        finally:
            made.close()
    sentences = [message for kind, message, _ in made.events if kind == "service.port"]
    assert len(sentences) == len(CORE)
    assert any(sentence.startswith(f"port {port} is taken; redis uses port ") for sentence in sentences)
