import json

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from pydantic import BaseModel

from sluice.core.errors import InputError
from sluice.services.app import MAX_BODY_BYTES, Service, mcp_server, service_app
from sluice.services.failures import ConflictError, NotFoundError
from sluice.services.fields import Text
from sluice.services.tools import expose

BASE = "http://127.0.0.1:8000"
PREFIX = "/api/things"


class DownError(Exception):
    pass


class Storage:
    unavailable = (DownError,)

    def __init__(self, *, up=True):
        self.up = up
        self.calls = []

    def migrate(self):
        self.calls.append("migrate")

    def answers(self):
        return self.up

    def close(self):
        self.calls.append("close")


class Thing(BaseModel):
    name: Text
    size: int = 0


def twice(number: int) -> dict[str, int]:
    """Double a number."""
    if number < 0:
        raise InputError("negative", hint="give a positive one")
    if number == 0:
        raise DownError("gone")
    return {"number": number * 2}


def make(storage=None):
    server = mcp_server("things", "Keeps things.")
    expose(server, twice, unavailable=(DownError,))
    router = APIRouter()

    @router.post("/{name}")
    def put(name: str, thing: Thing) -> Thing:
        errors = {
            "missing": NotFoundError("no such thing"),
            "taken": ConflictError("another thing"),
            "bad": InputError("a bad thing"),
            "down": DownError("gone"),
            "broken": RuntimeError("secret detail"),
        }
        if name in errors:
            raise errors[name]
        return thing

    @router.get("/{name}")
    def read(name: str) -> str:
        return name

    return service_app(Service(name="things", prefix=PREFIX, server=server, router=router, database=storage))


@pytest.fixture
def client():
    with TestClient(make(Storage()), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


def rpc(client, method, params=None, **headers):
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    return client.post("/mcp/", json=body, headers={"Accept": "application/json, text/event-stream", **headers})


def test_health_names_the_service_and_its_version_under_both_paths(client):
    for path in ("/api/health", "/api/things/health"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "service": "things", "version": answer.json()["version"]}


def test_health_is_503_while_the_database_is_down():
    with TestClient(make(Storage(up=False)), base_url=BASE) as client:
        answer = client.get("/api/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_the_database_is_migrated_at_the_start_and_closed_at_the_end():
    storage = Storage()
    with TestClient(make(storage), base_url=BASE):
        assert storage.calls == ["migrate"]
    assert storage.calls == ["migrate", "close"]


@pytest.mark.parametrize(
    ("name", "status", "detail"),
    [
        ("missing", 404, "no such thing"),
        ("taken", 409, "another thing"),
        ("bad", 422, [{"loc": ["body"], "msg": "a bad thing", "type": "refused"}]),
        ("down", 503, "the database does not answer; try again later"),
        ("broken", 500, "unexpected error; the log of the service has the details"),
    ],
)
def test_every_failure_is_answered_as_detail(client, name, status, detail):
    answer = client.post(f"{PREFIX}/{name}", json={"name": "x"})
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_a_rejected_body_is_not_echoed(client):
    answer = client.post(f"{PREFIX}/x", json={"name": ["hunter2"]})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "name"]
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"name": NaN', b"[" * 200_000])
def test_a_body_that_is_not_json_is_a_400_or_422(client, body):
    answer = client.post(f"{PREFIX}/x", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert "detail" in answer.json()


def test_half_a_surrogate_pair_is_no_server_error(client):
    body = json.dumps({"name": "\ud800", "\udc00": 1})
    answer = client.post(f"{PREFIX}/x", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_a_body_beyond_the_limit_is_413(client):
    answer = client.post(f"{PREFIX}/x", json={"name": "x" * MAX_BODY_BYTES})
    assert answer.status_code == 413


def test_405_names_the_methods_of_all_routes_of_the_path(client):
    answer = client.delete(f"{PREFIX}/x")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


def test_a_well_formed_request_id_is_kept_and_another_replaced(client):
    assert client.get("/api/health", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/api/health", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_tools_are_listed_and_called_over_http(client):
    assert [tool["name"] for tool in rpc(client, "tools/list").json()["result"]["tools"]] == ["twice"]
    result = rpc(client, "tools/call", {"name": "twice", "arguments": {"number": 2}}).json()["result"]
    assert result["structuredContent"] == {"number": 4}


@pytest.mark.parametrize(
    ("number", "said"), [(-1, "negative"), (0, "the database does not answer"), ("x", "validation error")]
)
def test_an_expected_failure_of_a_tool_is_an_error_result_that_says_why(client, number, said):
    result = rpc(client, "tools/call", {"name": "twice", "arguments": {"number": number}}).json()["result"]
    assert result["isError"]
    assert said in result["content"][0]["text"]


def test_mcp_answers_only_to_its_own_names(client):
    assert rpc(client, "tools/list", Host="things:8000").status_code == 200
    assert rpc(client, "tools/list", Host="things").status_code == 200
    assert rpc(client, "tools/list", Host="evil.example").status_code == 421
