"""The docker runtime: every server and service is a container of the five merged compose files."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sluice.core.config import Settings
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.stack import Emit, Runtime, Stack
from sluice.phases.deploy.runtimes.docker import leftovers, preflight


@dataclass(frozen=True)
class Docker:
    """Implements `Runtime`."""

    name: str = "docker"
    help: str = "containers of a Docker engine with compose v2: networks, limits and gateway as in production"
    preference: int = 2

    def unavailable(self) -> str:
        """Why it cannot run here, '' when it can."""
        return preflight.platform().problem

    def stack(self, workspace: Workspace, run: RunPaths, settings: Settings, emit: Emit) -> Stack:
        """The stack of one run; starts nothing yet."""
        from sluice.phases.deploy.runtimes.docker.stack import (  # noqa: PLC0415 - database drivers are slow to import
            DockerStack,
        )

        return DockerStack(workspace, run, settings, emit)

    def forget(self, run: RunPaths) -> None:
        """Nothing: what containers store goes with them."""

    def reap(self, run_ids: Collection[str]) -> list[str]:
        """Remove every container, network and volume that these runs left on the engine."""
        return leftovers.remove(run_ids) if not self.unavailable() else []


RUNTIME: Final[Runtime] = Docker()
