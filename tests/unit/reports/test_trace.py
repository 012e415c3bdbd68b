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


def test_an_entity_is_covered_through_the_operations_that_its_contracts_say_work_on_it(passed_view):
    work = {"x-sluice": {"kind": "create", "entity": "Book"}}
    document = {"paths": {"/loans": {"post": work, "get": work, "summary": "x"}, "/other": {"get": work}, "/bad": None}}
    contracts = passed_view.contracts
    first = contracts.contracts[0].model_copy(update={"document": document})
    view = replace(passed_view, contracts=contracts.model_copy(update={"contracts": (first,)}))
    item = by_id(view)["FR-4"]
    assert item.status == "indirect"
    assert [(c.name, c.ok, c.tests, c.through) for c in item.covers] == [
        ("Book", True, "2 of 2 operations conform", "POST /loans, GET /loans")
    ]
    broken = replace(view, integration=an_integration("GET /loans"))
    assert by_id(broken)["FR-4"].status == "failed"


def test_what_an_operation_covers_itself_is_verified_whatever_its_entity_adds(passed_view):
    document = {"paths": {"/loans": {"post": {"x-sluice": {"kind": "create", "entity": "Loan"}}}}}
    first = passed_view.contracts.contracts[0].model_copy(update={"document": document})
    view = replace(passed_view, contracts=passed_view.contracts.model_copy(update={"contracts": (first,)}))
    assert by_id(view)["FR-1"].covers[-1].through == "POST /loans"
    assert by_id(view)["FR-1"].status == "verified"


def test_each_cover_names_its_tests(passed_view):
    told = {cover.name: cover.tests for cover in by_id(passed_view)["FR-1"].covers}
    assert told == {
        "POST /loans": "40 cases, 22 \N{MULTIPLICATION SIGN} 2xx, in the flow",
        "LoanCreated": "published 1 time, consumed by notice-service",
        "Loan": "",
    }
