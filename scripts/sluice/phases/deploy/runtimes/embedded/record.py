"""What the embedded stack remembers of itself between processes: credentials, places, running servers (mode 0600)."""

import secrets
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from sluice.core import proc
from sluice.core.errors import InputError
from sluice.core.files import write_atomic
from sluice.core.ports import HOST
from sluice.model.base import Model

SECRET_MODE = 0o600


class Server(Model):
    """A process that was started; `ports` by use, `key` identifies what it was started from.

    `probe` is asked on the first port: `postgres`, `redis`, or the path of a GET.  `stop` is its polite signal.
    """

    name: str
    pid: int
    started: float
    log: str
    ports: dict[str, int]
    probe: str
    stop: int = signal.SIGTERM
    key: str = ""
    restarts: int = 0

    @property
    def handle(self) -> proc.Handle:
        """The process, safe against a reused pid."""
        return proc.Handle(name=self.name, pid=self.pid, started=self.started, log=self.log)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def port(self) -> int:
        """The port that is probed."""
        return next(iter(self.ports.values()))


def _password() -> str:
    return secrets.token_urlsafe(24)


class Memory(Model):
    """The stored part of a `Record`; `roles` maps a database role to its password."""

    postgres_password: str = Field(default_factory=_password)
    redis_password: str = Field(default_factory=_password)
    jwt_secret: str = Field(default_factory=_password)
    cluster: str = ""
    roles: dict[str, str] = Field(default_factory=dict)
    servers: dict[str, Server] = Field(default_factory=dict)


class Record:
    """The memory of one run's stack; every change is stored at once; thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._memory = _load(path)

    @property
    def memory(self) -> Memory:
        """What is known now."""
        return self._memory

    @property
    def servers(self) -> Mapping[str, Server]:
        """Servers by name."""
        return self._memory.servers

    def password(self, role: str) -> str:
        """The password of a database role, made when it is first asked for."""
        with self._lock:
            if role not in self._memory.roles:
                self._store(roles={**self._memory.roles, role: _password()})
            return self._memory.roles[role]

    def redact(self, text: str) -> str:
        """The text without any credential of this run."""
        memory = self._memory
        for secret in (memory.postgres_password, memory.redis_password, memory.jwt_secret, *memory.roles.values()):
            text = text.replace(secret, "***")
        return text

    def put(self, server: Server) -> None:
        """Remember a server."""
        with self._lock:
            self._store(servers={**self._memory.servers, server.name: server})

    def drop(self, name: str) -> None:
        """Forget a server."""
        with self._lock:
            self._store(servers={key: value for key, value in self._memory.servers.items() if key != name})

    def place_cluster(self, cluster: str) -> None:
        """Remember where the database cluster is."""
        with self._lock:
            self._store(cluster=cluster)

    def _store(self, **changes: object) -> None:
        self._memory = self._memory.model_copy(update=changes)
        write_atomic(self._path, self._memory.model_dump_json(indent=1), mode=SECRET_MODE)


def _load(path: Path) -> Memory:
    if not path.is_file():
        return Memory()
    try:
        return Memory.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"cannot read {path}",
            details=[type(error).__name__],  # its text would quote credentials
            hint="end the run with `invoke reap`, then remove the file",
        ) from None
