"""Where the deployed services answer, and whether all of them go on doing so."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from sluice.core.errors import InputError
from sluice.core.http import poll_until_healthy
from sluice.model.health import ServiceHealth

_LOG_LINES = 5


class ServiceDiscovery:
    """Names and direct URLs of deployed services; `logs(name)` gives the last lines of one."""

    def __init__(self, services: Mapping[str, str], logs: Callable[[str], list[str]]) -> None:
        self._services = dict(sorted(services.items()))
        self._logs = logs

    @property
    def names(self) -> tuple[str, ...]:
        """All services, sorted."""
        return tuple(self._services)

    def url(self, name: str) -> str:
        """The direct URL of a service, without a trailing slash.

        Raises:
            InputError: nothing of that name was deployed.
        """
        if name not in self._services:
            raise InputError(
                f"no service {name!r} is deployed", hint=f"deployed: {', '.join(self._services) or 'none'}"
            )
        return self._services[name]

    def wait_all_healthy(self, *, timeout: float, stable: float = 0.0) -> tuple[ServiceHealth, ...]:
        """Each service's health after it answered `GET /health` with 200 for `stable` seconds, or `timeout` was over.

        All are watched at once, each with its own deadline; the detail of one that is not healthy ends with the last
        lines of its log.
        """
        if not self._services:
            return ()
        with ThreadPoolExecutor(max_workers=len(self._services)) as pool:
            return tuple(pool.map(lambda name: self._wait(name, timeout, stable), self._services))

    def _wait(self, name: str, timeout: float, stable: float) -> ServiceHealth:
        found = poll_until_healthy(self._services[name], timeout=timeout, stable=stable, path="/health")
        detail = found.detail
        if not found.healthy:
            lines = self._tail(name)
            detail = f"{detail}; its last lines: {' / '.join(lines)}" if lines else detail
        return ServiceHealth(name=name, url=found.url, healthy=found.healthy, status=found.status, detail=detail)

    def _tail(self, name: str) -> list[str]:
        try:
            return [line.strip() for line in self._logs(name) if line.strip()][-_LOG_LINES:]
        except InputError:
            return []
