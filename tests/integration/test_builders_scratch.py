"""Databases lent to measured test runs, on the real servers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
import redis

from sluice.core.errors import EnvironmentFailure
from sluice.engine.stack import StackState
from sluice.phases.build.scratch import Scratch

pytestmark = pytest.mark.slow


def connect(url):
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.fixture
def scratch(postgres_url, redis_url):
    return Scratch(StackState(runtime="x", run_id="x", redis_url=redis_url, scratch_database=postgres_url))


def names(url):
    with connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_a_lent_database_is_empty_and_gone_afterwards(scratch, postgres_url):
    before = names(postgres_url)

    for _ in range(2):
        with scratch.lend("shop-service") as lent, connect(lent["TEST_DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE things (id int)")
            assert len(names(postgres_url) - before) == 1

    assert names(postgres_url) == before


def test_what_a_killed_run_left_behind_does_not_disturb(scratch, postgres_url):
    with scratch.lend("shop-service") as lent:
        name = lent["TEST_DATABASE_URL"].rsplit("/", 1)[1]
    with connect(postgres_url) as connection:
        connection.execute(f"CREATE DATABASE {name}")

    with scratch.lend("shop-service") as lent, connect(lent["TEST_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_lent_redis_databases_are_empty_distinct_and_never_the_services(scratch, redis_url):
    with redis.Redis.from_url(redis_url) as services:
        services.set("key", "of a service")
        for _ in range(20):
            with scratch.lend("a") as lent, redis.Redis.from_url(lent["TEST_REDIS_URL"]) as client:
                assert client.dbsize() == 0
                client.set("key", "of a test")
        assert services.get("key") == b"of a service"


def test_simultaneous_borrowers_never_share(scratch):
    together = Barrier(3, timeout=30)

    def borrow(service):
        with scratch.lend(service) as lent:
            together.wait()
            return lent["TEST_DATABASE_URL"], lent["TEST_REDIS_URL"]

    with ThreadPoolExecutor(3) as pool:
        lent = list(pool.map(borrow, ("a", "b", "c")))

    assert len({url for pair in lent for url in pair}) == 6


def test_tests_that_keep_a_connection_cannot_keep_the_database(scratch, postgres_url):
    with scratch.lend("shop-service") as lent:
        kept = connect(lent["TEST_DATABASE_URL"])
        name = lent["TEST_DATABASE_URL"].rsplit("/", 1)[1]

    assert name not in names(postgres_url)
    kept.close()


def test_a_server_that_refuses_is_an_environment_failure_without_credentials():
    state = StackState(runtime="x", run_id="x", scratch_database="postgresql+psycopg://me:secret@127.0.0.1:1/x")

    with pytest.raises(EnvironmentFailure, match="PostgreSQL refuses") as caught, Scratch(state).lend("a"):
        pass

    assert "secret" not in str(caught.value)


def test_without_servers_nothing_is_lent():
    with Scratch(StackState(runtime="x", run_id="x")).lend("a") as lent:
        assert lent == {}
