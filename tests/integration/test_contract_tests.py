"""Schemathesis against real services: right ones conform, each kind of wrong one is found out."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from data.library import running
from sluice.model.integration import ServiceCompliance
from sluice.phases.deploy.contract_tests import Effort, Subject, run_contract_tests
from sluice.phases.deploy.hook_plan import TokenSource
from sluice.phases.deploy.identity import mint

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def effort(tmp_path_factory: pytest.TempPathFactory) -> Effort:
    return Effort(seed=1, max_examples=3, timeout=60, cache=tmp_path_factory.mktemp("hypothesis"))


def compliance_of(name: str, url: str, tmp_path: Path, source: TokenSource, effort: Effort) -> ServiceCompliance:
    subject = Subject(contract=running.contract(name), url=url, directory=tmp_path / "reports" / name)
    return run_contract_tests([subject], effort, source)[0]


def with_minted_token() -> TokenSource:
    return TokenSource(token=mint(running.SECRET)[0])


@pytest.mark.req("R0-064", "R0-065", "R0-066")
def test_services_that_keep_their_contracts_conform_in_every_operation(tmp_path: Path, effort: Effort) -> None:
    accounts, lending = "accounts-service", "lending-service"
    with running.service(accounts, tmp_path) as issuer, running.service(lending, tmp_path) as url:
        source = TokenSource(issuer=running.contract(accounts), url=issuer)
        subjects = [
            Subject(contract=running.contract(name), url=at, directory=tmp_path / "reports" / name)
            for name, at in ((accounts, issuer), (lending, url))
        ]
        found = run_contract_tests(subjects, effort, source)
    assert [service.service for service in found] == [accounts, lending]
    assert [service.error for service in found] == ["", ""]
    assert [o.failures for service in found for o in service.operations if not o.conforms] == []
    assert all(service.ratio == 1 and service.stateful_cases for service in found)


def test_a_database_that_earlier_tests_filled_changes_nothing(tmp_path: Path, effort: Effort) -> None:
    with running.service("accounts-service", tmp_path) as url:
        source = TokenSource(issuer=running.contract("accounts-service"), url=url)
        runs = [compliance_of("accounts-service", url, tmp_path, source, effort) for _ in range(3)]
    assert [found.ratio for found in runs] == [1.0, 1.0, 1.0]


def test_reports_are_kept_for_their_owner_only_and_hold_no_token(tmp_path: Path, effort: Effort) -> None:
    source = with_minted_token()
    with running.service("reminder-service", tmp_path) as url:
        found = compliance_of("reminder-service", url, tmp_path, source, effort)
    directory = tmp_path / "reports" / "reminder-service"
    assert found.ratio == 1
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
    kept = {path.name: path.read_text() for path in directory.iterdir()}
    assert {"openapi.json", "schemathesis.toml", "run.ndjson", "junit.xml", "run.json", "stdout"} <= kept.keys()
    assert json.loads(kept["openapi.json"]) == running.contract("reminder-service").document
    assert not [name for name, text in kept.items() if source.token in text]


def test_two_runs_with_the_same_seed_send_the_same_number_of_cases(tmp_path: Path, effort: Effort) -> None:
    with running.service("reminder-service", tmp_path) as url:
        runs = [compliance_of("reminder-service", url, tmp_path, with_minted_token(), effort) for _ in range(2)]
    first, second = ([(o.operation, o.cases, o.successes) for o in found.operations] for found in runs)
    assert first == second


@pytest.mark.req("R0-207")
@pytest.mark.parametrize(
    ("fault", "operation", "sentence"),
    [
        ("wrong_status", "POST /books", "Undocumented status code (answered 200)"),
        ("undocumented_status", "GET /loans/{loan_id}", "Undocumented status code (answered 418)"),
        ("crash", "GET /books", "Server error (answered 500)"),
        ("missing_field", "GET /books", "Response violates schema (answered 200)"),
        ("locked", "GET /books", "no documented 2xx in"),
        ("open", "GET /books", "API accepts requests without authentication (answered 200)"),
    ],
)
def test_a_service_that_breaks_its_contract_does_not_conform(
    fault: str, operation: str, sentence: str, tmp_path: Path, effort: Effort
) -> None:
    with running.service("lending-service", tmp_path, fault=fault) as url:
        found = compliance_of("lending-service", url, tmp_path, with_minted_token(), effort)
    broken = next(result for result in found.operations if result.operation == operation)
    assert not broken.conforms
    assert [failure for failure in broken.failures if failure.startswith(sentence)], broken.failures
    assert next(result for result in found.operations if result.operation == "GET /health").conforms


@pytest.mark.req("R0-066")
def test_without_any_token_no_protected_operation_conforms(tmp_path: Path, effort: Effort) -> None:
    with running.service("reminder-service", tmp_path) as url:
        found = compliance_of("reminder-service", url, tmp_path, TokenSource(), effort)
    assert {result.operation: result.conforms for result in found.operations} == {
        "GET /health": True,
        "GET /reminders": False,
    }


def test_a_service_that_is_not_there_conforms_in_nothing(tmp_path: Path, effort: Effort) -> None:
    nobody = f"http://127.0.0.1:{running.free_port()}"
    found = compliance_of("reminder-service", nobody, tmp_path, TokenSource(), effort)
    assert [result.conforms for result in found.operations] == [False, False]
    assert "Connection refused" in " ".join(found.operations[0].failures), found


@pytest.mark.req("R0-234")
def test_tests_that_take_too_long_are_ended_and_say_so(tmp_path: Path, effort: Effort) -> None:
    with running.service("reminder-service", tmp_path) as url:
        hurried = replace(effort, timeout=0.2)
        found = compliance_of("reminder-service", url, tmp_path, TokenSource(), hurried)
    assert found.error == "the contract tests took longer than 0.2 s"
    assert found.conforming == 0
