"""Fingerprints of planted violations of every kind, before and after their lines moved."""

from dataclasses import replace

import pytest

from sluice.commands.gate_proof.judge import gate_on
from sluice.commands.gate_proof.registry import all_operators
from sluice.commands.gate_proof.rounds import rounds
from sluice.commands.gate_proof.systems import System, handwritten

MOVED = 3


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """One round of the handwritten services: a violation of another kind in each of them."""
    system = handwritten(tmp_path_factory.mktemp("handwritten"))
    operators = [
        replace(operator, plants=operator.plants[:1])
        for check, operator in all_operators().items()
        if check in {"LOG-001", "SEC-SCAN-001", "CORS-001", "SQL-001", "DOCKER-002", "TIMEOUT-001", "PRIV-001"}
    ]
    packed, _ = rounds(operators, [system], 7)
    return max((target for target in packed if not target.twins), key=lambda target: len(target.planted))


def moved(target):
    """The same round with blank lines above everything in every file."""
    texts = {path: "\n" * MOVED + text for path, text in target.system.texts.items()}
    system = System(target.system.name, target.system.given, texts, target.system.services)
    for path in target.tree.paths:
        target.tree.splice(path, 1, 0, "\n" * (MOVED - 1))
    target.system = system
    return target


def test_a_fingerprint_survives_that_its_line_moves(planted):
    before = gate_on(planted).findings
    after = gate_on(moved(planted)).findings
    assert len({finding.check for finding in before}) > MOVED
    assert {f.fingerprint: f.line for f in after if f.line} == {f.fingerprint: f.line + MOVED for f in before if f.line}


def test_no_two_findings_share_a_fingerprint(planted):
    marks = [finding.fingerprint for finding in gate_on(planted).findings]
    assert len(set(marks)) == len(marks)
