import pytest

from data.library import running
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.domain import DomainModel
from sluice.model.service_map import Service, ServiceMap
from sluice.phases.deploy.flow_plan import plan_flow, plan_rows


def planned(contracts: ContractSet, *order: str) -> list[tuple[str, str]]:
    services = tuple(Service(name=name, original_name=name) for name in order)
    decomposition = Decomposition(service_map=ServiceMap(services=services), domain_model=DomainModel())
    return [(step.service.removesuffix("-service"), step.title) for step in plan_flow(contracts, decomposition)]


@pytest.mark.req("R0-068", "R0-069", "R0-070", "R0-071")
def test_the_flow_follows_an_entity_from_account_to_effect() -> None:
    assert planned(running.contracts()) == [
        ("accounts", "POST /register"),
        ("accounts", "POST /login"),
        ("accounts", "GET /me"),
        ("accounts", "GET /me without a token"),
        ("lending", "GET /books without a token"),
        ("reminder", "GET /reminders without a token"),
        ("lending", "POST /books"),
        ("lending", "GET /books"),
        ("lending", "POST /loans"),
        ("lending", "GET /loans/{loan_id}"),
        ("lending", "event LoanOpened"),
        ("reminder", "GET /reminders"),
    ]


def test_services_come_in_the_order_of_the_decomposition() -> None:
    titles = planned(running.contracts(), "reminder-service", "lending-service")
    guards = [service for service, title in titles if title.endswith("without a token")]
    assert guards == ["reminder", "lending", "accounts"]


def test_the_event_step_names_every_consuming_service() -> None:
    decomposition = Decomposition(service_map=ServiceMap(), domain_model=DomainModel())
    steps = plan_flow(running.contracts(), decomposition)
    assert [step.consumers for step in steps if step.kind == "event"] == [("reminder-service",)]


def test_without_a_login_nobody_registers() -> None:
    contracts = running.contracts()
    only = ContractSet(contracts=tuple(c for c in contracts.contracts if c.service != "accounts-service"))
    assert ("lending", "POST /loans") in planned(only)
    assert not [title for _, title in planned(only) if "register" in title or "login" in title]


def test_without_security_there_is_no_guard() -> None:
    contracts = running.contracts()
    for contract in contracts.contracts:
        contract.document.pop("security", None)
        for item in contract.document.get("paths", {}).values():
            for operation in item.values():
                operation.pop("security", None)
    assert not [title for _, title in planned(contracts) if title.endswith("without a token")]


def test_without_the_consumer_its_effect_is_not_expected() -> None:
    contracts = running.contracts()
    only = ContractSet(contracts=tuple(c for c in contracts.contracts if c.service != "reminder-service"))
    assert planned(only)[-1] == ("lending", "event LoanOpened")


def test_a_service_that_nothing_else_visits_is_reached_once() -> None:
    only = ContractSet(contracts=(running.contract("reminder-service"),))
    assert planned(only) == [("reminder", "GET /reminders without a token"), ("reminder", "GET /reminders")]


def test_a_cycle_of_references_is_broken_and_everything_is_planned() -> None:
    contracts = running.contracts()
    schemas = contracts.of("lending-service", "openapi").document["components"]["schemas"]
    schemas["BookCreate"]["properties"]["loan_id"] = {"type": "string", "x-sluice": {"references": "Loan"}}
    creations = [title for service, title in planned(contracts) if title.startswith("POST") and service == "lending"]
    assert creations == ["POST /loans", "POST /books"]


def test_a_change_that_publishes_is_made_after_all_creations_and_a_deletion_last() -> None:
    contracts = running.contracts()
    document = contracts.of("lending-service", "openapi").document
    item = document["paths"]["/loans/{loan_id}"]
    shared = {key: item["get"][key] for key in ("parameters",)}
    hint = {"entity": "Loan", "key": "loan_id"}
    item["delete"] = {
        **shared,
        "operationId": "deleteLoan",
        "x-sluice": {**hint, "kind": "delete"},
        "responses": {"204": {}},
    }
    item["patch"] = {
        **shared,
        "operationId": "changeLoan",
        "x-sluice": {**hint, "kind": "update"},
        "responses": {"200": {}},
    }
    published = contracts.of("lending-service", "asyncapi").document["operations"]["publishLoanOpened"]["x-sluice"]
    published["on"] = ["deleteLoan", "changeLoan"]
    assert [title for _, title in planned(contracts)][-7:] == [
        "PATCH /loans/{loan_id}",
        "event LoanOpened",
        "GET /reminders",
        "POST /loans",
        "DELETE /loans/{loan_id}",
        "event LoanOpened",
        "GET /reminders",
    ]


def test_the_plan_is_the_same_every_time() -> None:
    assert planned(running.contracts()) == planned(running.contracts())


def test_rows_that_only_events_make_are_made_by_what_publishes_them() -> None:
    steps = plan_rows(running.contracts(), "reminder-service", 2)
    assert [step.title for step in steps] == [
        "POST /books",
        "POST /loans",
        "POST /loans",
        "event LoanOpened",
        "GET /reminders",
    ]


@pytest.mark.parametrize("service", ["accounts-service", "lending-service"])
def test_a_service_that_can_create_its_own_rows_needs_none_made(service: str) -> None:
    assert plan_rows(running.contracts(), service, 2) == ()


def test_without_the_publisher_no_rows_can_be_made() -> None:
    contracts = running.contracts()
    kept = tuple(c for c in contracts.contracts if c.service != "lending-service")
    assert plan_rows(contracts.model_copy(update={"contracts": kept}), "reminder-service", 2) == ()
