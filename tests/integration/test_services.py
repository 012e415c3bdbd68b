"""The three Build 1 services as processes, on a real PostgreSQL."""

import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx2
import psutil
import psycopg
import pytest

from serving import MODULES, ready
from sluice.core import proc
from sluice.core.errors import ServiceCallFailed
from sluice.core.http import poll_until_healthy, request_json
from sluice.core.mcp import McpServer, ToolRejected
from sluice.core.ports import HOST, Ports
from sluice.phases.smoke import PROBES, try_server

pytestmark = pytest.mark.slow
DOCUMENT = {"openapi": "3.1.0", "info": {"title": "book-service", "version": "1.0.0"}, "paths": {}}
NEW = {
    "name": "book-service.openapi",
    "service": "book-service",
    "kind": "openapi",
    "version": "1.0.0",
    "document": DOCUMENT,
}


@pytest.fixture
def contract_engine(services):
    return ready(services["contract-engine"])


@pytest.fixture
def codebase(services):
    return ready(services["codebase-intelligence"])


def new(service, **changes):
    return {**NEW, "service": service, "name": f"{service}.openapi", **changes}


def log_lines(running):
    return [json.loads(line) for line in running.log.read_text().splitlines()]


@pytest.mark.req("R0-012", "R0-013", "R0-020", "R0-021", "R0-022", "R0-023", "R0-203")
def test_all_three_services_are_healthy_and_their_tools_work(services):
    for name, running in services.items():
        result = poll_until_healthy(ready(running).url, timeout=5, stable=0.3)
        assert (result.healthy, result.status) == (True, 200)
        calls = try_server(running.url, [probe for probe in PROBES if probe.server == name])
        assert [call for call in calls if not call.ok] == []


@pytest.mark.parametrize("name", MODULES)
def test_its_own_openapi_passes_schemathesis(services, name, tmp_path):
    running = ready(services[name])
    argv = [sys.executable, "-m", "schemathesis.cli", "run", f"{running.url}/openapi.json", "--max-examples", "15"]
    argv += ["--seed", "1", "--workers", "1", "--generation-database", "none"]
    if name == "architect":  # whether a text is a PRD is more than a schema can say
        argv += ["--exclude-checks", "positive_data_acceptance"]
    done = proc.run(argv, run_id="", cwd=tmp_path, timeout=240)
    assert done.code == 0, done.stdout[-4000:]


@pytest.mark.req("R0-040", "R0-041", "R0-042")
def test_a_contract_is_registered_validated_listed_and_read_back(contract_engine):
    contract = new("book-service")
    with McpServer(contract_engine.mcp) as engine:
        made = engine.call("create_contract", contract)
        assert (made["valid"], made["validated"]) == (False, False)
        (listed,) = engine.call("list_contracts", {"service": "book-service"})["contracts"]
        assert listed["validated_at"] is None
        assert engine.call("validate_spec", {"name": contract["name"]})["valid"] is True
        (listed,) = engine.call("list_contracts", {"service": "book-service"})["contracts"]
        assert listed["valid"]
        assert listed["validated_at"]
        read = engine.call("get_contract", {"name": contract["name"]})
        assert (read["document"], read["digest"], read["valid"]) == (DOCUMENT, made["digest"], True)


@pytest.mark.req("R0-041", "R0-043", "R0-089")
def test_faults_are_kept_with_the_contract_and_validation_by_content_counts(contract_engine):
    broken = {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}
    contract = new("broken-service", document=broken)
    with McpServer(contract_engine.mcp) as engine:
        made = engine.call("create_contract", contract)
        report = engine.call("validate_spec", {"document": json.dumps(broken)})
        read = engine.call("get_contract", {"name": contract["name"]})
        assert [error["pointer"] for error in report["errors"]] == ["/info"]
        assert (read["valid"], read["validated"], read["errors"]) == (False, True, report["errors"])
        assert engine.call("validate_spec", {"digest": made["digest"]}) == report


def test_key_order_and_every_character_survive(contract_engine):
    document = {**DOCUMENT, "x-z": "\u0000 \U0001f600", "x-a": {"b": 1.0, "a": 10**20}}
    contract = new("order-of-keys", document=document)
    with McpServer(contract_engine.mcp) as engine:
        engine.call("create_contract", contract)
        read = engine.call("get_contract", {"name": contract["name"]})["document"]
    assert list(read) == list(document)
    assert list(read["x-a"]) == ["b", "a"]
    assert read == document


def test_the_highest_version_is_the_one_without_a_name(contract_engine):
    with McpServer(contract_engine.mcp) as engine:
        for version in ("1.9.0", "1.10.0", "1.10.0-rc.1", "draft", "1.2.0"):
            engine.call("create_contract", new("many-versions", version=version))
        assert engine.call("get_contract", {"name": "many-versions.openapi"})["version"] == "1.10.0"


@pytest.mark.req("R0-040")
def test_twenty_parallel_registrations_make_one_contract(contract_engine):
    contracts = f"{contract_engine.url}/api/contracts"
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: httpx2.post(contracts, json=new("parallel-same")), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["digest"] for answer in answers}) == 1
    assert len(request_json("GET", f"{contracts}?service=parallel-same")) == 1


def test_of_parallel_contents_for_one_version_one_wins_and_the_others_are_told(contract_engine):
    contracts = f"{contract_engine.url}/api/contracts"
    contents = [new("parallel-other", document={**DOCUMENT, "x-number": number}) for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda body: httpx2.post(contracts, json=body), contents))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    won = next(answer.json()["digest"] for answer in answers if answer.status_code == 201)
    assert all(won in answer.json()["detail"] for answer in answers if answer.status_code == 409)


