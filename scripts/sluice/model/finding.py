"""Findings are facts; the verdict is policy."""

from typing import Literal

from sluice.model.base import Artifact, Model

Severity = Literal["error", "warning", "note"]
Verdict = Literal["passed", "partial", "failed"]
LayerStatus = Literal["passed", "partial", "failed", "error", "not run"]


class Finding(Model):
    """One violation; `path` is relative to the scanned root (POSIX), `line` and `column` count from 1 (0: whole file).

    `fingerprint` survives line moves.
    """

    check: str
    layer: int
    severity: Severity
    message: str
    hint: str = ""
    service: str = ""
    path: str = ""
    line: int = 0
    column: int = 0
    evidence: str = ""
    fingerprint: str = ""


class CheckRun(Model):
    """That a check really ran: `scanned` counts the things it looked at; a crash or zero scanned is an error.

    `title` is the rule in a sentence, `help` how to satisfy it; reports show both beside the findings.
    """

    check: str
    layer: int
    scanned: int = 0
    findings: int = 0
    seconds: float = 0.0
    error: str = ""
    skipped: str = ""
    title: str = ""
    help: str = ""


class LayerResult(Model):
    """One of the four layers, in order."""

    number: int
    name: str
    status: LayerStatus
    checks: tuple[CheckRun, ...] = ()
    reason: str = ""


class GateReport(Artifact):
    """Phase 7: four layers, their findings, and the overall verdict."""

    overall_verdict: Verdict
    reason: str = ""
    layers: tuple[LayerResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    planted: bool = False


class NotRun(Model):
    """A check that could not judge: `error` blocks, without it the thing it judges is rightly not there."""

    check: str
    layer: int
    reason: str
    error: bool = False


class GateAnswer(Model):
    """What `invoke gate PATH --json` prints; `suppressed` holds also what a baseline knows."""

    verdict: Verdict
    reason: str
    layers: tuple[LayerResult, ...]
    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    not_run: tuple[NotRun, ...]

    @classmethod
    def of(cls, report: GateReport) -> "GateAnswer":
        """The same facts as in the report, with what did not run in one place."""
        checks = [check for layer in report.layers for check in layer.checks if check.error or check.skipped]
        return cls(
            verdict=report.overall_verdict,
            reason=report.reason,
            layers=report.layers,
            findings=report.findings,
            suppressed=report.suppressed,
            not_run=tuple(
                NotRun(check=c.check, layer=c.layer, reason=c.error or c.skipped, error=bool(c.error)) for c in checks
            ),
        )
