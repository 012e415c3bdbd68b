"""Runs the checks, layer by layer, and puts their findings and the verdict into one report."""

import time
from collections.abc import Sequence
from typing import Any

from sluice.core.collector import collector_paused
from sluice.core.errors import SluiceError
from sluice.model.finding import CheckRun, Finding, GateReport
from sluice.phases.gate import baseline, suppress, verdict
from sluice.phases.gate.check import Check, GateInput
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.findings import finding_of, sealed
from sluice.phases.gate.registry import all_checks


def run_gate(given: GateInput, checks: Sequence[Check[Any]] | None = None) -> GateReport:
    """Judge a run, or any folder of services; `checks` defaults to all of them."""
    with collector_paused():
        return _judged(given, checks)


def _judged(given: GateInput, checks: Sequence[Check[Any]] | None) -> GateReport:
    facts = Facts(given)
    chosen = tuple(all_checks().values()) if checks is None else checks
    results = [(check, *_outcome(check, facts)) for check in chosen]
    standing, hidden = suppress.split([finding for _, _, found in results for finding in found], facts)
    findings, known = baseline.split(sealed(standing, facts), given.baseline)
    layers = tuple(
        verdict.judge_layer(
            number, [run for check, run, _ in results if check.layer == number], findings, run=given.run
        )
        for number in verdict.LAYERS
    )
    overall, reason = verdict.judge(layers)
    return GateReport(
        overall_verdict=overall,
        reason=reason,
        layers=layers,
        findings=findings,
        suppressed=(*sealed(hidden, facts), *known),
        planted=given.planted,
    )


def _outcome(check: Check[Any], facts: Facts) -> tuple[CheckRun, list[Finding]]:
    """One check's run and findings; what goes wrong inside it is an error of the check, never silence."""
    began = time.monotonic()
    missing = sorted(name for name in check.requires if not getattr(facts.given, name))
    if missing:
        return _run(check, skipped=f"needs a run: there is no {', no '.join(missing).replace('_', ' ')}"), []
    try:
        subjects = check.subjects(facts)
        findings = [finding_of(check, hit, facts) for subject in subjects for hit in check.check(subject, facts)]
        reason = "" if subjects else check.absent(facts)
    except SluiceError as error:
        return _run(check, began, error=error.brief), []
    except Exception as error:  # noqa: BLE001 # a check that crashes must block the gate, whatever it raised
        return _run(check, began, error=f"{type(error).__name__}: {error}"), []
    if not subjects:
        return _run(check, began, skipped=reason, error="" if reason else "it saw nothing to check"), []
    distinct = list(dict.fromkeys(findings))
    return _run(check, began, scanned=len(subjects), findings=len(distinct)), distinct


def _run(
    check: Check[Any],
    began: float | None = None,
    *,
    scanned: int = 0,
    findings: int = 0,
    error: str = "",
    skipped: str = "",
) -> CheckRun:
    seconds = 0.0 if began is None else round(time.monotonic() - began, 3)
    return CheckRun(
        check=check.id,
        layer=check.layer,
        scanned=scanned,
        findings=findings,
        seconds=seconds,
        error=error,
        skipped=skipped,
        title=check.title,
        help=check.hint,
    )
