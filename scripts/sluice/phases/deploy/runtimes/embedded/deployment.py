"""Starts the generated services, and the gateway in front of everything."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeVar

from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import RunPaths, Workspace
from sluice.core.pyenv import ensure_environment
from sluice.engine.stack import BUILD1, ServiceStart, ServiceToRun, StackState
from sluice.phases.deploy import databases
from sluice.phases.deploy.compose import RESERVED, prefix_of
from sluice.phases.deploy.runtimes.embedded import probes, servers, services
from sluice.phases.deploy.runtimes.embedded.supervisor import LOG_LINES, NotHealthy, Supervisor

GATEWAY_PORTS: Final = {"web": 80, "api": 8080}
_ROUTE_TIMEOUT_S = 10.0
_POLL_S = 0.05

T = TypeVar("T")


class Together(Protocol):
    """Runs jobs at the same time and returns their results in order."""

    def __call__(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """All results, or the first failure."""
        ...


@dataclass(frozen=True)
class Deployer:
    """Deploys onto a stack that is up."""

    workspace: Workspace
    run: RunPaths
    settings: Settings
    supervisor: Supervisor

    def deploy(self, wanted: Sequence[ServiceToRun], state: StackState, together: Together) -> tuple[ServiceStart, ...]:
        """Start each service (in the order of its dependencies), then route to all that are healthy."""
        fixed = {*BUILD1, probes.POSTGRES, probes.REDIS, servers.GATEWAY, *(service.name for service in wanted)}
        for name in [name for name in self.supervisor.record.servers if name not in fixed]:
            self.supervisor.stop(name)
        started: dict[str, ServiceStart] = {}
        for tier in services.tiers(wanted):
            for start in together([partial(self._start, service, state) for service in tier]):
                started[start.name] = start
        return tuple(self._route(started).values())

    def _start(self, service: ServiceToRun, state: StackState) -> ServiceStart:
        if service.name in RESERVED:
            return _refused(service, f"{service.name} is the name of a part of the stack")
        record = self.supervisor.record
        try:
            requirements = [service.directory / "requirements.txt"]
            python = ensure_environment(
                self.workspace,
                requirements,
                emit=self.supervisor.emit,
                run_id=self.run.run_id,
                cancelled=self.supervisor.interrupted.is_set,
            )
            sql = record.servers[probes.POSTGRES]
            env = {
                "DATABASE_URL": databases.ensure_for(record, databases.name_for(service.name), sql.port),
                "REDIS_URL": state.redis_url,
                "JWT_SECRET": state.jwt_secret,
            }
            server = self.supervisor.ensure(services.generated(service, python, env))
        except NotHealthy as failure:
            return _refused(service, failure.problem, log=failure.log, restarts=failure.restarts)
        except EnvironmentFailure as failure:
            return _refused(service, failure.brief, log=failure.details)
        return ServiceStart(name=service.name, url=server.url, healthy=True, restarts=server.restarts)

    def _route(self, started: dict[str, ServiceStart]) -> dict[str, ServiceStart]:
        home = self.run.stack / servers.GATEWAY
        home.mkdir(parents=True, exist_ok=True)
        record = self.supervisor.record
        targets = [*BUILD1, *(start.name for start in started.values() if start.healthy)]
        routes = [(name, prefix_of(name), record.servers[name].url) for name in targets]
        servers.write_routes(home, routes)
        fixed = self.settings.ports == "fixed"
        ports = {use: port if fixed else None for use, port in GATEWAY_PORTS.items()}
        gateway = self.supervisor.ensure(servers.gateway(home, ports["web"], ports["api"]))
        problems = self._wait_for_routes(gateway.ports["web"], targets)
        for name in BUILD1:
            if name in problems:
                lines = self.supervisor.last_lines(servers.GATEWAY, LOG_LINES)
                raise EnvironmentFailure(f"the gateway does not route to {name}", details=[problems[name], *lines])
        return {
            name: start if name not in problems else _unrouted(start, problems[name]) for name, start in started.items()
        }

    def _wait_for_routes(self, port: int, names: Sequence[str]) -> dict[str, str]:
        """Problems by name of those routes that do not answer in time."""
        began = time.monotonic()
        waiting = dict.fromkeys(names, "")
        while True:
            checked = {name: probes.http_problem(port, f"{prefix_of(name)}/health") for name in waiting}
            waiting = {name: problem for name, problem in checked.items() if problem}
            seconds = round(time.monotonic() - began, 2)
            if not waiting:
                text = f"{len(names)} routes answer through the gateway after {seconds:.1f} s"
                self.supervisor.emit("gateway.routes", text, seconds=seconds, port=port)
                return {}
            if seconds > _ROUTE_TIMEOUT_S:
                return waiting
            time.sleep(_POLL_S)


def _refused(service: ServiceToRun, detail: str, *, log: Sequence[str] = (), restarts: int = 0) -> ServiceStart:
    return ServiceStart(name=service.name, url="", healthy=False, restarts=restarts, detail=detail, log=tuple(log))


def _unrouted(start: ServiceStart, problem: str) -> ServiceStart:
    detail = f"through the gateway, {problem}"
    return ServiceStart(name=start.name, url=start.url, healthy=False, restarts=start.restarts, detail=detail)
