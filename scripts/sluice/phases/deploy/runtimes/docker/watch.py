"""Watches containers come up: tells who is healthy, and who is not and will not be."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sluice.engine.stack import Emit
from sluice.phases.deploy.runtimes.docker.engine import Container

_EVERY_S: Final = 0.5
_OTHER_NAMES: Final = frozenset({"created", "removing", "dead", "paused"})


@dataclass
class Watch:
    """One start of a stack; `__call__` looks at most twice a second and says whether to give up.

    A container is in trouble when it ended, ends again and again, is unhealthy, or is not healthy `timeout` seconds
    after it was first seen running.  Only `services` are looked at; `healthy` are those of which it was told already.
    """

    look: Callable[[], Mapping[str, Container]]
    services: frozenset[str]
    healthy: set[str]
    emit: Emit
    timeout: float
    culprit: Container | None = None
    problem: str = ""
    _began: float = field(default_factory=time.monotonic)
    _looked: float = 0.0
    _seen: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> bool:
        """Whether somebody is in trouble."""
        now = time.monotonic()
        if now - self._looked >= _EVERY_S:
            self._looked = now
            self.judge(self.look(), now)
        return self.culprit is not None

    def finish(self) -> None:
        """Look once more: what ends a start is often nobody's fault but a container's."""
        if self.culprit is None:
            self.judge(self.look(), time.monotonic())

    def judge(self, containers: Mapping[str, Container], now: float) -> None:
        """Tell of those that became healthy; note the first that is in trouble."""
        for name in sorted(self.services & containers.keys()):
            container = containers[name]
            since = self._seen.setdefault(name, now) if container.state == "running" else now
            if container.healthy:
                self._tell(container, now)
            elif self.culprit is None and (found := self._trouble(container, now - since)):
                self.culprit, self.problem = container, found

    def _tell(self, container: Container, now: float) -> None:
        if container.service in self.healthy:
            return
        self.healthy.add(container.service)
        seconds = round(now - self._began, 2)
        port = next(iter(container.ports.values()), 0)
        facts = {"name": container.service, "seconds": seconds, "port": port, "restarts": container.restarts}
        self.emit("service.started", f"{container.service} healthy after {seconds:.1f} s", **facts)

    def _trouble(self, container: Container, seconds: float) -> str:
        if container.service in self.healthy or container.state in _OTHER_NAMES:
            return ""
        if container.state in {"exited", "restarting"}:
            return f"it ended with code {container.exit_code}"
        if container.restarts:
            return "it ended soon after its start"
        if container.health == "unhealthy":
            return f"it is unhealthy: {container.probe or 'its probe says nothing'}"
        if seconds > self.timeout:
            return f"not healthy after {self.timeout:.0f} s: {container.probe or 'no probe has ended yet'}"
        return ""
