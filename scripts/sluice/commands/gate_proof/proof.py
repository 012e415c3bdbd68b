"""The proof: plant, judge, count; nothing tells the gate what was planted."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sluice.commands.gate_proof.judge import errors, gate_on, gate_on_healthy, is_needed, judged
from sluice.commands.gate_proof.mutation import Operator, Unfit
from sluice.commands.gate_proof.report import Proof, Score
from sluice.commands.gate_proof.rounds import Planted, Round, alone, rounds
from sluice.commands.gate_proof.systems import System, generated, handwritten
from sluice.model.finding import Finding
from sluice.phases.gate.registry import all_checks


def prove(directory: Path, operators: Mapping[str, Operator], checks: Sequence[str], seed: int) -> Proof:
    """Measure `checks` (ids) in an empty directory."""
    began = time.monotonic()
    systems = (generated(directory / "generated"), handwritten(directory / "handwritten"))
    scores = {check: Score(check) for check in checks}
    faults = [f"{check} has no mutation operators" for check in checks if check not in operators]
    chosen = [operators[check] for check in checks if check in operators]
    known: set[tuple[str, str, str]] = set()
    faults += _healthy(systems, scores, known)
    packed, homeless = rounds(chosen, systems, seed)
    for target in packed:
        faults += _round(target, scores, known)
    for operator in chosen:
        scores[operator.check].needed = _needed(operator, systems, seed)
    faults += homeless
    count = len(systems) + len(packed)
    return Proof(seed, count, time.monotonic() - began, list(scores.values()), faults)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.check, finding.path or finding.service, finding.message


def _healthy(systems: Sequence[System], scores: Mapping[str, Score], known: set[tuple[str, str, str]]) -> list[str]:
    """False alarms where nothing was planted; they go into `known`, and are counted once."""
    faults = []
    for system in systems:
        report = gate_on_healthy(system)
        faults += [f"healthy {system.name}: {error}" for error in errors(report)]
        for finding in report.findings:
            _alarm(scores, finding, f"in the healthy {system.name} system")
            known.add(_key(finding))
    return faults


def _round(target: Round, scores: Mapping[str, Score], known: set[tuple[str, str, str]]) -> list[str]:
    report = gate_on(target)
    verdicts = judged(target, report)
    for one in target.planted:
        score = scores[one.check]
        score.plants, score.twins = score.plants + (not one.twin), score.twins + one.twin
    for one in verdicts.found:
        scores[one.check].found += 1
    for one in verdicts.missed:
        scores[one.check].missed.append(_told(one, target))
    for finding, suspect in verdicts.false:
        if _key(finding) not in known:
            _alarm(scores, finding, f"({suspect})")
    return [f"{_names(target)}: {error}" for error in errors(report)]


def _alarm(scores: Mapping[str, Score], finding: Finding, where: str) -> None:
    if finding.check in scores:
        score = scores[finding.check]
        score.false_alarms += 1
        score.alarms.append(f"{finding.path or finding.service}:{finding.line} {finding.message} {where}")


def _told(one: Planted, target: Round) -> str:
    lines = [f"{place.path}:{place.first} {_line(target, place.path, place.first)}" for place in one.site.places]
    return f"{one.variant.name!r} in {one.site.service.name}: {'; '.join(lines) or sorted(one.site.services)}"


def _line(target: Round, path: str, number: int) -> str:
    return target.tree.read(path).split("\n")[number - 1].strip()


def _names(target: Round) -> str:
    return ", ".join(f"{one.check} {one.variant.name!r}" for one in target.planted)


def _needed(operator: Operator, systems: Sequence[System], seed: int) -> bool:
    """Whether some planted violation goes unnoticed once the check is out of the registry."""
    every = list(all_checks().values())
    for variant in operator.plants:
        try:
            target = alone(operator, variant, systems, seed)
        except Unfit:
            continue
        if is_needed(target.planted[0], target, every):
            return True
    return False
