"""Brings services of the merged compose files up and takes everything of the run down."""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sluice.core.errors import EnvironmentFailure, InputError
from sluice.core.files import write_atomic
from sluice.core.proc import Completed
from sluice.engine.stack import Emit
from sluice.phases.deploy.ledger import SECRET_MODE
from sluice.phases.deploy.runtimes.docker import leftovers
from sluice.phases.deploy.runtimes.docker.composition import Composition
from sluice.phases.deploy.runtimes.docker.engine import Container, Engine
from sluice.phases.deploy.runtimes.docker.watch import Watch

LOG_LINES: Final = 20
_KEPT_LINES: Final = 5000
_TIERS: Final = 8
_TAKEN = re.compile(r"127\.0\.0\.1:(\d+).*(?:already allocated|already in use)")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A service that did not come up, even after one restart; `log` is its last lines."""

    problem: str
    log: tuple[str, ...]
    restarts: int = 1


@dataclass(frozen=True, kw_only=True)
class Started:
    """How a start went: who failed, and who was started `again` (the failed among them)."""

    failures: Mapping[str, Failure] = field(default_factory=dict)
    again: frozenset[str] = frozenset()


class PortTaken(Exception):
    """Somebody else took a port between choosing and binding."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


@dataclass(frozen=True)
class DockerOrchestrator:
    """The containers of one run; `redact` takes credentials out of logs, which are kept in `logs_dir` at the end."""

    engine: Engine
    composition: Composition
    emit: Emit
    timeout: float
    logs_dir: Path
    redact: Callable[[str], str]

    def create(self, services: Sequence[str], *, generated: bool) -> None:
        """Start services without waiting for their health.

        Raises:
            PortTaken: a port was taken meanwhile.
            EnvironmentFailure: compose refuses.
        """
        done = self._compose("up", "--detach", "--no-build", "--pull", "never", *services, generated=generated)
        if done.code:
            raise self._refusal(done)

    def up(
        self, services: Sequence[str], *, generated: bool, optional: frozenset[str] = frozenset(), alone: bool = False
    ) -> Started:
        """Start services in the order of their dependencies (`alone`: all at once); returns when each is healthy.

        One that does not come up is started once more, with its log shown.  Failing again it is removed, when it is
        `optional`, and the others are started without it.

        Raises:
            PortTaken: a port was taken meanwhile.
            EnvironmentFailure: a service that is not optional did not come up, or compose refuses.
        """
        failures: dict[str, Failure] = {}
        healthy: set[str] = set()
        tried: set[str] = set()
        while wanted := [name for name in services if name not in failures]:
            watch = Watch(self.engine.containers, frozenset(wanted), healthy, self.emit, self.timeout)
            order = ["--no-deps"] if alone or failures else []
            done = self._compose(
                "up", "--detach", "--wait", "--no-build", "--pull", "never", *order, *wanted,
                generated=generated, cancelled=watch,
            )  # fmt: skip
            watch.finish()
            if watch.culprit is None and not done.code:
                break
            if watch.culprit is None:
                raise self._refusal(done)
            self._strike(watch.culprit, watch.problem, tried, failures, optional)
        return Started(failures=failures, again=frozenset(tried))

    def down(self) -> list[str]:
        """Remove the run's containers, networks and volumes; the ends of the logs stay in `logs_dir`."""
        containers = self.engine.containers()
        if containers:
            with ThreadPoolExecutor(len(containers)) as pool:
                list(pool.map(self._keep_log, containers.values()))
        removed = leftovers.remove([self.engine.run_id])
        return [line.partition(": ")[2] for line in removed]

    def remove(self, names: Sequence[str]) -> None:
        """Remove the containers of these services."""
        containers = self.engine.containers()
        self.engine.remove([containers[name].id for name in names if name in containers])

    def logs(self, name: str, lines: int) -> list[str]:
        """The last lines of a service, of a removed one as they were kept.

        Raises:
            InputError: nothing of that name was started.
        """
        containers = self.engine.containers()
        if name in containers:
            return self._tail(containers[name], lines)
        kept = {path.stem: path for path in self.logs_dir.glob("*.log")}
        if name not in kept:
            known = sorted({*containers, *kept})
            hint = f"there are: {', '.join(known)}" if known else "start it first: `invoke up`"
            raise InputError(f"no server or service {name!r} was started", hint=hint)
        return kept[name].read_text(encoding="utf-8").splitlines()[-lines:] if lines > 0 else []

    def _strike(
        self,
        culprit: Container,
        problem: str,
        tried: set[str],
        failures: dict[str, Failure],
        optional: frozenset[str],
    ) -> None:
        """Start the culprit once more, or the second time give it up."""
        name, log = culprit.service, self._tail(culprit, LOG_LINES)
        again = "" if name in tried else "; starting it once more"
        self.emit("warning", "\n".join([f"{name} did not start: {problem}{again}", *log]), name=name, log=log)
        if name not in tried:
            tried.add(name)
            self.engine.restart(culprit.id)
            return
        if name not in optional:
            hint = f"read the lines above; the whole log: `invoke logs {name}`"
            raise EnvironmentFailure(f"{name} did not start: {problem}", details=log, hint=hint)
        self._keep_log(culprit)
        self.engine.remove([culprit.id])
        failures[name] = Failure(problem=problem, log=tuple(log))

    def _compose(self, *command: str, generated: bool, cancelled: Callable[[], bool] = lambda: False) -> Completed:
        arguments = self.composition.arguments(generated=generated)
        timeout = self.timeout * _TIERS
        done = self.engine.call(*arguments, *command, timeout=timeout, cancelled=cancelled)
        return replace(done, stderr=self.redact(done.stderr))

    def _refusal(self, done: Completed) -> Exception:
        """Why compose ended without any container to blame."""
        if taken := _TAKEN.search(done.stderr):
            return PortTaken(int(taken[1]))
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()][-LOG_LINES:]
        ended = f"ended with code {done.code}" if not done.exceeded else "took too long"
        return EnvironmentFailure(f"docker compose {ended}", details=lines, hint="`invoke compose` shows the model")

    def _tail(self, container: Container, lines: int) -> list[str]:
        return [self.redact(line) for line in self.engine.logs(container.id, lines)]

    def _keep_log(self, container: Container) -> None:
        text = "".join(f"{line}\n" for line in self._tail(container, _KEPT_LINES))
        write_atomic(self.logs_dir / f"{container.service}.log", text, mode=SECRET_MODE)
