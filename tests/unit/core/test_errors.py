import pytest

from sluice.core import errors


def test_an_error_says_what_happened_the_details_and_what_to_do():
    error = errors.InputError("no PRD", details=["looked in x"], hint="give --prd FILE")
    assert str(error) == "no PRD\n  looked in x\nWhat to do: give --prd FILE"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.InputError, 2),
        (errors.EnvironmentFailure, 3),
        (errors.GateRefused, 4),
        (errors.QualityGateFailed, 5),
    ],
)
def test_exit_codes_are_the_documented_ones(kind, code):
    assert kind("x").exit_code == code


def test_the_special_exit_codes_are_taken_by_no_error_class():
    codes = {errors.InputError.exit_code, errors.EnvironmentFailure.exit_code, errors.GateRefused.exit_code}
    codes.add(errors.QualityGateFailed.exit_code)
    assert codes.isdisjoint({errors.EXIT_OK, errors.EXIT_UNEXPECTED, errors.EXIT_PARTIAL, errors.EXIT_INTERRUPTED})
    assert len(codes) == 4
