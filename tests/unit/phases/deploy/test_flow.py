import pytest

from sluice.model.hints import ConsumeHint, Value
from sluice.phases.deploy.flow import agrees, expected_row, patiently, same
from sluice.phases.deploy.gateway import StepFailed, schema_fault


def test_a_created_row_is_expected_to_hold_what_the_payload_gives() -> None:
    hint = ConsumeHint(
        creates="Reminder",
        values={"loan_id": Value(from_field="loan_id"), "text": Value(const="hi"), "gone": Value(from_field="nowhere")},
    )
    assert expected_row(hint, {"loan_id": "l1"}) == {"loan_id": "l1", "text": "hi"}


def test_an_updated_row_is_expected_under_its_key() -> None:
    hint = ConsumeHint(updates="Loan", key=Value(from_field="loan_id"), values={"status": Value(const="paid")})
    assert expected_row(hint, {"loan_id": "l1"}) == {"id": "l1", "status": "paid"}


def test_values_that_a_row_does_not_show_cannot_disagree() -> None:
    assert agrees({"id": "1", "loan_id": "l1"}, {"loan_id": "l1", "secret": "x"})
    assert not agrees({"loan_id": "l2"}, {"loan_id": "l1"})


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1.0, True),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", False),
        ("a", "b", False),
        (None, "a", False),
    ],
)
def test_equal_values_may_be_written_differently(left: object, right: object, expected: bool) -> None:
    assert same(left, right) is expected


def test_patience_ends_with_the_first_good_result_or_the_last_one() -> None:
    answers = iter([1, 2, 3])
    assert patiently(5, lambda: next(answers), lambda value: value == 2) == 2
    assert patiently(0, lambda: "never good", lambda _: False) == "never good"


def test_a_token_never_reaches_the_detail_of_a_step() -> None:
    failed = StepFailed("answered 500: {'access_token': 'eyJhbGci.eyJzdWIi.c2ln'}", 500)
    assert str(failed) == "answered 500: {'access_token': '<token>'}"


def test_a_violation_names_its_place() -> None:
    schema = {"properties": {"n": {"type": "integer"}}}
    assert schema_fault(schema, {"n": "x"}) == 'n: "x" is not of type "integer"'
    assert schema_fault(schema, {"n": 1}) == ""


def test_a_schema_that_cannot_be_used_is_a_violation_and_no_crash() -> None:
    assert "does not exist" in schema_fault({"$ref": "#/components/schemas/Nowhere"}, {})
    assert "no such type" in schema_fault({"type": "no such type"}, {})


def test_an_answer_nested_beyond_reason_is_a_violation_and_no_crash() -> None:
    deep: list = []
    for _ in range(400):
        deep = [deep]
    assert schema_fault({"type": "object"}, deep).startswith("it cannot be checked")
