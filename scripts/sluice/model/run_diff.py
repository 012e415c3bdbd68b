"""What changed between two runs: what `invoke report --diff A B --json` prints."""

from typing import Literal

from sluice.model.base import Model
from sluice.model.finding import Finding, Verdict
from sluice.model.summary import PhaseStatus

RunVerdict = Literal[Verdict, "unfinished"]
DigestKind = Literal["contract", "source"]


class RunFacts(Model):
    """One run in a line; `started` is UTC (RFC 3339), `seconds` None until it has ended, '' stands for unknown."""

    run: str
    verdict: RunVerdict
    reason: str = ""
    started: str = ""
    seconds: float | None = None
    runtime: str = ""
    prd: str = ""
    planted: bool = False


class FindingChanges(Model):
    """Findings by fingerprint: only in the second run, only in the first, in both."""

    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    same: tuple[Finding, ...] = ()


class OperationChange(Model):
    """One operation of a contract whose conformance changed; None: the run did not test it."""

    service: str
    operation: str
    before: bool | None
    after: bool | None


class ComplianceChange(Model):
    """Operations that conform, of how many, in each run; `changed` has those that are not as they were."""

    conforming_before: int = 0
    operations_before: int = 0
    conforming_after: int = 0
    operations_after: int = 0
    changed: tuple[OperationChange, ...] = ()


class PhaseChange(Model):
    """One phase in both runs; seconds of wall time."""

    phase: str
    before: PhaseStatus
    after: PhaseStatus
    seconds_before: float
    seconds_after: float


class DigestChange(Model):
    """A contract or the source of a service that is another one; '' stands for a run that has none."""

    kind: DigestKind
    name: str
    before: str
    after: str


class RunDiff(Model):
    """What changed from run `before` to run `after`."""

    before: RunFacts
    after: RunFacts
    findings: FindingChanges = FindingChanges()
    compliance: ComplianceChange = ComplianceChange()
    phases: tuple[PhaseChange, ...] = ()
    digests: tuple[DigestChange, ...] = ()
