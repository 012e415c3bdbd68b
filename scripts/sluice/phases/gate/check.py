"""What a gate check is, and what the gate is given."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from sluice.core.config import Settings
from sluice.core.errors import InputError
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.finding import Severity
from sluice.model.integration import IntegrationReport
from sluice.phases.gate.scan import SourceFile, find_services

if TYPE_CHECKING:
    from sluice.phases.gate.facts import Facts

S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class GateInput:
    """What the gate judges: folders below `root`, and the run's artifacts where there is a run.

    `services` maps a name to its directory; `folders` are the directories and files to read;
    `baseline` holds fingerprints of findings that are known and do not block.
    """

    root: Path
    services: Mapping[str, Path]
    folders: tuple[Path, ...]
    settings: Settings = field(default_factory=Settings)
    decomposition: Decomposition | None = None
    contracts: ContractSet | None = None
    build: BuildResults | None = None
    deployment: Deployment | None = None
    integration: IntegrationReport | None = None
    contract_engine_url: str = ""
    planted: bool = False
    baseline: frozenset[str] = frozenset()
    run: bool = False
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @classmethod
    def from_folder(
        cls, path: Path, settings: Settings | None = None, baseline: frozenset[str] = frozenset()
    ) -> "GateInput":
        """Any folder of services, without a run behind it.

        Raises:
            InputError: not a directory.
        """
        root = path.resolve()
        if not root.is_dir():
            raise InputError(f"{path} is not a directory", hint="name a folder of services")
        return cls(
            root=root, services=find_services(root), folders=(root,), settings=settings or Settings(), baseline=baseline
        )


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One violation as a check reports it; `values` fill the check's message, line 0 means the whole file or none."""

    source: SourceFile | None = None
    line: int = 0
    column: int = 0
    service: str = ""
    evidence: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


class Check(ABC, Generic[S]):
    """A rule of the gate: the class docstring is its title, the docstring of `check` its message and its remedy.

    The message is the first paragraph of that docstring with `{names}` filled from the hit, the hint is the rest.
    """

    id: ClassVar[str]
    layer: ClassVar[int]
    severity: ClassVar[Severity]
    requires: ClassVar[frozenset[str]] = frozenset()
    """Names of the `GateInput` fields without which the check cannot run; it is then skipped, with the reason."""

    @abstractmethod
    def subjects(self, facts: "Facts") -> Sequence[S]:
        """The things to look at; none is an error unless `absent` says why."""

    @abstractmethod
    def check(self, subject: S, facts: "Facts") -> Iterator[Hit]:
        """The violations of one subject."""

    def absent(self, facts: "Facts") -> str:  # noqa: ARG002 # overridden by checks of things a tree need not have
        """Why there may rightly be no subject; '' when that cannot be."""
        return ""

    @property
    def name(self) -> str:
        """The id, as plug-ins are called."""
        return self.id

    @property
    def title(self) -> str:
        """What the rule demands, one line."""
        return _paragraphs(type(self).__doc__)[0]

    def message(self, values: Mapping[str, object]) -> str:
        """What is wrong, with the facts of one hit."""
        return _paragraphs(type(self).check.__doc__)[0].format_map(values)

    @property
    def hint(self) -> str:
        """How to mend it."""
        return " ".join(_paragraphs(type(self).check.__doc__)[1:])


def _paragraphs(docstring: str | None) -> list[str]:
    return [" ".join(part.split()) for part in (docstring or "").strip().split("\n\n")]
