"""Starts one server at a time: free port, answer, restart once, last log lines; and ends it again."""

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.ports import Choice, Ports
from sluice.engine.stack import Emit
from sluice.phases.deploy.runtimes.embedded import probes
from sluice.phases.deploy.runtimes.embedded.record import Record, Server

LOG_LINES = 20
_POLL_S = 0.05
_PORT_TRIES = 5
_STARTS = 2
_BIND_FAILED = "address already in use"
_LOG_READ_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Program:
    """A server as it shall run: `ports` names its ports and the wanted number of each (None: any).

    `command` gets the chosen ports.  `probe`, `stop` and `key` are those of `Server`.
    """

    name: str
    ports: Mapping[str, int | None]
    command: Callable[[Mapping[str, int]], Sequence[str]]
    probe: str
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    stop: signal.Signals = signal.SIGTERM
    key: str = ""


class NotHealthy(EnvironmentFailure):
    """A server did not come up; `log` is its last lines."""

    def __init__(self, name: str, problem: str, log: Sequence[str], restarts: int) -> None:
        self.problem = problem
        self.log = tuple(log)
        self.restarts = restarts
        hint = f"read the lines above; the whole log: `invoke logs {name}`"
        super().__init__(f"{name} did not start: {problem}", details=self.log, hint=hint)


class Interrupted(EnvironmentFailure):
    """Starting was given up because the caller stopped waiting."""


class _PortTaken(Exception):
    """Somebody else took the port between choosing and binding."""


@dataclass
class Supervisor:
    """Starts and ends the servers of one run; safe to use from several threads."""

    run_id: str
    logs: Path
    record: Record
    emit: Emit
    timeout: float
    ports: Ports = field(default_factory=Ports)
    interrupted: threading.Event = field(default_factory=threading.Event)

    def ensure(self, program: Program) -> Server:
        """The running server; started unless it runs already from the same `key` and answers.

        Raises:
            NotHealthy: it does not answer, even after one restart.
        """
        known = self.record.servers.get(program.name)
        if known and known.key == program.key and not probes.problem(known, self.record.memory):
            return known
        if known:
            self.stop(program.name)
            program = replace(program, ports=known.ports)
        return self._start(program)

    def stop(self, name: str) -> bool:
        """End a server and forget it; whether it was alive."""
        server = self.record.servers.get(name)
        if server is None:
            return False
        alive = server.handle.alive()
        proc.stop(server.handle, first=signal.Signals(server.stop))
        self.record.drop(name)
        for port in server.ports.values():
            self.ports.release(port)
        return alive

    def log_file(self, name: str) -> Path:
        """Where a server's output goes."""
        return self.logs / f"{name}.log"

    def last_lines(self, name: str, lines: int, *, since: int = 0) -> list[str]:
        """The last lines of a server's output (of what came after byte `since`), without credentials."""
        text = self.record.redact(read_from(self.log_file(name), since))
        return text.splitlines()[-lines:] if lines > 0 else []

    def _start(self, program: Program) -> Server:
        began = time.monotonic()
        for restarts in range(_STARTS):
            offset = size(self.log_file(program.name))
            server, problem = self._attempt(program, restarts)
            if not problem:
                seconds = round(time.monotonic() - began, 2)
                where = {"port": server.port, "pid": server.pid, "restarts": restarts}
                text = f"{program.name} healthy after {seconds:.1f} s"
                self.emit("service.started", text, name=program.name, seconds=seconds, **where)
                return server
            log = self.last_lines(program.name, LOG_LINES, since=offset)
            self.stop(program.name)
            again = "" if restarts else "; starting it once more"
            text = "\n".join([f"{program.name} did not start: {problem}{again}", *log])
            self.emit("warning", text, name=program.name, log=log)
        raise NotHealthy(program.name, problem, log, restarts)

    def _attempt(self, program: Program, restarts: int) -> tuple[Server, str]:
        taken: set[str] = set()
        for _ in range(_PORT_TRIES):
            ports = self._choose(program, taken)
            offset = size(self.log_file(program.name))
            server = self._spawn(program, ports, restarts)
            try:
                return server, self._wait(server, offset)
            except _PortTaken:
                self.stop(program.name)
                taken.update(program.ports)
        return server, "its ports were taken by other processes again and again"

    def _choose(self, program: Program, taken: set[str]) -> dict[str, int]:
        chosen = {}
        for use, wanted in program.ports.items():
            choice: Choice = self.ports.choose(None if use in taken else wanted)
            if choice.reason:
                text = f"{choice.reason}; {program.name} uses port {choice.port}"
                self.emit("service.port", text, name=program.name, wanted=wanted, port=choice.port)
            chosen[use] = choice.port
        return chosen

    def _spawn(self, program: Program, ports: Mapping[str, int], restarts: int) -> Server:
        if self.interrupted.is_set():
            raise Interrupted("interrupted")
        handle = proc.spawn(
            program.command(ports),
            name=program.name,
            run_id=self.run_id,
            log=self.log_file(program.name),
            cwd=program.cwd,
            env=child_environment(program.env),
            user=program.user,
        )
        server = Server(
            name=program.name,
            pid=handle.pid,
            started=handle.started,
            log=handle.log,
            ports=dict(ports),
            probe=program.probe,
            stop=program.stop,
            key=program.key,
            restarts=restarts,
        )
        self.record.put(server)
        return server

    def _wait(self, server: Server, offset: int) -> str:
        deadline = time.monotonic() + self.timeout
        while problem := probes.problem(server, self.record.memory):
            if not server.handle.alive():
                if _BIND_FAILED in read_from(Path(server.log), offset).lower():
                    raise _PortTaken
                return "it ended"
            if time.monotonic() > deadline:
                return f"{problem} after {self.timeout:.0f} s"
            if self.interrupted.wait(_POLL_S):
                raise Interrupted("interrupted")
        return ""


def size(path: Path) -> int:
    """Bytes of a file, 0 when there is none."""
    return path.stat().st_size if path.is_file() else 0


def read_from(path: Path, offset: int) -> str:
    """The text of a log from `offset` on (its last 64 KiB at most)."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        stream.seek(max(offset, size(path) - _LOG_READ_BYTES))
        return stream.read(_LOG_READ_BYTES).decode("utf-8", "replace")
