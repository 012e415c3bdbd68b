"""The summary of a run: what `--json` prints and reports show."""

from typing import Literal

from pydantic import Field

from sluice.model.base import Model
from sluice.model.finding import Finding, Verdict

PhaseStatus = Literal["passed", "refused", "error", "interrupted", "skipped", "not run"]


class PhaseSummary(Model):
    """One phase: how it ended, seconds of wall time, and why."""

    number: int
    name: str
    status: PhaseStatus
    seconds: float = 0.0
    reason: str = ""
    hint: str = ""


class ServiceSummary(Model):
    """One generated service."""

    name: str
    built: bool
    healthy: bool
    url: str


class ServiceRatio(Model):
    """Contract compliance of one service."""

    service: str
    operations: int
    conforming: int
    ratio: float


class ComplianceSummary(Model):
    """Contract compliance over all services."""

    operations: int = 0
    conforming: int = 0
    ratio: float = 0.0
    per_service: tuple[ServiceRatio, ...] = ()


class StepSummary(Model):
    """One step of the cross-service flow."""

    step: str
    ok: bool


class Summary(Model):
    """A run in one object; `reports` maps a report's name to its path relative to the run's directory."""

    run_id: str
    verdict: Verdict
    reason: str = ""
    runtime: str
    seconds: float = 0.0
    phases: tuple[PhaseSummary, ...] = ()
    services: tuple[ServiceSummary, ...] = ()
    compliance: ComplianceSummary = ComplianceSummary()
    flow: tuple[StepSummary, ...] = ()
    findings: tuple[Finding, ...] = ()
    reports: dict[str, str] = Field(default_factory=dict)
