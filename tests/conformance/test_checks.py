"""What every gate check keeps, whatever it looks for."""

import re
import string

import pytest

from sluice.phases.gate.check import GateInput
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.registry import all_checks
from sluice.phases.gate.verdict import LAYERS

CHECKS = all_checks()
REQUIRED = {
    "SEC-SCAN-001", "CORS-001", "LOG-001", "LOG-002", "DOCKER-001", "DOCKER-002", "DEAD-001", "DEAD-002", "ORPHAN-001",
    "NAME-001", "HEALTH-001", "SCHEMA-001",
}  # fmt: skip
OURS = {
    "PROBE-001", "ROOT-001", "PRIV-001", "RETRY-001", "TIMEOUT-001", "SQL-001", "TEST-001", "TEST-002", "AUTH-001",
    "ROUTE-001", "ROUTE-002",
}  # fmt: skip
each = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())


def test_every_required_check_is_there():
    assert set(CHECKS) >= REQUIRED | OURS


@each
def test_an_id_is_a_word_and_a_number(check):
    assert re.fullmatch(r"[A-Z]+(-[A-Z]+)*-\d{3}", check.id)
    assert check.name == check.id


@each
def test_a_check_belongs_to_a_layer_and_has_a_severity(check):
    assert check.layer in LAYERS
    assert check.severity in {"error", "warning", "note"}


@each
def test_the_title_is_a_sentence_and_the_hint_says_what_to_do(check):
    assert check.title.endswith(".")
    assert len(check.title) < 100
    assert check.hint.endswith((".", "…"))


@each
def test_the_message_is_a_template_of_plain_names(check):
    names = [name for _, name, _, _ in string.Formatter().parse(type(check).check.__doc__.split("\n\n")[0]) if name]
    assert all(name.isidentifier() for name in names)


@each
def test_what_a_check_requires_is_a_field_of_the_input(check):
    assert check.requires <= set(GateInput.__dataclass_fields__)


@each
def test_an_empty_folder_gives_no_subject_and_no_crash(check, tmp_path):
    facts = Facts(GateInput(root=tmp_path, services={}, folders=(tmp_path,)))
    assert list(check.subjects(facts)) == []
    assert isinstance(check.absent(facts), str)
