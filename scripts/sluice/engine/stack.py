"""What a runtime must offer; the runtimes themselves are plug-ins under `phases/deploy/runtimes`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import Field

from sluice.core.config import Settings
from sluice.core.paths import RunPaths, Workspace
from sluice.model.base import Model

ARCHITECT = "architect"
CONTRACT_ENGINE = "contract-engine"
CODEBASE_INTELLIGENCE = "codebase-intelligence"
BUILD1 = (ARCHITECT, CONTRACT_ENGINE, CODEBASE_INTELLIGENCE)

Emit = Callable[..., None]
"""`emit(type, message="...", **json_data)`: one event to the console, the log and the journal."""


class StackState(Model):
    """Where everything of a running stack answers; URLs have no trailing slash.

    `services` holds the three Build 1 services and every generated service that was started.  `databases` maps a
    generated service to the SQLAlchemy URL of its database and `scratch_database` is one for builders' tests.
    These carry credentials: the state is stored with mode 0600 and never printed.
    """

    runtime: str
    run_id: str
    services: dict[str, str] = Field(default_factory=dict)
    gateway_url: str = ""
    redis_url: str = ""
    databases: dict[str, str] = Field(default_factory=dict)
    scratch_database: str = ""
    jwt_secret: str = ""
    detached: bool = False


@dataclass(frozen=True, kw_only=True)
class ServiceToRun:
    """A built service: its directory holds `app/`, `requirements.txt`, `Dockerfile`, `alembic.ini`."""

    name: str
    directory: Path
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceStart:
    """How starting one generated service went; `log` is its last lines when it is not healthy."""

    name: str
    url: str
    healthy: bool
    restarts: int = 0
    detail: str = ""
    log: tuple[str, ...] = ()


class Stack(Protocol):
    """The servers and services of one run.  Every method is idempotent and safe to call after a crash."""

    def up(self) -> StackState:
        """PostgreSQL, Redis, the three Build 1 services (health cascade); returns once they answer 200.

        What already runs for this run is kept; leftovers of a dead run are ended first.

        Raises:
            EnvironmentFailure: a server cannot start; names it and shows its last log lines.
        """
        ...

    def deploy(self, services: Sequence[ServiceToRun]) -> tuple[ServiceStart, ...]:
        """Start the generated services (each restarted once if it does not come up), then the gateway routes."""
        ...

    def state(self) -> StackState | None:
        """The state as stored by a running stack, None when it is down."""
        ...

    def status(self) -> dict[str, str]:
        """`running`, `stopped` or `unhealthy` for each server and service."""
        ...

    def memory(self) -> dict[str, int]:
        """Bytes in use right now by each running server and service."""
        ...

    def logs(self, name: str, *, lines: int = 20) -> list[str]:
        """The last lines of one server or service.

        Raises:
            InputError: nothing of that name.
        """
        ...

    def detach(self) -> None:
        """Leave the stack running when this process ends."""
        ...

    def down(self) -> list[str]:
        """End everything of this run, keep its data; returns what was ended."""
        ...


@runtime_checkable
class Runtime(Protocol):
    """A way to run the stack."""

    @property
    def name(self) -> str:
        """What `--runtime` takes."""
        ...

    @property
    def help(self) -> str:
        """One line for `invoke runtimes`."""
        ...

    @property
    def preference(self) -> int:
        """`--runtime auto` takes the available runtime with the highest."""
        ...

    def unavailable(self) -> str:
        """Why this machine cannot run it, '' when it can."""
        ...

    def stack(self, workspace: Workspace, run: RunPaths, settings: Settings, emit: Emit) -> Stack:
        """The stack of one run; starts nothing yet."""
        ...

    def forget(self, run: RunPaths) -> None:
        """Delete what the stack of a run keeps outside of the run's directory; nothing of it may be running."""
        ...

    def reap(self, run_ids: Collection[str]) -> list[str]:
        """Remove what these runs left behind besides processes, found by its label only; `<run id>: <what>` of each."""
        ...
