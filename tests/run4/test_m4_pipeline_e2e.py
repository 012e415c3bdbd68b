import json
import signal
from datetime import datetime

import pytest

from pipelines import EMBEDDED, PHASES, finished, invoke, left_behind, newest_run_id, signal_inside

pytestmark = pytest.mark.slow

SIX_HOURS = 6 * 3600
SERVERS = 9  # PostgreSQL, Redis, Traefik, the three Build 1 services and the three that were built
STACK_BYTES = 1.5 * 2**30


@pytest.mark.req("R0-170", "R0-010", "R0-012", "R0-014", "R0-201")
def test_pipeline_phase1_build1_health(tasktracker):
    health = tasktracker.artifact("StackHealth")
    names = {service["name"] for service in health["services"]}
    assert names == {"architect", "contract-engine", "codebase-intelligence"}
    assert all(service["healthy"] and service["status"] == 200 for service in health["services"])
    assert health["stable_seconds"] > 0


@pytest.mark.req("R0-171", "R0-020", "R0-021", "R0-022", "R0-023")
def test_pipeline_phase2_mcp_smoke(tasktracker):
    calls = tasktracker.artifact("SmokeReport")["calls"]
    assert {(call["server"], call["tool"]) for call in calls} >= {
        ("architect", "decompose"),
        ("contract-engine", "validate_spec"),
        ("contract-engine", "get_contract"),
        ("codebase-intelligence", "find_definition"),
        ("codebase-intelligence", "register_artifact"),
    }
    assert all(call["listed"] and call["answered"] and call["rejects_bad"] for call in calls)


@pytest.mark.req("R0-172", "R0-030", "R0-031", "R0-032", "R0-033", "R0-202")
def test_pipeline_phase3_architect_decompose(tasktracker):
    made = tasktracker.artifact("Decomposition")
    services = {service["name"] for service in made["service_map"]["services"]}
    assert services == {"auth-service", "order-service", "notification-service"}
    assert {entity["name"] for entity in made["domain_model"]["entities"]} == {"User", "Order", "Notification"}
    assert {stub["service"] for stub in made["contract_stubs"] if stub["kind"] == "openapi"} == services
    assert all(entity["source"]["line_start"] >= 1 for entity in made["domain_model"]["entities"])


@pytest.mark.req("R0-173", "R0-040", "R0-041", "R0-042", "R0-043", "R0-203")
def test_pipeline_phase4_contract_registration(tasktracker):
    contracts = tasktracker.artifact("ContractSet")["contracts"]
    stubs = tasktracker.artifact("Decomposition")["contract_stubs"]
    assert len(contracts) == len(stubs) >= 3
    assert all(contract["valid"] and contract["errors"] == [] for contract in contracts)
    documents = {(stub["service"], stub["kind"]): stub["document"] for stub in stubs}
    assert all(contract["document"] == documents[contract["service"], contract["kind"]] for contract in contracts)


@pytest.mark.req("R0-174", "R0-050", "R0-054", "R0-055", "R0-056")
def test_pipeline_phase5_parallel_builders(tasktracker):
    results = tasktracker.artifact("BuildResults")["results"]
    assert [result["service"] for result in results] == ["auth-service", "notification-service", "order-service"]
    for result in results:
        assert result["success"]
        assert result["measured"]["problems"] == []
        assert result["measured"]["tests"]["passed"] == result["measured"]["tests"]["total"] > 0
        job = tasktracker.root / "jobs" / result["service"] / f"attempt-{result['attempt']}"
        state = json.loads(next(job.rglob("STATE.JSON")).read_text())
        assert isinstance(state["summary"], dict)


@pytest.mark.req("R0-001", "R0-004", "R0-205")
def test_pipeline_e2e(tasktracker):
    assert tasktracker.code == 0, tasktracker.stderr[-4000:]
    assert tasktracker.summary["verdict"] == "passed"
    assert [event["data"]["name"] for event in tasktracker.events("phase.started")] == list(PHASES)
    assert [phase["status"] for phase in tasktracker.summary["phases"]] == ["passed"] * 7
    assert all(service["built"] and service["healthy"] for service in tasktracker.summary["services"])
    assert tasktracker.summary["findings"] == []


@pytest.mark.req("R0-175", "R0-161", "R4-13")
def test_pipeline_e2e_timing(tasktracker):
    manifest = tasktracker.manifest()
    began, ended = (datetime.fromisoformat(manifest[key]) for key in ("started", "ended"))
    assert 0 < manifest["seconds"] <= (ended - began).total_seconds() + 1
    assert manifest["seconds"] < SIX_HOURS
    assert len(manifest["memory"]) == SERVERS
    assert 0 < sum(manifest["memory"].values()) < STACK_BYTES
    assert sum(phase["seconds"] for phase in tasktracker.summary["phases"]) <= manifest["seconds"] + 1


@pytest.mark.req("R0-002", "R0-213")
def test_nothing_is_left_running_after_a_pipeline(tasktracker):
    assert left_behind(tasktracker.summary["run_id"]) == []


@pytest.mark.req("R0-176", "R0-162", "R0-212")
@pytest.mark.timeout(900)
def test_pipeline_checkpoint_resume(tasktracker, tmp_path):
    """SIGKILL inside each phase in turn; each resume goes on from the checkpoint, and the end is the same."""
    command = ("pipeline", *EMBEDDED)
    for phase in PHASES:
        signal_inside(tmp_path, phase, *command, lines_into=2 if phase in {"build", "deploy"} else 0)
        assert left_behind(newest_run_id(tmp_path)) == []
        command = ("resume",)
    resumed = finished(tmp_path, invoke(tmp_path, "resume", "--json"))
    assert (resumed.code, resumed.summary["verdict"]) == (0, "passed"), resumed.stderr[-4000:]
    assert left_behind(resumed.summary["run_id"]) == []
    assert resumed.passed_phases() == list(PHASES), "a phase that had passed ran again"
    for artifact in ("Decomposition", "ContractSet"):
        assert resumed.artifact(artifact) == tasktracker.artifact(artifact)
    assert resumed.manifest()["services"] == tasktracker.manifest()["services"] != {}
    assert resumed.summary["compliance"] == tasktracker.summary["compliance"]


@pytest.mark.req("R0-162")
def test_a_resume_of_a_finished_run_does_nothing_and_says_the_same(tasktracker):
    before = (tasktracker.root / "run_events.jsonl").read_bytes()
    again = finished(tasktracker.directory, invoke(tasktracker.directory, "resume", "--json"))
    assert (again.code, again.summary) == (0, tasktracker.summary)
    assert (tasktracker.root / "run_events.jsonl").read_bytes() == before


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.req("R0-213")
def test_an_interrupt_stops_everything_and_ends_with_130(tmp_path, name):
    code = signal_inside(tmp_path, "build", "pipeline", *EMBEDDED, number=getattr(signal, name), lines_into=1)
    run_id = newest_run_id(tmp_path)
    assert code == 130
    assert left_behind(run_id) == []
    plan = json.loads(invoke(tmp_path, "plan", "--json").stdout)
    assert [(row["phase"], row["action"]) for row in plan[:5]] == [
        ("health", "SKIP"),
        ("smoke", "SKIP"),
        ("decompose", "SKIP"),
        ("register", "SKIP"),
        ("build", "RERUN"),
    ]


def test_two_runs_make_byte_identical_contracts_and_services(tasktracker, planted):
    assert planted.artifact("ContractSet") == tasktracker.artifact("ContractSet")
    assert planted.manifest()["services"] == tasktracker.manifest()["services"] != {}
