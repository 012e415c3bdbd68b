"""Builds and starts the generated services and the gateway in front of everything."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from sluice.core.errors import EnvironmentFailure
from sluice.core.http import poll_until_healthy
from sluice.core.paths import RunPaths
from sluice.core.ports import HOST
from sluice.engine.stack import BUILD1, Emit, ServiceStart, ServiceToRun, StackState
from sluice.phases.deploy import databases
from sluice.phases.deploy.compose import GATEWAY, ComposeGenerator, prefix_of
from sluice.phases.deploy.runtimes.docker import images
from sluice.phases.deploy.runtimes.docker.kit import POSTGRES, REDIS, Kit
from sluice.phases.deploy.runtimes.docker.merge import save
from sluice.phases.deploy.runtimes.docker.orchestrator import LOG_LINES, Started

SERVICE_PORT: Final = 8080
WEB_PORT: Final = 80
_POSTGRES_PORT = 5432
_ROUTE_TIMEOUT_S = 10.0
_POLL_S = 0.05


@dataclass(frozen=True)
class Deployer:
    """Deploys onto a stack that is up."""

    run: RunPaths
    kit: Kit
    emit: Emit

    def deploy(self, wanted: Sequence[ServiceToRun], state: StackState) -> tuple[ServiceStart, ...]:
        """Start each service, then the gateway; wait until it routes to all that are healthy."""
        names = [service.name for service in wanted]
        self.kit.orchestrator.remove([name for name in state.services if name not in {*BUILD1, *names}])
        ComposeGenerator(self.run.run_id).write(wanted, self.run)
        with ThreadPoolExecutor(1) as pool:
            self._furnish(wanted, state)
            model = pool.submit(save, self.kit.composition)
            failed = self._build(wanted)
            model.result()
        able = [name for name in names if name not in failed]
        started = self.kit.start([*able, GATEWAY], optional=able, generated=True, alone=bool(failed))
        starts = {name: failed.get(name) or self._start(name, started) for name in names}
        return tuple(self._route(starts).values())

    def _build(self, wanted: Sequence[ServiceToRun]) -> Mapping[str, ServiceStart]:
        """Make the images; the services whose image cannot be made."""
        problems = images.build_services(wanted, self.run.run_id, self.kit.images, self.emit)
        return {
            name: ServiceStart(
                name=name, url="", healthy=False, detail="its image cannot be built", log=tuple(text.splitlines())
            )
            for name, text in problems.items()
        }

    def _furnish(self, wanted: Sequence[ServiceToRun], state: StackState) -> None:
        """A database and credentials for each service, and what the compose files name as variables."""
        record = self.kit.record
        port = self.kit.engine.containers()[POSTGRES].ports[_POSTGRES_PORT]
        for service in wanted:
            name = databases.name_for(service.name)
            databases.ensure_for(record, name, port)
            self.kit.composition.write_environment(
                service.name,
                {
                    "DATABASE_URL": self.kit.database(name),
                    "REDIS_URL": f"redis://:{record.memory.redis_password}@{REDIS}:6379/0",
                    "JWT_SECRET": state.jwt_secret,
                },
            )
        self.kit.write_settings([service.name for service in wanted])

    def _start(self, name: str, started: Started) -> ServiceStart:
        if failure := started.failures.get(name):
            return ServiceStart(
                name=name, url="", healthy=False, restarts=failure.restarts, detail=failure.problem, log=failure.log
            )
        port = self.kit.engine.containers()[name].ports[SERVICE_PORT]
        return ServiceStart(name=name, url=f"http://{HOST}:{port}", healthy=True, restarts=int(name in started.again))

    def _route(self, starts: dict[str, ServiceStart]) -> dict[str, ServiceStart]:
        began = time.monotonic()
        targets = [*BUILD1, *(start.name for start in starts.values() if start.healthy)]
        port = self.kit.engine.containers()[GATEWAY].ports[WEB_PORT]
        with ThreadPoolExecutor(len(targets)) as pool:
            found = pool.map(lambda name: _route_problem(port, name), targets)
            problems = {name: problem for name, problem in zip(targets, found, strict=True) if problem}
        for name in BUILD1:
            if name in problems:
                lines = self.kit.orchestrator.logs(GATEWAY, LOG_LINES)
                raise EnvironmentFailure(f"the gateway does not route to {name}", details=[problems[name], *lines])
        seconds = round(time.monotonic() - began, 2)
        text = f"{len(targets) - len(problems)} routes answer through the gateway after {seconds:.1f} s"
        self.emit("gateway.routes", text, seconds=seconds, port=port)
        return {name: _unrouted(start, problems[name]) if name in problems else start for name, start in starts.items()}


def _route_problem(port: int, name: str) -> str:
    path = f"{prefix_of(name)}/health"
    return poll_until_healthy(f"http://{HOST}:{port}", timeout=_ROUTE_TIMEOUT_S, interval=_POLL_S, path=path).detail


def _unrouted(start: ServiceStart, problem: str) -> ServiceStart:
    detail = f"through the gateway, it {problem}"
    return ServiceStart(name=start.name, url=start.url, healthy=False, restarts=start.restarts, detail=detail)
