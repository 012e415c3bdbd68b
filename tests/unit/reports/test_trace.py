from dataclasses import replace

from sluice.reports.trace import trace
from unit.reports.runs import an_integration


def by_id(view):
    return {item.requirement.id: item for item in trace(view)}


def test_uncovered_requirements_come_first_then_failed_untested_verified(partial_view):
    assert [(item.requirement.id, item.status) for item in trace(partial_view)] == [
        ("FR-2", "uncovered"),
        ("FR-3", "failed"),
        ("FR-4", "untested"),
        ("FR-1", "verified"),
    ]


def test_each_cover_says_what_the_tests_found_there(partial_view):
    covers = by_id(partial_view)["FR-1"].covers
    assert [(cover.name, cover.ok) for cover in covers] == [
        ("POST /loans", True),
        ("LoanCreated", True),
        ("Loan", None),
    ]


def test_an_operation_that_two_services_have_must_conform_in_both(passed_view):
    report = passed_view.integration
    twin = report.compliance[0].model_copy(
        update={"service": "twin", "operations": an_integration("GET /loans").compliance[0].operations}
    )
    both = report.model_copy(update={"compliance": (twin, *report.compliance)})
    assert by_id(replace(passed_view, integration=both))["FR-3"].status == "failed"


def test_nothing_is_verified_before_the_tests_ran(passed_view):
    statuses = {item.status for item in trace(replace(passed_view, integration=None))}
    assert statuses == {"uncovered", "untested"}


def test_without_a_decomposition_there_is_nothing_to_trace(empty_view):
    assert trace(empty_view) == []
