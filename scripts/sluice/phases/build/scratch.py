"""A database and a Redis of its own for each measured test run, on the servers of the stack."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from urllib.parse import urlsplit

from sluice.core.errors import EnvironmentFailure
from sluice.engine.stack import StackState

_REDIS_DATABASES = range(1, 16)  # 0 belongs to the deployed services, 15 is the last that a server has by default


class Scratch:
    """Lends what tests need; `state` None (no stack) lends nothing, and tests fall back to SQLite."""

    def __init__(self, state: StackState | None) -> None:
        self._state = state
        self._numbers: SimpleQueue[int] = SimpleQueue()
        for number in _REDIS_DATABASES:
            self._numbers.put(number)

    @contextmanager
    def lend(self, service: str) -> Iterator[dict[str, str]]:
        """TEST_DATABASE_URL and TEST_REDIS_URL, both empty at the start and nobody else's until the end.

        Raises:
            EnvironmentFailure: a server of the stack does not answer.
        """
        if self._state is None:
            yield {}
            return
        number = self._numbers.get()
        try:
            variables = _redis(self._state.redis_url, number) if self._state.redis_url else {}
            if not self._state.scratch_database:
                yield variables
                return
            with _database(self._state.scratch_database, service) as url:
                yield {**variables, "TEST_DATABASE_URL": url}
        finally:
            self._numbers.put(number)


def _redis(url: str, number: int) -> dict[str, str]:
    import redis  # noqa: PLC0415  0.4 s that a resume with nothing to build must not pay

    own = urlsplit(url)._replace(path=f"/{number}").geturl()
    try:
        with redis.Redis.from_url(own) as client:
            client.flushdb()
    except redis.RedisError as error:
        raise _unusable("Redis", error) from error
    return {"TEST_REDIS_URL": own}


@contextmanager
def _database(url: str, service: str) -> Iterator[str]:
    """A new database beside the scratch database; one that a killed run left behind is dropped first."""
    import psycopg  # noqa: PLC0415  0.2 s that a resume with nothing to build must not pay
    from psycopg import sql  # noqa: PLC0415

    parts = urlsplit(url)
    name = f"tests_{hashlib.sha256(service.encode()).hexdigest()[:16]}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    try:
        with psycopg.connect(parts._replace(scheme="postgresql").geturl(), autocommit=True) as connection:
            connection.execute(drop)
            connection.execute(create)
            try:
                yield parts._replace(path=f"/{name}").geturl()
            finally:
                connection.execute(drop)
    except psycopg.Error as error:
        raise _unusable("PostgreSQL", error) from error


def _unusable(server: str, error: Exception) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"no scratch database for tests: {server} refuses",
        details=[type(error).__name__],
        hint="`invoke status` shows the servers of the stack",
    )
