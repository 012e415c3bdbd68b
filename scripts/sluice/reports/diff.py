"""Compares two runs; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sluice.model.finding import Finding
from sluice.model.run_diff import (
    ComplianceChange,
    DigestChange,
    DigestKind,
    FindingChanges,
    OperationChange,
    PhaseChange,
    RunDiff,
    RunFacts,
)
from sluice.model.summary import PhaseSummary
from sluice.reports.report import RunView

Operation = tuple[str, str]


def compare(before: RunView, after: RunView, *, facts: tuple[RunFacts, RunFacts]) -> RunDiff:
    """What changed from `before` to `after`; an unfinished run counts as far as it came."""
    return RunDiff(
        before=facts[0],
        after=facts[1],
        findings=_findings(before.summary.findings, after.summary.findings),
        compliance=_compliance(before, after),
        phases=tuple(_phases(before.summary.phases, after.summary.phases)),
        digests=(
            *_digests("contract", _contracts(before), _contracts(after)),
            *_digests("source", _sources(before), _sources(after)),
        ),
    )


def _findings(before: Iterable[Finding], after: Iterable[Finding]) -> FindingChanges:
    """By check and fingerprint; of several alike, as many as both runs have are the same."""
    left = Counter(_key(finding) for finding in before)
    both, new = list[Finding](), list[Finding]()
    for finding in after:
        known = left[_key(finding)] > 0
        left[_key(finding)] -= known
        (both if known else new).append(finding)
    fixed = list[Finding]()
    for finding in reversed(list(before)):
        if left[_key(finding)] > 0:
            left[_key(finding)] -= 1
            fixed.insert(0, finding)
    return FindingChanges(new=tuple(new), fixed=tuple(fixed), same=tuple(both))


def _key(finding: Finding) -> tuple[str, ...]:
    if finding.fingerprint:
        return finding.check, finding.fingerprint
    return finding.check, finding.path, finding.service, finding.message


def _compliance(before: RunView, after: RunView) -> ComplianceChange:
    old, new = _operations(before), _operations(after)
    return ComplianceChange(
        conforming_before=sum(old.values()),
        operations_before=len(old),
        conforming_after=sum(new.values()),
        operations_after=len(new),
        changed=tuple(
            OperationChange(service=key[0], operation=key[1], before=old.get(key), after=new.get(key))
            for key in sorted({*old, *new})
            if old.get(key) != new.get(key)
        ),
    )


def _operations(view: RunView) -> dict[Operation, bool]:
    compliance = view.integration.compliance if view.integration else ()
    return {(service.service, o.operation): o.conforms for service in compliance for o in service.operations}


def _phases(before: Iterable[PhaseSummary], after: Iterable[PhaseSummary]) -> Iterable[PhaseChange]:
    old = {phase.name: phase for phase in before}
    for phase in after:
        was = old.get(phase.name) or PhaseSummary(number=phase.number, name=phase.name, status="not run")
        yield PhaseChange(
            phase=phase.name,
            before=was.status,
            after=phase.status,
            seconds_before=was.seconds,
            seconds_after=phase.seconds,
        )


def _contracts(view: RunView) -> dict[str, str]:
    return {f"{c.name} {c.version}": c.digest for c in view.contracts.contracts} if view.contracts else {}


def _sources(view: RunView) -> dict[str, str]:
    results = view.build.results if view.build else ()
    return {result.service: result.measured.tree_digest for result in results if result.measured.tree_digest}


def _digests(kind: DigestKind, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[DigestChange]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield DigestChange(kind=kind, name=name, before=old, after=new)
