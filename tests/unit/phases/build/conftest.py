"""A workshop with a real builder process and no servers."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sluice.core.config import Settings
from sluice.core.files import canonical_json, digest
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.phase import Artifacts, Context
from sluice.engine.stack import ServiceStart, ServiceToRun, StackState
from sluice.model.base import JsonObject
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.phases.build.builder import builders
from sluice.phases.build.job import Workshop
from sluice.phases.build.scratch import Scratch

MINI = Path(__file__).parents[3] / "data" / "builders" / "mini.py"


class NoStack:
    """A stack that is down."""

    def up(self) -> StackState:
        return StackState(runtime="none", run_id="none")

    def deploy(self, _services: Sequence[ServiceToRun]) -> tuple[ServiceStart, ...]:
        return ()

    def state(self) -> StackState | None:
        return None

    def status(self) -> dict[str, str]:
        return {}

    def memory(self) -> dict[str, int]:
        return {}

    def logs(self, _name: str, **_lines: int) -> list[str]:
        return []

    def detach(self) -> None: ...

    def down(self) -> list[str]:
        return []


def contract(service: str) -> RegisteredContract:
    """Three operations."""
    ok: JsonObject = {"responses": {"200": {"description": "ok"}, "404": {"description": "no"}}}
    made: JsonObject = {"responses": {"201": {"description": "made"}}}
    document: JsonObject = {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "1.0.0"},
        "paths": {"/health": {"get": ok}, "/items": {"post": made}, "/items/{item_id}": {"get": ok}},
    }
    return RegisteredContract(
        name=f"{service}.openapi",
        service=service,
        kind="openapi",
        version="1.0.0",
        digest=digest(canonical_json(document)),
        valid=True,
        document=document,
    )


Events = list[tuple[str, str]]


@pytest.fixture
def events() -> Events:
    return []


@pytest.fixture
def make_context(tmp_path: Path, events: Events) -> Callable[..., Context]:
    def make(mode: str, *services: str, run: RunPaths | None = None, **settings: Any) -> Context:
        workspace = Workspace(tmp_path / ".sluice").create()
        paths = run or workspace.run("20260101-000000-abcdef")
        for directory in (paths.artifacts, paths.prd.parent):
            directory.mkdir(parents=True, exist_ok=True)
        paths.prd.write_text("# PRD")
        contracts = tuple(contract(service) for service in sorted(services or ("shop-service",)))

        @contextmanager
        def span(kind: str) -> Iterator[None]:
            yield
            events.append(("span", kind))

        def emit(type_: str, message: str = "", **_data: object) -> None:
            events.append((type_, message))

        chosen = {"builder": "command", "builder_command": (sys.executable, str(MINI), mode), **settings}
        return Context(
            workspace=workspace,
            run=paths,
            settings=Settings.model_validate(chosen),
            stack=NoStack(),
            artifacts=Artifacts({ContractSet: ContractSet(contracts=contracts)}),
            emit=emit,
            span=span,
        )

    return make


@pytest.fixture
def make_shop(make_context: Callable[..., Context]) -> Callable[..., Workshop]:
    """The services' environment is the one that runs the tests: no installation, no network."""

    def make(mode: str, *services: str, **settings: Any) -> Workshop:
        ctx = make_context(mode, *services, **settings)
        return Workshop(
            ctx=ctx,
            builder=builders()[ctx.settings.builder],
            scratch=Scratch(None),
            environment=lambda _files: Path(sys.executable),
        )

    return make
