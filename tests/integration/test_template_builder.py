"""Services of the template builder, built from contracts, on a real PostgreSQL and a real Redis."""

import json
import os
import secrets
import signal
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx2
import jwt
import psycopg
import pytest
import redis

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.files import digest, source_files
from sluice.core.paths import Workspace
from sluice.core.ports import HOST, Ports
from sluice.core.pyenv import ensure_environment
from sluice.model.contract import RegisteredContract
from sluice.phases.build.builders.template import pins
from sluice.phases.deploy.drift import drift

pytestmark = pytest.mark.slow
CONTRACTS = Path(__file__).parent.parent / "data" / "contracts"
SECRET = secrets.token_hex(32)
PASSWORD = secrets.token_hex(8)
HOSTILE = "hostile"
NAMES = ("studio", "messenger", HOSTILE)
ports = Ports()


def contract(name, kind="openapi"):
    path = CONTRACTS / f"{name}.{kind}.json"
    return path if path.exists() else None


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("environments") / ".sluice").create()
    everything = pins.runtime(tokens=True, passwords=True, events=True) + pins.development()
    path = workspace.root / "requirements.txt"
    path.write_text("\n".join(everything))
    return ensure_environment(workspace, [path], emit=lambda *_args, **_data: None)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Builds a service once; returns its directory and its STATE.JSON."""
    built = {}

    def made(name):
        if name not in built:
            job = tmp_path_factory.mktemp(name)
            asyncapi = contract(name, "asyncapi")
            config = {
                "service": name,
                "openapi": str(contract(name)),
                "asyncapi": str(asyncapi) if asyncapi else None,
                "output_dir": str(job / "output"),
                "state_file": str(job / "STATE.JSON"),
                "builder": "template",
                "violations": [],
                "attempt": 1,
            }
            (job / "config.json").write_text(json.dumps(config))
            argv = [sys.executable, "-m", "sluice.phases.build.builders.template", str(job / "config.json")]
            done = proc.run(argv, cwd=job, timeout=120)
            assert done.code == 0, done.stdout + done.stderr
            built[name] = job / "output", json.loads((job / "STATE.JSON").read_text())
        return built[name]

    return made


@pytest.fixture
def servers(python, database_url, redis_url):
    return python, database_url, redis_url


@contextmanager
def running(directory, python, database, redis_url, log):
    """The base URL of the service as the runtime starts it, and its process."""
    name = directory.parent.name.rstrip("0")
    port = ports.choose().port
    argv = [str(python), "-m", "uvicorn", "app.main:app", "--host", HOST, "--port", str(port), "--no-access-log"]
    env = child_environment(
        {
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "JWT_SECRET": SECRET,
            "ROOT_PATH": f"/api/{name}",
            "SERVICE_NAME": name,
        }
    )
    handle = proc.spawn(argv, name=name, run_id="", log=log, cwd=directory, env=env)
    url = f"http://{HOST}:{port}"
    try:
        deadline = time.monotonic() + 30
        while not healthy(url):
            assert handle.alive(), log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield url, handle
    finally:
        proc.stop(handle, grace=10)


def healthy(url):
    try:
        return httpx2.get(f"{url}/health").status_code == 200
    except httpx2.TransportError:
        return False


def bearer(account):
    now = int(time.time())
    claims = {"sub": str(account), "iat": now, "exp": now + 600, "type": "access", "jti": "1", "iss": "tests"}
    return {"Authorization": f"Bearer {jwt.encode(claims, SECRET, algorithm='HS256')}"}


def member(url):
    """Headers and id of a new account of the studio."""
    email = f"{secrets.token_hex(4)}@example.com"
    account = httpx2.post(f"{url}/register", json={"email": email, "password": PASSWORD})
    assert account.status_code == 201, account.text
    tokens = httpx2.post(f"{url}/login", json={"email": email.upper(), "password": PASSWORD})
    assert tokens.status_code == 200, tokens.text
    return {"Authorization": f"Bearer {tokens.json()['access_token']}"}, account.json()["id"]


def eventually(probe):
    deadline = time.monotonic() + 15
    while not (found := probe()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_generated_tests_pass_on_real_servers(build, servers, tmp_path, name):
    output, state = build(name)
    python, database_url, redis_url = servers
    variables = {"TEST_DATABASE_URL": database_url, "TEST_REDIS_URL": redis_url.replace("/0", "/1")}
    report = tmp_path / "junit.xml"

    argv = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    done = proc.run(argv, cwd=output, env=child_environment(variables), timeout=120)

    counts = ET.parse(report).getroot().find("testsuite")
    assert (done.code, state["status"]) == (0, "success"), done.stdout
    assert int(counts.get("tests")) > 20
    assert counts.get("skipped") == "0"


@pytest.mark.parametrize("name", NAMES)
def test_two_builds_are_byte_identical(build, tmp_path, name):
    directory, _ = build(name)
    config = json.loads((directory.parent / "config.json").read_text())
    config |= {"output_dir": str(tmp_path / "output"), "state_file": str(tmp_path / "STATE.JSON"), "builder": {}}
    (tmp_path / "config.json").write_text(json.dumps(config))

    proc.run([sys.executable, "-m", "sluice.phases.build.builders.template", str(tmp_path / "config.json")]).check()

    contents = [
        {path.relative_to(root).as_posix(): path.read_bytes() for path in source_files(root)}
        for root in (directory, tmp_path / "output")
    ]
    assert contents[0] == contents[1]


def schemathesis(url, name, tmp_path, auth):
    config = tmp_path / "schemathesis.toml"
    config.write_text(auth)
    argv = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(contract(name))),
        *("-u", url, "--seed", "1", "-w", "1", "-n", "8", "--generation-database", "none"),
        *("--phases", "examples,coverage,fuzzing,stateful", "--suppress-health-check", "all"),
    ]
    if name == HOSTILE:
        argv += ["--exclude-operation-id", "bySlug", "--exclude-operation-id", "plant", "--exclude-operation-id", "odd"]
    return proc.run(argv, cwd=tmp_path, timeout=240, output_limit=2**24)


def dynamic_auth(url, name):
    if name == HOSTILE:
        return ""
    if name != "studio":
        token = bearer(uuid.uuid4())["Authorization"]
        return f'[headers]\nAuthorization = "{token}"\n'
    email = "probe@example.com"
    httpx2.post(f"{url}/register", json={"email": email, "password": PASSWORD})
    return (
        '[auth.dynamic.openapi.bearerAuth]\npath = "/login"\nextract_selector = "/access_token"\n'
        f'payload = {{ email = "{email}", password = "{PASSWORD}" }}\n'
    )


@pytest.mark.req("R0-064", "R0-065")
@pytest.mark.parametrize("name", NAMES)
def test_every_operation_conforms_to_the_contract(build, servers, tmp_path, name):
    with running(build(name)[0], *servers, tmp_path / "log") as (url, _):
        done = schemathesis(url, name, tmp_path, dynamic_auth(url, name))
        own = httpx2.get(f"{url}/openapi.json").json()

    assert done.code == 0, done.stdout[-6000:]
    assert "Traceback" not in (tmp_path / "log").read_text()
    document = json.loads(contract(name).read_text())
    registered = RegisteredContract(
        name=name, service=name, kind="openapi", version="1", digest=digest(""), valid=True, document=document
    )
    # Parameters of the hostile contract have names that no route can have.
    assert name == HOSTILE or drift(registered, own) == ()


def test_an_event_of_one_service_has_its_effect_in_the_other_once(build, python, postgres_url, redis_url, tmp_path):
    databases = {name: f"flow_{name}" for name in ("studio", "messenger")}
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        for database in databases.values():
            connection.execute(f"CREATE DATABASE {database}")
    urls = {name: postgres_url.rsplit("/", 1)[0] + f"/{database}" for name, database in databases.items()}
    stream = redis_url.replace("/0", "/2")
    with (
        running(build("studio")[0], python, urls["studio"], stream, tmp_path / "studio.log") as (studio, _),
        running(build("messenger")[0], python, urls["messenger"], stream, tmp_path / "messenger.log") as (other, _),
    ):
        headers, account = member(studio)
        room = httpx2.post(f"{studio}/api/studio/rooms", json={"code": "R-1", "seats": 3}, headers=headers).json()
        extras = [{"label": "x", "quantity": 3, "unit_price": 0.1}]
        body = {"room_id": room["id"], "starts_at": "2030-01-01T10:00:00Z", "extras": extras}
        booking = httpx2.post(f"{studio}/bookings", json=body, headers=headers)
        messages = eventually(lambda: httpx2.get(f"{other}/messages", headers=headers).json())
        strangers = httpx2.get(f"{other}/messages", headers=bearer(uuid.uuid4())).json()

    assert (booking.status_code, booking.json()["total"], booking.json()["member_id"]) == (201, 0.3, account)
    assert [message["subject"] for message in messages] == ["Your booking was placed"]
    assert strangers == []
    with redis.Redis.from_url(stream, decode_responses=True) as client:
        [(_, fields)] = client.xrange("events.BookingPlaced")
    assert json.loads(fields["data"])["booking_id"] == booking.json()["id"]
    assert fields["source"] == "studio"


def test_a_service_that_is_told_to_stop_loses_no_event(build, servers, tmp_path):
    python, database_url, redis_url = servers
    stream = redis_url.replace("/0", "/3")
    with running(build("studio")[0], python, database_url, stream, tmp_path / "log") as (url, handle):
        headers, _ = member(url)
        room = httpx2.post(f"{url}/rooms", json={"code": "R-1", "seats": 3}, headers=headers).json()
        body = {"room_id": room["id"], "starts_at": "2030-01-01T10:00:00Z", "extras": []}
        for _ in range(20):
            httpx2.post(f"{url}/bookings", json=body, headers=headers)
        os.kill(handle.pid, signal.SIGTERM)
        eventually(lambda: not handle.alive())

    with redis.Redis.from_url(stream) as client:
        assert client.xlen("events.BookingPlaced") == 20


def test_an_account_that_is_gone_has_no_access(build, servers, tmp_path):
    with running(build("studio")[0], *servers, tmp_path / "log") as (url, _):
        headers, account = member(url)
        before = httpx2.get(f"{url}/me", headers=headers).status_code
        with psycopg.connect(servers[1].replace("+psycopg", "")) as connection:
            connection.execute("DELETE FROM member WHERE id = %s", [account])
        after = httpx2.get(f"{url}/me", headers=headers).status_code

    assert (before, after) == (200, 401)


@pytest.mark.req("R0-085")
def test_every_request_is_logged_with_its_id(build, servers, tmp_path):
    with running(build("messenger")[0], *servers, tmp_path / "log") as (url, _):
        httpx2.get(f"{url}/templates", headers={"X-Request-ID": "look-for-me"})

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    [found] = [line for line in lines if line.get("request_id") == "look-for-me"]
    assert (found["method"], found["path"], found["status"]) == ("GET", "/templates", 200)
