"""The docker stack: the five compose files merged, one project a run, everything labelled with the run."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import RunPaths, Workspace
from sluice.core.ports import HOST
from sluice.engine.stack import BUILD1, Emit, ServiceStart, ServiceToRun, StackState
from sluice.phases.deploy import databases
from sluice.phases.deploy.compose import GATEWAY
from sluice.phases.deploy.runtimes.docker.deployment import SERVICE_PORT, WEB_PORT, Deployer
from sluice.phases.deploy.runtimes.docker.engine import Container
from sluice.phases.deploy.runtimes.docker.kit import POSTGRES, REDIS, Kit
from sluice.phases.deploy.runtimes.docker.orchestrator import LOG_LINES

NAME: Final = "docker"
CORE: Final = (POSTGRES, REDIS, *BUILD1)
POSTGRES_PORT: Final = 5432
REDIS_PORT: Final = 6379
BUILD1_PORT: Final = 8000
_POLL_S = 0.05


class DockerStack:
    """Implements `engine.stack.Stack` with containers; what they store goes with them."""

    def __init__(self, workspace: Workspace, run: RunPaths, settings: Settings, emit: Emit) -> None:
        self._run = run
        self._settings = settings
        self._emit = emit
        self._kit = Kit(workspace, run, settings, emit)

    def up(self) -> StackState:
        """PostgreSQL and Redis, their roles and databases, then the three Build 1 services."""
        containers = self._kit.engine.containers()
        if all(name in containers and containers[name].healthy for name in CORE):
            return self._state(containers)
        began = time.monotonic()
        with self._all_or_nothing():
            self._kit.prepare(running=bool(containers))
            self._kit.create((POSTGRES, REDIS))
            self._make_databases()
            self._kit.start(CORE)
        seconds = round(time.monotonic() - began, 2)
        self._emit("stack.ready", f"stack up after {seconds:.1f} s", seconds=seconds)
        return self._state(self._kit.engine.containers())

    def deploy(self, services_to_run: Sequence[ServiceToRun]) -> tuple[ServiceStart, ...]:
        """Build and start the generated services and the gateway, once `up` is sure of the rest."""
        for service in services_to_run:
            self._run.service(service.name)
        state = self.up()
        with self._all_or_nothing():
            return Deployer(self._run, self._kit, self._emit).deploy(services_to_run, state)

    def state(self) -> StackState | None:
        """Where everything answers while PostgreSQL, Redis and the Build 1 services run."""
        containers = self._kit.engine.containers()
        alive = all(name in containers and containers[name].state == "running" for name in CORE)
        return self._state(containers) if alive else None

    def status(self) -> dict[str, str]:
        """How each container is, and that the core ones are stopped when they are."""
        containers = self._kit.engine.containers()
        return dict.fromkeys(CORE, "stopped") | {name: container.word for name, container in containers.items()}

    def memory(self) -> dict[str, int]:
        """What the engine counts for each running container."""
        return self._kit.engine.memory()

    def logs(self, name: str, *, lines: int = 20) -> list[str]:
        """The last lines that a container wrote, also when it is gone."""
        return self._kit.orchestrator.logs(name, lines)

    def detach(self) -> None:
        """Mark the stack as one that shall stay."""
        self._kit.record.remember(detached=True)

    def down(self) -> list[str]:
        """Remove every container, network and volume of this run."""
        ended = self._kit.orchestrator.down()
        if ended:
            self._kit.record.remember(detached=False)
            self._emit("stack.stopped", f"stack stopped: {', '.join(ended)}", ended=ended)
        return ended

    def _make_databases(self) -> None:
        """Roles and databases, as soon as PostgreSQL lets us in."""
        record, deadline = self._kit.record, time.monotonic() + self._settings.start_timeout_s
        port = record.memory.ports["SLUICE_POSTGRES_PORT"]
        while problem := databases.problem(record.memory.postgres_password, port):
            if time.monotonic() > deadline or self._kit.engine.containers()[POSTGRES].state == "exited":
                log = self._kit.orchestrator.logs(POSTGRES, LOG_LINES)
                hint = f"read the lines above; the whole log: `invoke logs {POSTGRES}`"
                raise EnvironmentFailure(f"{POSTGRES} did not start: {problem}", details=log, hint=hint)
            time.sleep(_POLL_S)
        for name in BUILD1:
            databases.ensure_for(record, databases.name_for(name, "build1"), port)
        databases.ensure_for(record, databases.SCRATCH, port, may_create=True)

    def _state(self, containers: Mapping[str, Container]) -> StackState:
        record = self._kit.record
        sql, redis = containers[POSTGRES].ports[POSTGRES_PORT], containers[REDIS].ports[REDIS_PORT]
        inner = {name: BUILD1_PORT if name in BUILD1 else SERVICE_PORT for name in containers}
        own = [name for name in containers if name not in {*CORE, GATEWAY}]
        urls = {
            name: f"http://{HOST}:{containers[name].ports[inner[name]]}"
            for name in (*BUILD1, *own)
            if inner[name] in containers[name].ports
        }
        web = containers[GATEWAY].ports.get(WEB_PORT) if GATEWAY in containers else None
        return StackState(
            runtime=NAME,
            run_id=self._run.run_id,
            services=urls,
            gateway_url=f"http://{HOST}:{web}" if web else "",
            redis_url=f"redis://:{record.memory.redis_password}@{HOST}:{redis}/0",
            databases={name: databases.url_for(record, databases.name_for(name), sql) for name in own},
            scratch_database=databases.url_for(record, databases.SCRATCH, sql),
            jwt_secret=record.memory.jwt_secret,
            detached=record.memory.detached,
        )

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(EnvironmentFailure):  # an engine that went away must not hide why
                self.down()
            raise
