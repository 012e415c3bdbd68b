"""A phase as the engine knows it: what it consumes, what it produces, how it runs and how its gate judges."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar

from sluice.core.config import Settings
from sluice.core.errors import InputError
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.stack import Emit, Stack
from sluice.model.base import Artifact

A = TypeVar("A", bound=Artifact)


@dataclass(frozen=True)
class Artifacts:
    """Loaded artifacts by class."""

    items: dict[type[Artifact], Artifact] = field(default_factory=dict)

    def get(self, kind: type[A]) -> A:
        """The artifact of this class.

        Raises:
            InputError: no phase has produced it yet.
        """
        found = self.items.get(kind)
        if not isinstance(found, kind):
            raise InputError(f"no {kind.__name__} yet", hint="run the earlier phases first: `invoke plan` lists them")
        return found

    def find(self, kind: type[A]) -> A | None:
        """The artifact of this class, None when no phase has produced it."""
        found = self.items.get(kind)
        return found if isinstance(found, kind) else None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a phase may use.  `span(kind)` records time spent in `kind` (service_start, builder_tests, schemathesis)."""

    workspace: Workspace
    run: RunPaths
    settings: Settings
    stack: Stack
    artifacts: Artifacts
    emit: Emit
    span: Callable[[str], AbstractContextManager[None]]
    prd: str = ""
    plant: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a phase made, and its gate's word: `refused` is a sentence, '' when the gate passed."""

    artifacts: tuple[Artifact, ...]
    refused: str = ""
    hint: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A phase plug-in, exposed as `PHASE`.

    `needs_stack` says that the stack must be up.  `properties` are the settings (and `prd`, `plant`) whose change makes
    it run again.  `revive` is called when the phase is skipped but a later one runs on a stack that was started anew.
    `spoilt` says, '' if nothing, what of the files that it made beside its artifacts is no longer as it left them.
    """

    number: int
    name: str
    help: str
    consumes: tuple[type[Artifact], ...]
    produces: tuple[type[Artifact], ...]
    run: Callable[[Context], Outcome]
    needs_stack: bool = True
    properties: tuple[str, ...] = ()
    revive: Callable[[Context], None] | None = None
    spoilt: Callable[[RunPaths, Artifacts], str] | None = None
