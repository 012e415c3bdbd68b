"""States of contracts, deployability and changes on a real PostgreSQL, over REST and MCP."""

import copy
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from serving import ready
from sluice.core.http import request_json
from sluice.core.mcp import McpServer, ToolRejected

pytestmark = pytest.mark.slow
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "shelf-service", "version": "1.0.0"},
    "paths": {
        "/books": {
            "get": {
                "operationId": "listBooks",
                "responses": {
                    "200": {
                        "description": "All",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"isbn": {"type": "string"}, "title": {"type": "string"}},
                                }
                            }
                        },
                    }
                },
            }
        }
    },
}
TREE, OTHER_TREE, REPORT = (f"sha256:{letter * 64}" for letter in "abc")


@pytest.fixture
def base(services):
    return f"{ready(services['contract-engine']).url}/api/contracts"


@pytest.fixture
def tools(services):
    with McpServer(ready(services["contract-engine"]).mcp) as server:
        yield server


@pytest.fixture
def register(base):
    """Registers (and validates) a version; without `isbn` it is another document."""

    def make(service, version="1.0.0", *, isbn=True, validate=True, kind="openapi", document=None):
        content = {**copy.deepcopy(document or DOCUMENT), "x-of": service}  # validations go by content
        if not isbn:
            answer = content["paths"]["/books"]["get"]["responses"]["200"]["content"]["application/json"]
            del answer["schema"]["properties"]["isbn"]
        new = {"name": f"{service}.{kind}", "service": service, "kind": kind, "version": version, "document": content}
        request_json("POST", base, json=new)
        if validate:
            assert request_json("POST", f"{base}/{new['name']}/validations?version={version}")["valid"]
        return new["name"]

    return make


def put(base, name, state, evidence, version="1.0.0", **more):
    url = f"{base}/{name}/versions/{version}/states/{state}"
    return httpx2.put(url, json={"evidence": evidence, **more})


def go_live(base, name, version="1.0.0"):
    assert put(base, name, "implemented", TREE, version).status_code == 200
    assert put(base, name, "verified-live", REPORT, version).status_code == 200


def test_a_contract_goes_through_all_states_with_evidence_and_time(base, register):
    name = register("states-service", validate=False)
    assert put(base, name, "implemented", TREE).status_code == 409
    request_json("POST", f"{base}/{name}/validations")
    assert put(base, name, "verified-live", REPORT).status_code == 409
    assert put(base, name, "implemented", TREE).json()["state"] == "implemented"
    life = put(base, name, "verified-live", REPORT, basis=TREE).json()
    assert [item["state"] for item in life["reached"]] == ["registered", "validated", "implemented", "verified-live"]
    assert [item["evidence"] for item in life["reached"]][2:] == [TREE, REPORT]
    assert all(item["at"].endswith("+00:00") and item["evidence"].startswith("sha256:") for item in life["reached"])
    assert put(base, name, "verified-live", REPORT).json() == life
    assert request_json("GET", f"{base}/{name}/versions/1.0.0/states") == life
    assert httpx2.get(f"{base}/{name}/versions/9/states").status_code == 404


def test_a_new_build_ends_verified_live_until_that_build_is_verified(base, register):
    name = register("rebuilt-service")
    go_live(base, name)
    assert put(base, name, "implemented", OTHER_TREE).json()["state"] == "implemented"
    assert put(base, name, "verified-live", REPORT, basis=TREE).status_code == 409
    assert put(base, name, "verified-live", REPORT, basis=OTHER_TREE).json()["state"] == "verified-live"
    assert put(base, name, "implemented", TREE).json()["state"] == "verified-live"  # the first build, verified before


def test_parallel_records_of_one_state_leave_one(base, register):
    name = register("parallel-states")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: put(base, name, "implemented", TREE), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


def test_only_an_implemented_version_can_be_deployed(register, tools, base):
    name = register("early-service", validate=False)
    asked = {"service": "early-service", "version": "1.0.0"}
    assert tools.call("can_deploy", asked)["reasons"] == [f"{name} 1.0.0 has not been found to be valid"]
    tools.call("validate_spec", {"name": name})
    assert "not implemented" in tools.call("can_deploy", asked)["reasons"][0]
    tools.call("record_state", {"name": name, "version": "1.0.0", "state": "implemented", "evidence": TREE})
    answer = tools.call("can_deploy", asked)
    assert (answer["deployable"], answer["reasons"], answer["contracts"][0]["state"]) == (True, [], "implemented")
    assert request_json("GET", f"{base}/services/early-service/deployability") == answer
    with pytest.raises(ToolRejected, match="version 7 of early-service"):
        tools.call("can_deploy", {"service": "early-service", "version": "7"})


def test_a_version_that_takes_away_what_a_consumer_reads_cannot_be_deployed(register, tools, base):
    go_live(base, register("shelf-service"))
    name = register("shelf-service", "2.0.0", isbn=False)
    put(base, name, "implemented", OTHER_TREE, "2.0.0")
    free = tools.call("can_deploy", {"service": "shelf-service"})
    assert (free["version"], free["deployable"]) == ("2.0.0", True)
    assert "`isbn` was removed; no consumer is known to use it" in free["warnings"][0]
    needs = {"consumer": "order-service", "provider": "shelf-service", "operations": {"GET /books": ["title"]}}
    tools.call("declare_needs", needs)
    assert tools.call("can_deploy", {"service": "shelf-service"})["deployable"]
    operations = {"listBooks": ["isbn"]}
    request_json("PUT", f"{base}/services/shelf-service/consumers/order-service", json={"operations": operations})
    bound = tools.call("can_deploy", {"service": "shelf-service"})
    assert (bound["deployable"], bound["reasons"]) == (
        False,
        ["shelf-service.openapi breaks order-service: reads 1 removed field"],
    )
    changes = tools.call("compare_contracts", {"name": name, "old": "1.0.0", "new": "2.0.0"})
    assert request_json("GET", f"{base}/{name}/changes?old=1.0.0&new=2.0.0") == changes
    assert [(change["rule"], change["consumers"]) for change in changes["changes"]] == [
        ("property-removed", ["order-service: reads isbn"])
    ]


def event_document(action, *fields):
    payload = {"type": "object", "properties": {field: {"type": "string"} for field in fields}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "events", "version": "1.0.0"},
        "channels": {"Moved": {"address": "events.Moved", "messages": {"Moved": {"payload": payload}}}},
        "operations": {"one": {"action": action, "channel": {"$ref": "#/channels/Moved"}}},
    }


def test_a_live_consumer_of_an_event_is_known_from_its_own_contract(register, tools, base):
    go_live(base, register("mover-service", kind="asyncapi", document=event_document("send", "id", "town")))
    reader = register("letter-service", kind="asyncapi", document=event_document("receive", "town"))
    go_live(base, reader)
    name = register("mover-service", "2.0.0", kind="asyncapi", document=event_document("send", "id"))
    put(base, name, "implemented", OTHER_TREE, "2.0.0")
    answer = tools.call("can_deploy", {"service": "mover-service"})
    assert answer["reasons"] == ["mover-service.asyncapi breaks letter-service: reads 1 removed field"]
