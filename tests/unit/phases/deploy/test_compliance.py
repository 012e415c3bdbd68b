import json
import shlex
from pathlib import Path

import pytest

from data.library import running
from sluice.phases.deploy.compliance import curl, read_report
from sluice.phases.deploy.openapi import operations

REPORTS = Path(__file__).parents[3] / "data" / "schemathesis"
LENDING = operations(running.contract("lending-service"))


def results(path: Path):
    return {result.operation: result for result in read_report(path, LENDING).operations}


def event(kind: str, **data: object) -> str:
    return json.dumps({kind: data})


def scenario(label: str, case: dict, checks: list, status: int | None, phase: str = "fuzzing") -> str:
    interaction = {"request": {"method": case["method"], "uri": "http://127.0.0.1:1/x", "headers": {}}}
    if status is not None:
        interaction["response"] = {"status_code": status}
    recorder = {"label": label, "cases": {"c": {"value": case}}, "checks": {"c": checks}}
    return event("ScenarioFinished", phase=phase, recorder={**recorder, "interactions": {"c": interaction}})


DONE = event("PhaseFinished", phase={"name": "stateful"}, status="success")
GET_BOOKS = {"method": "GET", "path": "/books"}
PASSED = [{"name": "not_a_server_error", "status": "success"}]


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "run.ndjson"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.req("R0-064")
def test_a_clean_run_conforms_in_every_operation_of_the_contract() -> None:
    found = results(REPORTS / "lending-clean.ndjson")
    assert list(found) == [operation.label for operation in LENDING]
    assert all(result.conforms and result.successes for result in found.values())


@pytest.mark.req("R0-065")
def test_a_recorded_run_shows_that_the_stateful_phase_ran() -> None:
    found = read_report(REPORTS / "lending-clean.ndjson", LENDING)
    assert found.stateful_cases > 0
    assert found.error == ""


@pytest.mark.req("R0-207")
def test_a_wrong_status_is_a_short_sentence_with_a_command_that_reproduces_it() -> None:
    found = results(REPORTS / "lending-wrong_status.ndjson")
    assert [label for label, result in found.items() if not result.conforms] == ["POST /loans", "POST /books"]
    broken = found["POST /books"]
    assert broken.failures[0].startswith("Undocumented status code (answered 200): Received: 200")
    words = shlex.split(broken.reproduce)
    assert words[:4] == ["curl", "-i", "-X", "POST"]
    assert "Authorization: Bearer $TOKEN" in words
    assert words[-1].endswith("/books")


def test_an_operation_without_a_documented_2xx_does_not_conform(tmp_path: Path) -> None:
    path = written(tmp_path, scenario("GET /books", GET_BOOKS, PASSED, 401), DONE)
    found = results(path)["GET /books"]
    assert not found.conforms
    assert found.failures == ("no documented 2xx in 1 cases",)


def test_an_untested_operation_does_not_conform(tmp_path: Path) -> None:
    found = results(written(tmp_path, scenario("GET /books", GET_BOOKS, PASSED, 200), DONE))
    assert found["GET /books"].conforms
    assert found["POST /books"].failures == ("not tested: no case was generated for it",)


def test_a_2xx_that_the_contract_does_not_name_is_no_success(tmp_path: Path) -> None:
    found = results(written(tmp_path, scenario("GET /books", GET_BOOKS, PASSED, 204), DONE))
    assert found["GET /books"].successes == 0


def test_a_success_of_another_method_on_the_path_does_not_count(tmp_path: Path) -> None:
    options = {"method": "OPTIONS", "path": "/books"}
    found = results(written(tmp_path, scenario("GET /books", options, PASSED, 200), DONE))
    assert found["GET /books"].successes == 0


def test_stateful_cases_count_for_the_operation_they_called(tmp_path: Path) -> None:
    path = written(tmp_path, scenario("Stateful tests", GET_BOOKS, PASSED, 200, phase="stateful"), DONE)
    found = read_report(path, LENDING)
    assert found.stateful_cases == 1
    assert next(r for r in found.operations if r.operation == "GET /books").conforms


def test_a_check_that_crashed_is_a_failure(tmp_path: Path) -> None:
    crashed = [*PASSED, {"name": "use_after_free", "status": "error"}]
    found = results(written(tmp_path, scenario("GET /books", GET_BOOKS, crashed, 200), DONE))
    assert found["GET /books"].failures == ("check use_after_free crashed (answered 200)",)


def test_an_error_in_an_operation_makes_it_fail(tmp_path: Path) -> None:
    error = event("NonFatalError", label="GET /books", value={"message": "cannot\ngenerate"})
    path = written(tmp_path, scenario("GET /books", GET_BOOKS, PASSED, 200), error, DONE)
    assert results(path)["GET /books"].failures == ("could not be tested: cannot generate",)


def test_a_fatal_error_is_the_error_of_the_run(tmp_path: Path) -> None:
    path = written(tmp_path, event("FatalError", exception={"type": "OSError", "message": "gone"}), DONE)
    assert read_report(path, LENDING).error == "gone"


@pytest.mark.req("R0-065")
def test_a_run_whose_stateful_phase_did_nothing_is_an_error(tmp_path: Path) -> None:
    started = event("PhaseStarted", phase={"name": "stateful"}, payload={"transitions_selected": 3})
    assert read_report(written(tmp_path, started, DONE), LENDING).error == "the stateful phase did not run"


def test_a_run_that_was_cut_short_is_an_error_and_what_was_written_counts(tmp_path: Path) -> None:
    path = written(tmp_path, scenario("GET /books", GET_BOOKS, PASSED, 200), '{"ScenarioFinished": {"pha')
    found = read_report(path, LENDING)
    assert found.error == "the stateful phase did not run"
    assert next(r for r in found.operations if r.operation == "GET /books").conforms


def test_no_report_means_nothing_conforms(tmp_path: Path) -> None:
    found = read_report(tmp_path / "missing", LENDING)
    assert len(found.operations) == len(LENDING)
    assert not any(result.conforms for result in found.operations)


@pytest.mark.parametrize(("body", "start"), [("AA==", "echo AA== | base64 -d | curl"), ("e30=", "curl -i -X POST")])
def test_a_body_that_is_no_text_is_piped_into_the_command(body: str, start: str) -> None:
    request = {"method": "POST", "uri": "http://127.0.0.1:1/a'b", "headers": {}, "body": {"$base64": body}}
    command = curl({"request": request})
    assert command.startswith(start)
    assert shlex.split(command)[-1] == "http://127.0.0.1:1/a'b"
