"""The cross-service flow against real services, a real Redis and the real gateway."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from data.library import running
from sluice.model.decomposition import Decomposition
from sluice.model.domain import DomainModel
from sluice.model.integration import EventCheck, FlowStep
from sluice.model.service_map import ServiceMap
from sluice.phases.deploy.events import Bus
from sluice.phases.deploy.flow import Surroundings, Walker
from sluice.phases.deploy.flow_plan import plan_flow
from sluice.phases.deploy.gateway import Gateway
from sluice.phases.deploy.identity import find_issuer, mint
from sluice.phases.deploy.openapi import all_operations

pytestmark = pytest.mark.slow

UNPLANNED = Decomposition(service_map=ServiceMap(), domain_model=DomainModel())
LOANS, OPENED = "POST /loans", "event LoanOpened"


@contextmanager
def library(tmp_path: Path, fault: str = "", faulty: str = "") -> Iterator[tuple[str, str]]:
    """Gateway and Redis of the whole library, one service of it with a fault."""
    with ExitStack() as stack:
        redis_url = stack.enter_context(running.redis_server(tmp_path))
        urls = {
            name: stack.enter_context(
                running.service(name, tmp_path, fault=fault if name == faulty else "", redis_url=redis_url)
            )
            for name in running.FILES
        }
        yield stack.enter_context(running.gateway(tmp_path, urls)), redis_url


def walked(
    gateway_url: str, redis_url: str, *, patience: float = 10, issued: bool = True
) -> tuple[dict[str, FlowStep], tuple[EventCheck, ...]]:
    contracts = running.contracts()
    if not issued:
        kept = tuple(c for c in contracts.contracts if c.service != "accounts-service")
        contracts = contracts.model_copy(update={"contracts": kept})
    with httpx2.Client(trust_env=False) as client, Bus(redis_url) as bus:
        at = Surroundings(
            gateway=Gateway(gateway_url, client),
            bus=bus,
            issuer=find_issuer(all_operations(contracts)),
            token="" if issued else mint(running.SECRET)[0],
            patience=patience,
        )
        walker = Walker(at, plan_flow(contracts, UNPLANNED))
        steps = list(walker.walk())
        return {f"{step.service} {step.step}": step for step in steps}, walker.events()


@pytest.mark.req("R0-068", "R0-069", "R0-070", "R0-071", "R0-066")
def test_an_entity_travels_from_account_to_the_consumers_list(tmp_path: Path) -> None:
    with library(tmp_path) as (gateway_url, redis_url):
        first, events = walked(gateway_url, redis_url)
        again, _ = walked(gateway_url, redis_url)
    assert [step for step in first.values() if not step.ok] == []
    assert [step for step in again.values() if not step.ok] == []
    assert first["accounts-service POST /register"].detail == "201 {id, email, name, created_at}"
    assert first["lending-service POST /loans"].status == 201
    assert first["lending-service GET /books without a token"].status == 401
    assert first["reminder-service GET /reminders"].detail == "Reminder as LoanOpened should make it"
    (event,) = events
    assert event.ok
    assert (event.published, event.consumed_by) == (1, ("reminder-service",))


@pytest.mark.parametrize(
    ("fault", "faulty", "step", "detail"),
    [
        ("silent", "lending-service", f"lending-service {OPENED}", "it was not published"),
        ("twice", "lending-service", f"lending-service {OPENED}", "it was published 2 times"),
        ("deaf", "reminder-service", f"lending-service {OPENED}", "not consumed by reminder-service"),
        ("deaf", "reminder-service", "reminder-service GET /reminders", "no Reminder as LoanOpened should make it"),
        ("open", "lending-service", "lending-service GET /books without a token", "answered 200, must be 401"),
        ("wrong_status", "lending-service", f"lending-service {LOANS}", "not run: there is no Book"),
        ("wrong_status", "accounts-service", "accounts-service POST /register", "answered 200, must be 201"),
        ("forgets", "lending-service", f"lending-service {LOANS}", "answered 404, must be 201"),
    ],
)
def test_each_fault_fails_its_own_step(fault: str, faulty: str, step: str, detail: str, tmp_path: Path) -> None:
    with library(tmp_path, fault, faulty) as (gateway_url, redis_url):
        steps, _ = walked(gateway_url, redis_url, patience=0.5)
    assert not steps[step].ok
    assert steps[step].detail.startswith(detail)


def test_an_answer_that_violates_the_contract_fails_the_step(tmp_path: Path) -> None:
    with library(tmp_path, "missing_field", "reminder-service") as (gateway_url, redis_url):
        steps, _ = walked(gateway_url, redis_url, patience=0.5)
    assert '"text" is a required property' in steps["reminder-service GET /reminders"].detail


def test_where_nobody_issues_tokens_a_minted_one_opens_the_way(tmp_path: Path) -> None:
    with library(tmp_path) as (gateway_url, redis_url):
        steps, events = walked(gateway_url, redis_url, issued=False)
    assert [step for step in steps.values() if not step.ok] == []
    assert f"lending-service {LOANS}" in steps
    assert [event.ok for event in events] == [True]


def test_without_redis_the_flow_fails_and_says_why(tmp_path: Path) -> None:
    nowhere = f"redis://127.0.0.1:{running.free_port()}/0"
    with library(tmp_path) as (gateway_url, _):
        steps, events = walked(gateway_url, nowhere, patience=0.1)
    assert steps[f"lending-service {LOANS}"].detail.startswith("cannot read the event streams")
    assert events == ()
