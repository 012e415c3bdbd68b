import http.server
import json
import threading
from contextlib import contextmanager

import pytest

from sluice.model.hints import OperationHint
from sluice.phases.deploy.gateway import Answer, Exchange, Request
from sluice.phases.deploy.openapi import Operation
from sluice.phases.deploy.pacts import interaction, record, shape, verify

KINDS = {
    "id": "string",
    "name": "string",
    "size": "number",
    "price": "number",
    "open": "boolean",
    "access_token": "string",
}
DOCUMENT = {
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id", "name", "size", "price", "open", "note", "old_note", "tags"],
                "properties": {
                    **{name: {"type": kind} for name, kind in KINDS.items()},
                    "note": {"type": ["string", "null"]},
                    "old_note": {"type": "string", "nullable": True},
                    "nick": {"type": "string"},
                    "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
                },
            },
            "Tag": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {}}},
        }
    }
}
ONE = {"$ref": "#/components/schemas/Thing"}


def raw(status, body):
    schema = {"type": "array", "items": ONE} if isinstance(body, list) else ONE
    return {"responses": {str(status): {"content": {"application/json": {"schema": schema}}}}}


def exchange(method, path, status, body=None, *, kind="", statuses=("200",), sent=None, query=None):
    hint = OperationHint(kind=kind, entity="Thing") if kind else None
    operation = Operation(
        service="thing-service",
        method=method,
        path=path,
        operation_id=path,
        hint=hint,
        secured=True,
        statuses=statuses,
        raw=raw(status, body),
        document=DOCUMENT,
    )
    request = Request(operation=operation, body=sent, query=query or {}, token="t0k3n")
    return Exchange(request=request, answer=Answer(status, body))


THING = {
    "id": "a1",
    "name": "Ada",
    "size": 3,
    "price": 9.5,
    "open": True,
    "note": "new",
    "old_note": "old",
    "nick": "A",
    "tags": [{"a": 1, "b": 2}],
}


def test_of_an_answer_is_kept_what_the_contract_promises_without_its_values():
    kept = {"id": "text", "name": "text", "size": 1, "price": 1.0, "open": True, "tags": [{"a": 1}]}
    assert shape(THING, DOCUMENT, ONE) == kept
    assert shape([THING, THING], DOCUMENT, {"type": "array", "items": ONE}) == [kept]
    assert shape([], DOCUMENT, {"type": "array", "items": ONE}) == []
    assert shape({"a": 1}, DOCUMENT, None) == {}


def test_an_interaction_repeats_the_call_and_matches_by_type():
    made = interaction(exchange("GET", "/things", 200, [THING], query={"limit": 5}))
    assert made["request"] == {"method": "GET", "path": "/api/thing-service/things", "query": {"limit": ["5"]}}
    assert made["response"]["matchingRules"]["body"]["$"]["matchers"] == [{"match": "type"}]
    assert "t0k3n" not in json.dumps(made)
    assert "Ada" not in json.dumps(made)


def test_only_what_can_be_played_again_is_recorded(tmp_path):
    calls = [
        exchange("POST", "/register", 201, {"id": "a"}, kind="register", sent={"password": "s3cret-word"}),
        exchange("POST", "/login", 200, {"access_token": "x"}, kind="login", sent={"password": "s3cret-word"}),
        exchange("GET", "/login", 200, {"access_token": "x"}, kind="login", query={"pin": 1234}),
        exchange("POST", "/things", 201, THING, kind="create", sent={"name": "Ada"}),
        exchange("POST", "/unique", 201, THING, kind="create", statuses=("201", "409"), sent={"name": "Ada"}),
        exchange("GET", "/things/a1", 200, THING, kind="read"),
        exchange("GET", "/things/b2", 200, THING, kind="read"),
        exchange("PATCH", "/things/a1", 200, THING, kind="update", sent={"name": "Eve"}),
        exchange("DELETE", "/things/b2", 204, kind="delete"),
        exchange("GET", "/things", 200, [THING], kind="list"),
        exchange("GET", "/things", 200, [], kind="list"),
    ]
    files = record(calls, tmp_path / "pacts")
    text = files["thing-service"].read_text()
    told = [each["description"] for each in json.loads(text)["interactions"]]
    assert told == ["POST /things", "GET /things/a1", "GET /things"]
    assert "s3cret-word" not in text


ANSWERS = {
    "/api/thing-service/things": [{**THING, "extra": 1}, {**THING, "size": 7.5, "price": 4, "note": None}],
    "/api/thing-service/things/a1": {"id": 5, "name": "Ada"},
}


class Provider(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ANSWERS.get(self.path)
        if self.path.endswith("/token"):
            body = {"name": "x"} if self.headers["Authorization"] == "Bearer t0k3n" else {}
        text = json.dumps(body).encode()
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Nothing: the test's output is its own."""


@contextmanager
def provider():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_verifier_says_of_each_interaction_whether_it_holds(tmp_path):
    calls = [
        exchange("GET", "/things", 200, [{**THING, "price": 9.5}]),
        exchange("GET", "/things/a1", 200, THING),
        exchange("GET", "/gone", 200, THING),
        exchange("GET", "/token", 200, {"name": "x"}),
    ]
    with provider() as url:
        results = verify(record(calls, tmp_path), url, "t0k3n", run_id="")
    told = {result.interaction: result for result in results}
    assert {name: result.ok for name, result in told.items()} == {
        "GET /things": True,
        "GET /things/a1": False,
        "GET /gone": False,
        "GET /token": True,
    }
    assert "$.id" in told["GET /things/a1"].detail
    assert "404" in told["GET /gone"].detail


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_verifier_that_cannot_work_is_a_failure_of_the_pact(tmp_path, content):
    broken = tmp_path / "broken.json"
    broken.write_text(content)
    (result,) = verify({"thing-service": broken}, "http://127.0.0.1:9", "", run_id="")
    assert not result.ok
    assert result.service == "thing-service"
    assert result.detail


def test_no_interaction_needs_no_verifier():
    assert verify({}, "http://127.0.0.1:9", "", run_id="") == ()
