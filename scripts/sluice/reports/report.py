"""What a report plug-in is: a pure function from a finished run to text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.finding import GateReport
from sluice.model.integration import IntegrationReport
from sluice.model.summary import Summary
from sluice.reports.excerpt import Excerpts
from sluice.reports.timeline import Bar

Provenance = Mapping[str, Mapping[str, str]]
"""What a run was made from and with: group (`versions`, `seeds`, …) → name → value."""


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A run as reports see it; an artifact is None when its phase did not run.

    `timeline` has one bar for each phase and builder, none when the journal is not at hand; `memory` is in bytes, by
    server; `excerpts` hold the source around the findings.
    """

    summary: Summary
    decomposition: Decomposition | None = None
    contracts: ContractSet | None = None
    build: BuildResults | None = None
    deployment: Deployment | None = None
    integration: IntegrationReport | None = None
    gate: GateReport | None = None
    provenance: Provenance = field(default_factory=dict)
    timeline: tuple[Bar, ...] = ()
    memory: Mapping[str, int] = field(default_factory=dict)
    excerpts: Excerpts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report plug-in, exposed as `REPORT` by a module of `sluice.reports.formats`."""

    name: str
    filename: str
    help: str
    render: Callable[[RunView], str]
