"""The images on a real engine: built once, small surprises none, servers that start and answer."""

import json
import shutil
import time
from pathlib import Path

import httpx2
import psycopg
import pytest
import redis

import sluice
from sluice.core import proc
from sluice.core.paths import Workspace
from sluice.engine.stack import ServiceToRun
from sluice.phases.build.builders.template import pins
from sluice.phases.deploy.runtimes.docker.images import build_services, builds, ensure_images, recipes, service_tag

pytestmark = [pytest.mark.slow, pytest.mark.docker]

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "scripts" / "setup-docker.sh"
RUN = "20260101-000000-1a9e55"
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp")
APP = """
from fastapi import FastAPI
app = FastAPI()
@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
"""


def docker(*arguments, check=True):
    done = proc.run(["docker", *arguments], timeout=120)
    return done.check().stdout.strip() if check else done


def patiently(ask, *errors):
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except errors:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("images") / ".sluice").create()


@pytest.fixture(scope="module")
def images(workspace):
    """Our own image for each variable."""
    return ensure_images(workspace, lambda *_args, **_data: None, offline=True)


@pytest.fixture
def run():
    """Starts containers, which go with the test; gives the address on this machine of a port, and the container."""
    started = []

    def start(image, port, *options, command=(), hardened=True):
        safe = HARDENED if hardened else ()
        name = docker("run", "--detach", "--publish", f"127.0.0.1::{port}", *safe, *options, image, *command)
        started.append(name)
        return docker("port", name, str(port)), name

    yield start
    for name in started:
        docker("rm", "--force", "--volumes", name)


@pytest.fixture
def services(tmp_path):
    """Makes directories of services that use the template builder's Dockerfile; their images go with the test."""
    made = []

    def make(name, dockerfile=None):
        home = tmp_path / name
        (home / "app").mkdir(parents=True)
        (home / "migrations").mkdir()
        (home / "app" / "__init__.py").touch()
        (home / "app" / "main.py").write_text(APP)
        (home / "alembic.ini").write_text("[alembic]\n")
        (home / "requirements.txt").write_text("\n".join(pins.runtime(tokens=True, passwords=True, events=True)))
        templates = Path(sluice.__file__).parent / "phases/build/builders/template/templates"
        (home / "Dockerfile").write_text(dockerfile or (templates / "Dockerfile.j2").read_text())
        made.append(service_tag(name, RUN))
        return ServiceToRun(name=name, directory=home)

    yield make
    for tag in made:
        docker("image", "rm", "--force", tag, check=False)


def built(services, images):
    return build_services(services, RUN, images, lambda *_args, **_data: None)


def test_what_is_there_is_not_built_again(workspace, images):
    events = []
    found = ensure_images(workspace, lambda kind, *_rest, **_data: events.append(kind), offline=True)
    assert found == images
    assert events == []
    assert set(images.values()) < builds.present()


