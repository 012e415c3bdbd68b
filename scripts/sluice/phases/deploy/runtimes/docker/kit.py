"""What the parts of one run's docker stack share: engine, compose files, memory, images and ports."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.stack import BUILD1, Emit
from sluice.phases.deploy import databases
from sluice.phases.deploy.compose import GATEWAY
from sluice.phases.deploy.runtimes.docker import images, preflight, published
from sluice.phases.deploy.runtimes.docker.composition import Composition, probe_settings
from sluice.phases.deploy.runtimes.docker.engine import Engine
from sluice.phases.deploy.runtimes.docker.orchestrator import DockerOrchestrator, PortTaken, Started
from sluice.phases.deploy.runtimes.docker.record import Record

POSTGRES: Final = "postgres"
REDIS: Final = "redis"
_PORT_TRIES = 5

T = TypeVar("T")


class Kit:
    """One run's tools."""

    def __init__(self, workspace: Workspace, run: RunPaths, settings: Settings, emit: Emit) -> None:
        self._workspace = workspace
        self._fixed = settings.ports == "fixed"
        self._emit = emit
        self._images: Mapping[str, str] = {}
        self._platform = preflight.Platform()
        self.record = Record(run.stack / "docker.json")
        self.composition = Composition(run)
        self.engine = Engine(run.run_id)
        self.orchestrator = DockerOrchestrator(
            engine=self.engine,
            composition=self.composition,
            emit=emit,
            timeout=settings.start_timeout_s,
            logs_dir=run.stack / "logs",
            redact=self.record.redact,
        )

    @property
    def images(self) -> Mapping[str, str]:
        """The image for each variable of the compose files; fetched or built when they are first asked for."""
        if not self._images:
            self._images = images.ensure_images(self._workspace, self._emit)
        return self._images

    def prepare(self, *, running: bool) -> None:
        """Look whether all that is needed is there, choose ports unless this run uses some already, write settings.

        Raises:
            EnvironmentFailure: this machine cannot run the stack; says what to do.
        """
        self._platform = preflight.platform()
        preflight.check(self._platform)
        preflight.check_gateway(self._platform, self.images["TRAEFIK_IMAGE"])
        memory = self.record.memory
        if not (running and memory.ports):
            self.record.remember(ports=published.choose(memory.ports, self._emit, fixed=self._fixed))
        self.composition.write_environment(POSTGRES, {"POSTGRES_PASSWORD": memory.postgres_password})
        self.composition.write_environment(REDIS, {"REDIS_PASSWORD": memory.redis_password})
        for name in BUILD1:
            url = self.database(databases.name_for(name, "build1"))
            self.composition.write_environment(name, {"DATABASE_URL": url, "LOG_LEVEL": "INFO"})
        self.write_settings(())

    def write_settings(self, generated: Sequence[str]) -> None:
        """What the compose files name as variables."""
        if not self._platform.engine:
            self._platform = preflight.platform()
        patient = self._platform.patient
        ports = {name: str(port) for name, port in self.record.memory.ports.items()}
        socket = self._platform.socket
        place = {"SLUICE_DOCKER_SOCKET": str(socket), "SLUICE_DOCKER_GROUP": str(socket.stat().st_gid)}
        self.composition.write_settings({**self.images, **ports, **place, **probe_settings(patient=patient)})
        self.composition.write_overlay([POSTGRES, REDIS, *BUILD1, GATEWAY, *generated], patient=patient)

    def database(self, name: str) -> str:
        """The URL of a database as containers reach it."""
        return databases.url_for(self.record, name, 5432, host=POSTGRES)

    def create(self, services: Sequence[str]) -> None:
        """Start containers without waiting for them."""
        self._on_free_ports(lambda: self.orchestrator.create(services, generated=False))

    def start(
        self, services: Sequence[str], *, optional: Sequence[str] = (), generated: bool = False, alone: bool = False
    ) -> Started:
        """Start containers and wait until they are healthy; see `DockerOrchestrator.up`."""
        return self._on_free_ports(
            lambda: self.orchestrator.up(services, generated=generated, optional=frozenset(optional), alone=alone)
        )

    def _on_free_ports(self, job: Callable[[], T]) -> T:
        """Do the job; where somebody took a port just before, do it again with another port."""
        for _ in range(_PORT_TRIES):
            try:
                return job()
            except PortTaken as taken:
                ports = published.instead(self.record.memory.ports, taken.port, self._emit)
                self.record.remember(ports=ports)
                self.write_settings(())
        raise EnvironmentFailure(
            "other programs took the chosen ports again and again",
            hint="try --ports random, or end what else starts servers on this machine",
        )
