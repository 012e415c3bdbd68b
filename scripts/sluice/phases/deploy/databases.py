"""Databases and roles on the run's PostgreSQL: one of each for every service."""

from typing import Final, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import URL

from sluice.core.files import digest
from sluice.core.ports import HOST
from sluice.core.postgres import SUPERUSER
from sluice.phases.deploy.ledger import Credentials, Ledger

SCRATCH: Final = "scratch"
"""Name of the database (and its role, which may make more of them) that tests of built services start from."""

M = TypeVar("M", bound=Credentials)
_MAX_NAME = 40
_CONNECT_TIMEOUT_S = 3


def name_for(service: str, prefix: str = "svc") -> str:
    """A database (and role) name for a service, at most 63 bytes, clear of PostgreSQL's own names."""
    short = service if len(service) <= _MAX_NAME else f"{service[:_MAX_NAME]}-{digest(service)[-8:]}"
    return f"{prefix}-{short}"


def url_for(ledger: Ledger[M], name: str, port: int, *, host: str = HOST) -> str:
    """The SQLAlchemy URL of a role's database of the same name."""
    made = URL.create("postgresql+psycopg", name, ledger.password(name), host, port, name)
    return made.render_as_string(hide_password=False)


def problem(password: str, port: int) -> str:
    """Why PostgreSQL does not let us in, '' when it does."""
    try:
        _connect(password, port).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return ""


def ensure_for(ledger: Ledger[M], name: str, port: int, *, may_create: bool = False) -> str:
    """Make a role and its database unless they exist; returns the URL.  `may_create`: it may make databases."""
    options = sql.SQL("LOGIN CREATEDB PASSWORD {}" if may_create else "LOGIN PASSWORD {}").format(ledger.password(name))
    role = sql.Identifier(name)
    with _connect(ledger.memory.postgres_password, port) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
        verb = sql.SQL("ALTER ROLE {} {}" if known else "CREATE ROLE {} {}")
        connection.execute(verb.format(role, options))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))
    return url_for(ledger, name, port)


def _connect(password: str, port: int) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=HOST,
        port=port,
        user=SUPERUSER,
        password=password,
        dbname="postgres",
        autocommit=True,
        connect_timeout=_CONNECT_TIMEOUT_S,
    )