def test_only_what_changed_is_built(workspace, images, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    with (tmp_path / "docker/offline/redis/Dockerfile").open("a") as stream:
        stream.write(f"LABEL sluice.test={tmp_path.name}\n")
    monkeypatch.setattr(recipes, "_ROOT", tmp_path / "docker")
    events = []
    found = ensure_images(workspace, lambda _kind, message="", **_data: events.append(message), offline=True)
    docker("image", "rm", found["REDIS_IMAGE"])
    assert [name for name in images if found[name] != images[name]] == ["REDIS_IMAGE"]
    assert events[0] == "building redis"
    assert [event.split()[0] for event in events[1:]] == [found["REDIS_IMAGE"]]


def test_services_are_built_from_what_the_python_image_holds_and_labelled_with_their_run(images, services, run):
    wanted = [services("orders"), services("billing")]
    assert built(wanted, images) == {}
    for service in wanted:
        tag = service_tag(service.name, RUN)
        history = docker("history", "--no-trunc", "--format", "{{.Size}} {{.CreatedBy}}", tag).splitlines()
        installing = [line for line in history if "pip install" in line]
        assert [line.split()[0] for line in installing] == ["0B"]
        assert docker("image", "inspect", tag, "--format", '{{index .Config.Labels "sluice.run"}}') == RUN
        address, _ = run(tag, 8080)
        answer = patiently(lambda address=address: httpx2.get(f"http://{address}/health"), httpx2.TransportError)
        assert answer.json() == {"status": "ok"}


def test_a_service_that_cannot_be_built_says_why_and_does_not_stop_the_others(images, services):
    broken = services("broken", "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo 'no such compiler' && exit 3\n")
    whole = services("whole")
    problems = built([broken, whole], images)
    assert list(problems) == ["broken"]
    assert "no such compiler" in problems["broken"]
    assert service_tag("whole", RUN) in builds.present()


def test_package_indexes_and_certificates_stay_out_of_images(images, services, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://somebody:canary@127.0.0.1:1/simple")
    service = services(
        "secretive",
        (ROOT / "docker/build1/Dockerfile").read_text().split("COPY")[0]
        + (
            "RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=ca"
            " grep -q index-url /etc/pip.conf && test -s /run/secrets/ca\n"
        ),
    )
    assert built([service], images) == {}
    tag = service_tag(service.name, RUN)
    told = docker("history", "--no-trunc", tag) + docker("image", "inspect", tag)
    assert "canary" not in told
    assert "_CERT" not in told
    left = docker("run", "--rm", tag, "sh", "-c", "cat /etc/pip.conf /run/secrets/* 2>/dev/null", check=False)
    assert left.stdout == ""


@pytest.mark.parametrize("variable", ["PYTHON_IMAGE", "POSTGRES_IMAGE", "REDIS_IMAGE", "SLUICE_IMAGE"])
def test_images_trust_the_certificates_of_debian_and_no_others(images, variable):
    sums = "cat /usr/share/ca-certificates/mozilla/*.crt | sha256sum - /etc/ssl/certs/ca-certificates.crt"
    told = docker("run", "--rm", "--entrypoint", "sh", images[variable], "-c", sums).splitlines()
    assert told[0].split()[0] == told[1].split()[0]
    settings = docker("image", "inspect", images[variable], "--format", "{{json .Config.Env}}")
    assert "CERT" not in settings
    assert "://" not in settings


@pytest.mark.parametrize("variable", ["POSTGRES_IMAGE", "REDIS_IMAGE", "TRAEFIK_IMAGE", "SLUICE_IMAGE"])
def test_servers_do_not_run_as_root(images, variable):
    user = docker("image", "inspect", images[variable], "--format", "{{.Config.User}}")
    assert user.split(":")[0] not in {"", "0", "root"}


def test_postgres_makes_the_database_and_runs_the_scripts_it_is_given(images, run, tmp_path):
    (tmp_path / "password").write_text("s3cret'\n")
    (tmp_path / "table.sql").write_text("CREATE TABLE made (by text); INSERT INTO made VALUES ('script');")
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    tmp_path.chmod(0o755)
    address, name = run(
        images["POSTGRES_IMAGE"], 5432, "--tmpfs", "/var/run/postgresql:mode=1777",
        "--env", "POSTGRES_PASSWORD_FILE=/run/password", "--env", "POSTGRES_DB=My app",
        "--volume", f"{tmp_path}/password:/run/password:ro",
        "--volume", f"{tmp_path}/table.sql:/docker-entrypoint-initdb.d/table.sql:ro",
        command=["postgres", "-c", "max_connections=21"],
    )  # fmt: skip
    host, port = address.split(":")
    given = {"host": host, "port": port, "user": "postgres", "dbname": "My app", "connect_timeout": 5}
    with patiently(lambda: psycopg.connect(**given, password="s3cret'"), psycopg.OperationalError) as connection:
        row = connection.execute("SELECT by, current_setting('max_connections'), version() FROM made").fetchone()
    assert row is not None
    assert row[:2] == ("script", "21")
    assert row[2].startswith("PostgreSQL 16.")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**given, password="another")
    docker("stop", name)
    assert docker("inspect", name, "--format", "{{.State.ExitCode}}") == "0"
    docker("start", name)
    again = dict(given, port=docker("port", name, "5432").split(":")[1], password="s3cret'")
    with patiently(lambda: psycopg.connect(**again), psycopg.OperationalError) as connection:
        assert connection.execute("SELECT by FROM made").fetchone() == ("script",)


def test_postgres_without_a_password_does_not_start(images):
    done = docker("run", "--rm", images["POSTGRES_IMAGE"], check=False)
    assert done.code == 1
    assert "POSTGRES_PASSWORD is empty" in done.stderr


def test_redis_keeps_what_it_is_told(images, run):
    address, name = run(
        images["REDIS_IMAGE"], 6379, command=["redis-server", "--requirepass", "s3cret", "--appendonly", "yes"]
    )
    host, port = address.split(":")
    with redis.Redis(host=host, port=int(port), password="s3cret") as client:
        assert patiently(lambda: client.set("key", "value"), redis.ConnectionError)
        assert client.info("server")["redis_version"].startswith("7.")
    docker("stop", name)
    assert docker("inspect", name, "--format", "{{.State.ExitCode}}") == "0"


def test_traefik_answers_and_checks_itself(images, run):
    options = ["--entryPoints.traefik.address=:8080", "--ping=true", "--ping.entryPoint=traefik"]
    address, name = run(images["TRAEFIK_IMAGE"], 8080, command=options)
    ping = f"http://{address}/ping"  # 404 for a moment, before its router is there
    answer = patiently(lambda: httpx2.get(ping).raise_for_status(), httpx2.TransportError, httpx2.HTTPStatusError)
    assert answer.text == "OK"
    assert "OK" in docker("exec", name, "traefik", "healthcheck", *options[1:], options[0])
    assert docker("exec", name, "traefik", "version").split()[1].startswith("3.6.")


def test_the_build1_services_are_all_in_their_image(images):
    names = ("architect", "contract_engine", "codebase_intelligence")
    code = f"import {', '.join(f'sluice.services.{name}.app' for name in names)}; import os; print(os.getuid())"
    assert docker("run", "--rm", *HARDENED, images["SLUICE_IMAGE"], "python", "-c", code) == "10001"


def test_pip_installs_in_the_python_image(images):
    told = docker("run", "--rm", "--network", "none", images["PYTHON_IMAGE"], "pip", "install", "fastapi")
    assert "Requirement already satisfied: fastapi" in told
    assert docker("run", "--rm", images["PYTHON_IMAGE"], "pip", "check") == "No broken requirements found."


def test_setting_up_an_engine_that_answers_changes_nothing():
    before = docker("info", "--format", "{{.ID}} {{.ContainersRunning}}").split()[0]
    done = proc.run(["bash", str(SETUP)], timeout=60)
    assert (done.code, done.stdout) == (0, "")
    assert "nothing to do" in done.stderr
    assert docker("info", "--format", "{{.ID}}") == before


def test_an_engine_is_not_set_up_on_other_systems(images, tmp_path):
    (tmp_path / "os-release").write_text("ID=fedora\nVERSION_CODENAME=forty\n")
    (tmp_path / "os-release").chmod(0o644)
    volumes = ["--volume", f"{SETUP}:/setup.sh:ro", "--volume", f"{tmp_path}/os-release:/etc/os-release:ro"]
    done = docker("run", "--rm", *volumes, images["PYTHON_IMAGE"], "bash", "/setup.sh", check=False)
    assert done.code == 3
    assert "this is no Debian machine" in done.stderr
    assert "What to do:" in done.stderr


def test_the_images_are_listed_as_json(images, tmp_path, monkeypatch, capsys):
    from sluice.commands.images import images as command
    from sluice.commands.pipeline import Options

    monkeypatch.chdir(tmp_path)
    assert command(Options(json=True), offline=True) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {row["variable"]: row["image"] for row in listed} == images
