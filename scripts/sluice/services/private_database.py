"""A PostgreSQL of the user's own, for services that run alone: all that run at once share it, the last one ends it.

Every user of it leaves a file with its process id.  A companion process, whose standard input closes however its user
ends, removes that file and ends the server when no other living user is left.
"""

import json
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil
import psycopg
from filelock import FileLock
from sqlalchemy import URL

from sluice.core import postgres, proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.files import mark_ours, write_atomic
from sluice.core.ports import HOST, Ports

START_TIMEOUT_S: Final = 60.0
_POLL_S: Final = 0.05
_KEY_BYTES: Final = 24
_NO_RUN: Final = "alone"


@dataclass(frozen=True, kw_only=True)
class _Server:
    """The server as it was started last; `home` is the directory of its cluster."""

    home: str
    password: str
    port: int = 0
    pid: int = 0
    started: float = 0.0

    @property
    def handle(self) -> proc.Handle:
        return proc.Handle(name="postgres", pid=self.pid, started=self.started)

    @property
    def url(self) -> str:
        made = URL.create("postgresql+psycopg", postgres.SUPERUSER, self.password, HOST, self.port, postgres.SUPERUSER)
        return made.render_as_string(hide_password=False)


@contextmanager
def private_database(directory: Path) -> Iterator[str]:
    """The SQLAlchemy URL of the database kept in `directory`; it is started when nobody runs it yet.

    Raises:
        EnvironmentFailure: it cannot be started.
    """
    users = directory / "users"
    users.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    me = psutil.Process()
    with _lock(directory):
        mine = users / str(me.pid)
        write_atomic(mine, json.dumps(me.create_time()))
        argv = [sys.executable, "-P", "-m", "sluice.services.private_database", str(directory), mine.name]
        keeper = proc.companion(argv, env=child_environment())
        server = _running(directory)
    try:
        yield server.url
    finally:
        if keeper.stdin:
            keeper.stdin.close()
        keeper.wait()


def main(directory: Path, user: str) -> None:
    """Wait until the user has ended, then end the server if that was the last."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    with _lock(directory):
        (directory / "users" / user).unlink(missing_ok=True)
        known = _known(directory)
        if known and not any(map(_alive, sorted((directory / "users").iterdir()))):
            proc.stop(known.handle, first=signal.SIGINT)


def _lock(directory: Path) -> FileLock:
    return FileLock(directory / "lock", poll_interval=_POLL_S)


def _alive(user: Path) -> bool:
    """Whether this user lives; the file of one that does not is removed."""
    try:
        started = json.loads(user.read_text(encoding="utf-8"))
        living = proc.Handle(name=user.name, pid=int(user.name), started=float(started)).alive()
    except (ValueError, TypeError):
        living = False
    if not living:
        user.unlink(missing_ok=True)
    return living


def _known(directory: Path) -> _Server | None:
    try:
        return _Server(**json.loads((directory / "server.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _running(directory: Path) -> _Server:
    known = _known(directory)
    if known and known.pid and known.handle.alive():
        _await(known, directory)
        return known
    cluster = postgres.place(known.home if known else "", directory / "cluster", _NO_RUN)
    password = known.password if known and cluster.is_made else secrets.token_urlsafe(_KEY_BYTES)
    if not cluster.is_made:
        cluster.make(password, run_id="")
    _keep(directory, _Server(home=str(cluster.home), password=password))
    cluster.forget_dead_server()
    port = Ports().choose().port
    argv = cluster.command(port, durable=True)
    log = mark_ours(directory / "logs") / "postgres.log"
    handle = proc.spawn(argv, name="postgres", run_id="", log=log, cwd=cluster.home, user=cluster.user)
    server = _Server(home=str(cluster.home), password=password, port=port, pid=handle.pid, started=handle.started)
    _keep(directory, server)
    _await(server, directory)
    return server


def _keep(directory: Path, server: _Server) -> None:
    write_atomic(directory / "server.json", json.dumps(asdict(server)), mode=0o600)


def _await(server: _Server, directory: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    url = server.url.replace("+psycopg", "", 1)
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if not server.handle.alive() or time.monotonic() > deadline:
                raise EnvironmentFailure(
                    "the private database does not start",
                    details=[str(error).strip()],
                    hint=f"see {directory / 'logs' / 'postgres.log'}, or set DATABASE_URL to a PostgreSQL of yours",
                ) from error
            time.sleep(_POLL_S)
        else:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
