import pytest

from sluice.commands.gate_proof.mutation import Operator
from sluice.commands.gate_proof.registry import all_operators
from sluice.commands.gate_proof.report import VARIANTS
from sluice.phases.gate.registry import all_checks

OPERATORS = all_operators()


def test_every_registered_check_has_operators_and_no_operator_is_without_a_check():
    assert set(OPERATORS) == set(all_checks())


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS.keys())
def test_an_operator_has_enough_variants_and_twins_under_names_of_their_own(operator: Operator):
    for variants in (operator.plants, operator.twins):
        names = [variant.name for variant in variants]
        assert len(names) >= VARIANTS
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS.keys())
def test_an_operator_excuses_no_finding_of_its_own_check(operator: Operator):
    assert not any(operator.check in variant.also for variant in (*operator.plants, *operator.twins))
