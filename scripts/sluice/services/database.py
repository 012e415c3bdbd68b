"""A service's PostgreSQL: connections, migrations at start, and whether it answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sluice.core.environment import variable
from sluice.core.errors import InputError

UNAVAILABLE: Final = (OperationalError, PoolTimeout)
_LOCK_SPACE = 0x51_1CE  # first key of our advisory locks; the second is the service's


@dataclass(frozen=True)
class Database:
    """Connections to the database of `DATABASE_URL`; `package` holds `migrations/`."""

    engine: Engine
    name: str
    package: Path

    @property
    def unavailable(self) -> tuple[type[Exception], ...]:
        """Exceptions that say that the database is down."""
        return UNAVAILABLE

    @classmethod
    def connect(cls, name: str, package: Path, url: str | None = None) -> "Database":
        """Connects lazily, to `url` or what `DATABASE_URL` says.

        Raises:
            InputError: neither is given.
        """
        url = url or variable("DATABASE_URL")
        if url is None:
            raise InputError("DATABASE_URL is not set", hint="set it to postgresql+psycopg://user:…@host:port/name")
        engine = create_engine(
            url,
            hide_parameters=True,  # they are what users sent, and errors are logged
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=10,
            pool_timeout=10,
            connect_args={"connect_timeout": 3, "options": "-c statement_timeout=15000"},
        )
        return cls(engine, name, package)

    def answers(self) -> bool:
        """Whether a trivial query succeeds."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def migrate(self) -> None:
        """Bring the schema to its newest revision; concurrent starts wait for each other."""
        config = Config()
        config.set_main_option("script_location", str(self.package / "migrations").replace("%", "%%"))
        key = f"alembic_version_{self.name.replace('-', '_')}"
        with self.engine.begin() as connection:
            lock = text("SELECT pg_advisory_xact_lock(:space, hashtext(:key))")
            connection.execute(lock, {"space": _LOCK_SPACE, "key": key})
            config.attributes.update(connection=connection, version_table=key)
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def run_migrations() -> None:
    """Body of every `migrations/env.py`: run them on the connection, and in the transaction, that `migrate` holds."""
    connection = context.config.attributes["connection"]
    if not isinstance(connection, Connection):
        raise TypeError("migrations run inside Database.migrate")
    context.configure(connection=connection, version_table=context.config.attributes["version_table"])
    context.run_migrations()