def test_services_that_start_at_once_on_an_empty_database_all_come_up(start):
    both = [start(name, wait=False) for name in ("contract-engine", "contract-engine", "codebase-intelligence")]
    assert all(poll_until_healthy(running.url, timeout=60).healthy for running in both)


def test_what_is_registered_survives_a_restart(start):
    first = start("contract-engine")
    request_json("POST", f"{first.url}/api/contracts", json=NEW)
    proc.stop(first.handle)
    second = start("contract-engine")
    assert request_json("GET", f"{second.url}/api/contracts/{NEW['name']}")["document"] == DOCUMENT


@pytest.mark.req("R0-221")
def test_an_open_session_survives_a_restart_and_names_a_service_that_is_gone(start):
    first = start("contract-engine")
    with McpServer(first.mcp) as engine:
        assert engine.call("list_contracts", {}) == {"contracts": []}
        proc.stop(first.handle)
        with pytest.raises(ServiceCallFailed, match=r"cannot (connect|call list_contracts)"):
            engine.call("list_contracts", {})
        start("contract-engine", port=int(first.url.rsplit(":", 1)[1]))
        assert engine.call("list_contracts", {}) == {"contracts": []}


@pytest.mark.req("R0-022")
def test_a_tree_is_indexed_found_and_replaced(codebase):
    base = f"{codebase.url}/api/codebase"
    files = [
        {"path": "app/shop.py", "content": "class Shop:\n    def open(self): ...\n"},
        {"path": "app/notes.txt", "content": "nothing"},
        {"path": "app/broken.py", "content": "def ("},
    ]
    report = request_json("PUT", f"{base}/trees/shop-service", json={"files": files})
    assert {key: report[key] for key in ("added", "changed", "removed")} == {"added": 3, "changed": 0, "removed": 0}
    (found,) = request_json("GET", f"{base}/definitions?symbol=Shop.open")
    assert (found["path"], found["line"], found["kind"]) == ("app/shop.py", 2, "method")
    broken = next(
        a for a in request_json("GET", f"{base}/artifacts?service=shop-service") if a["path"] == "app/broken.py"
    )
    assert broken["problem"].startswith("line 1")
    report = request_json("PUT", f"{base}/trees/shop-service", json={"files": [{**files[0], "content": "x = 1\n"}]})
    assert {key: report[key] for key in ("added", "changed", "removed")} == {"added": 0, "changed": 1, "removed": 2}
    assert request_json("GET", f"{base}/definitions?symbol=Shop&service=shop-service") == []


@pytest.mark.req("R0-022")
def test_artifacts_are_kept_by_the_sha_256_of_their_bytes(codebase):
    binary = {"service": "binary", "path": "x.bin", "content_base64": "AP8="}
    with McpServer(codebase.mcp) as tools:
        made = tools.call("register_artifact", binary)
        again = tools.call("register_artifact", binary)
    assert made == again
    assert made["language"] == "binary"
    answer = httpx2.get(f"{codebase.url}/api/codebase/artifacts/{made['digest']}")
    assert answer.content == b"\x00\xff"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../b", "a//b", "a/./b", "a\\b", "", "a/", "\0"])
def test_a_path_that_leaves_its_root_is_rejected(codebase, path):
    with McpServer(codebase.mcp) as tools, pytest.raises(ToolRejected):
        tools.call("register_artifact", {"service": "a", "path": path, "content": ""})


def test_parallel_registrations_of_one_file_leave_one_index(codebase):
    base = f"{codebase.url}/api/codebase"
    bodies = [{"service": "parallel", "path": "x.py", "content": f"def f(): return {n % 2}\n"} for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda body: httpx2.post(f"{base}/artifacts", json=body).status_code, bodies))
    assert set(answers) <= {200, 201}
    assert len(request_json("GET", f"{base}/definitions?symbol=f&service=parallel")) == 1


def test_health_is_503_and_calls_say_why_while_the_database_is_gone(start, postgres_url, database_url):
    running = start("contract-engine")
    name = database_url.rsplit("/", 1)[1]
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert httpx2.get(f"{running.url}/api/health").status_code == 503
        with pytest.raises(ServiceCallFailed, match="answered 503"):
            request_json("GET", f"{running.url}/api/contracts", retries=0)
        with McpServer(running.mcp) as engine, pytest.raises(ToolRejected, match="database does not answer"):
            engine.call("list_contracts", {})
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert poll_until_healthy(running.url, timeout=10).healthy


def test_sigterm_ends_it_cleanly_and_every_line_of_its_log_is_json(start):
    running = start("contract-engine")
    request_json("GET", f"{running.url}/api/contracts", headers={"X-Request-ID": "me-1"})
    process = psutil.Process(running.handle.pid)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)
    lines = log_lines(running)
    (mine,) = [line for line in lines if line.get("request_id") == "me-1"]
    assert (mine["path"], mine["status"], mine["service"]) == ("/api/contracts", 200, "contract-engine")
    assert any(line["message"] == "Application shutdown complete." for line in lines)


@pytest.mark.req("R0-013")
def test_polling_a_port_where_nothing_listens_ends_at_its_time_out():
    result = poll_until_healthy(f"http://{HOST}:{Ports().choose().port}", timeout=0.2)
    assert not result.healthy
    assert "cannot be reached" in result.detail
