"""Runs the gate on each round and counts: found, missed, false alarms."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sluice.commands.gate_proof.rounds import Planted, Round
from sluice.commands.gate_proof.systems import System
from sluice.model.finding import Finding, GateReport
from sluice.phases.gate.check import Check, GateInput
from sluice.phases.gate.run import run_gate

SLACK = 2
"""Lines by which a finding may be off."""


@dataclass(frozen=True)
class Verdicts:
    """What the gate made of one round."""

    found: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    false: tuple[tuple[Finding, str], ...]
    """Findings about nothing that was planted, each with what it probably is about."""


def gate_on(target: Round, checks: Sequence[Check[Any]] | None = None) -> GateReport:
    """The whole gate's report on a round, as on any folder or run."""
    with _on_disk(target):
        return run_gate(target.given, checks)


def gate_on_healthy(system: System) -> GateReport:
    """The whole gate's report on a system in which nothing is wrong."""
    return run_gate(system.given)


@contextmanager
def _on_disk(target: Round) -> Iterator[None]:
    root, texts = target.given.root, target.system.texts
    changed = target.tree.changed
    try:
        for path, text in changed.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        yield
    finally:
        for path in changed:
            if path in texts:
                (root / path).write_text(texts[path], encoding="utf-8")
            else:
                (root / path).unlink(missing_ok=True)


def judged(target: Round, report: GateReport) -> Verdicts:
    """The findings of a round set against what was planted in it."""
    findings = list(report.findings)
    plants = [one for one in target.planted if not one.twin]
    found = tuple(one for one in plants if any(is_about(finding, one) for finding in findings))
    missed = tuple(one for one in plants if one not in found)
    false = tuple((f, _suspect(f, target)) for f in findings if not any(_explains(one, f) for one in target.planted))
    return Verdicts(found, missed, false)


def is_about(finding: Finding, one: Planted) -> bool:
    """Whether a finding is this planted violation: the right check, the right file and line (or service)."""
    return finding.check == one.check and at_place(finding, one)


def at_place(finding: Finding, one: Planted) -> bool:
    """Whether a finding stands where something was planted, whatever the check."""
    if finding.path and any(place.holds(finding.path, finding.line, SLACK) for place in one.site.places):
        return True
    return not finding.path and (finding.service in one.site.services)


def _explains(one: Planted, finding: Finding) -> bool:
    if not one.twin and is_about(finding, one):
        return True
    if finding.check not in one.variant.also:
        return False
    same = finding.service == one.site.service.name or finding.path in {place.path for place in one.site.places}
    return same or one.variant.whole or not (finding.path or finding.service)


def _suspect(finding: Finding, target: Round) -> str:
    names = [
        f"{one.check} {'twin' if one.twin else 'plant'} {one.variant.name!r}"
        for one in target.planted
        if finding.service in {one.site.service.name, *one.site.services}
        or finding.path in {place.path for place in one.site.places}
    ]
    return ", ".join(names) or "nothing planted there"


def errors(report: GateReport) -> list[str]:
    """Checks that could not judge: an error of the proof, whatever else was found."""
    return [f"{run.check}: {run.error}" for layer in report.layers for run in layer.checks if run.error]


def without(report_checks: Sequence[Check[Any]], check: str) -> list[Check[Any]]:
    """The registry without one check."""
    return [one for one in report_checks if one.id != check]


def is_needed(one: Planted, target: Round, checks: Sequence[Check[Any]]) -> bool:
    """Whether a planted violation goes unnoticed by all other checks, on its service and what services share."""
    report = gate_on(replace(target, given=_narrow(target, one)), without(checks, one.check))
    return not any(at_place(finding, one) for finding in report.findings)


def _narrow(target: Round, one: Planted) -> GateInput:
    given, name = target.given, one.site.service.name
    folders = set(given.services.values()) - {given.services[name]}
    others = [path.relative_to(given.root).as_posix() for path in folders]
    read = [folder.relative_to(given.root).as_posix() for folder in given.folders]
    paths = [
        given.root / path
        for path in target.tree.paths
        if not any(path.startswith(f"{other}/") for other in others)
        and any(folder in {".", path} or path.startswith(f"{folder}/") for folder in read)
    ]
    return replace(given, services={name: given.services[name]}, folders=tuple(paths))
