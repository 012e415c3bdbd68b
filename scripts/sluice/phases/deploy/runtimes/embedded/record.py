"""What the embedded stack remembers of itself between processes: credentials, places, running servers (mode 0600)."""

import signal
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from sluice.core import proc
from sluice.core.ports import HOST
from sluice.model.base import Model
from sluice.phases.deploy.ledger import Credentials, Ledger


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


class Memory(Credentials):
    """The stored part of a `Record`."""

    cluster: str = ""
    servers: dict[str, Server] = Field(default_factory=dict)


class Record(Ledger[Memory]):
    """The memory of one run's stack."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Memory)

    @property
    def servers(self) -> Mapping[str, Server]:
        """Servers by name."""
        return self._memory.servers

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
        self.remember(cluster=cluster)
