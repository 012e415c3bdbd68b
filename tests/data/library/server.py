"""A small real service that serves one contract from memory: `CONTRACT=lending uvicorn server:app`.

`FAULT` breaks it in one way: `wrong_status`, `undocumented_status`, `crash`, `locked` (401 to everything), `open` (no
authentication), `missing_field`, `silent` (no event), `twice` (each event twice), `deaf` (consumes nothing), `forgets`
(answers as if it stored what it was sent).
"""

import contextlib
import json
import os
import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import jwt
import redis
import yaml
from fastapi import FastAPI, HTTPException, Request, Response

HERE = Path(__file__).parent
NAME, FAULT = os.environ["CONTRACT"], os.environ.get("FAULT", "")
SECRET = os.environ["JWT_SECRET"]
SPEC = yaml.safe_load((HERE / f"{NAME}.openapi.yaml").read_text())
EVENTS_FILE = HERE / f"{NAME}.asyncapi.yaml"
EVENTS = yaml.safe_load(EVENTS_FILE.read_text()) if EVENTS_FILE.exists() else {"operations": {}}
SERVICE = SPEC["info"]["title"]
ROWS: dict[str, list[dict[str, Any]]] = {}
PASSWORDS: dict[str, tuple[str, str]] = {}
BUS = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True) if os.environ.get("REDIS_URL") else None

app = FastAPI(title=SERVICE)
app.openapi = lambda: SPEC  # type: ignore[method-assign]


def caller(request: Request) -> str:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        return str(jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})["sub"])
    except jwt.PyJWTError as error:
        if FAULT == "open":
            return str(uuid.uuid4())
        raise HTTPException(401, "who are you?") from error


async def body_of(request: Request, operation: dict[str, Any]) -> Any:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise HTTPException(422, [{"msg": "JSON please"}])
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(422, [{"msg": "not JSON"}]) from error
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    check({**schema, "components": SPEC["components"]}, body)
    return body


def check(schema: dict[str, Any], value: Any) -> None:
    if not jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(value):
        raise HTTPException(422, [{"msg": "invalid"}])


def query_of(request: Request, operation: dict[str, Any]) -> tuple[int, int]:
    found = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            raw = request.query_params.get(parameter["name"], str(parameter["schema"]["default"]))
            try:
                found[parameter["name"]] = int(raw)
            except ValueError as error:
                raise HTTPException(422, [{"msg": "integer please"}]) from error
            check(parameter["schema"], found[parameter["name"]])
    return found.get("limit", 50), found.get("offset", 0)


def publish(operation_id: str, row: dict[str, Any]) -> None:
    for operation in EVENTS["operations"].values():
        hint = operation.get("x-sluice", {})
        if operation["action"] == "send" and operation_id in hint.get("on", ()) and BUS and FAULT != "silent":
            name = operation["channel"]["$ref"].rsplit("/", 1)[-1]
            properties = EVENTS["components"]["schemas"][name]["properties"]
            data = {key: row[hint["values"].get(key, {}).get("from_field", key)] for key in properties}
            entry = {"id": str(uuid.uuid4()), "type": name, "source": SERVICE, "data": json.dumps(data)}
            for _ in range(2 if FAULT == "twice" else 1):
                BUS.xadd(f"events.{name}", {**entry, "time": datetime.now(UTC).isoformat()})


def consume() -> None:
    for operation in EVENTS["operations"].values():
        if operation["action"] == "receive" and BUS and FAULT != "deaf":
            name, hint = operation["channel"]["$ref"].rsplit("/", 1)[-1], operation["x-sluice"]
            threading.Thread(target=follow, args=(BUS, f"events.{name}", hint), daemon=True).start()


def follow(bus: redis.Redis, stream: str, hint: dict[str, Any]) -> None:
    with contextlib.suppress(redis.ResponseError):
        bus.xgroup_create(stream, SERVICE, id="0", mkstream=True)
    while True:
        for _, entries in bus.xreadgroup(SERVICE, "one", {stream: ">"}, block=500) or ():
            for entry_id, fields in entries:
                data = json.loads(fields["data"])
                row = {k: v.get("const") or data[v["from_field"]] for k, v in hint["values"].items()}
                ROWS.setdefault(hint["creates"], []).append({"id": str(uuid.uuid4()), **row})
                bus.xack(stream, SERVICE, entry_id)


def create(body: dict[str, Any], hint: dict[str, Any], owner: str) -> dict[str, Any]:
    entity = hint["entity"]
    schema = SPEC["components"]["schemas"][entity]
    rows = ROWS.setdefault(entity, [])
    server_set = {"id": str(uuid.uuid4()), "created_at": datetime.now(UTC).isoformat(), "status": "open"}
    row = {k: body.get(k, server_set.get(k)) for k in schema["properties"] if k in body or k in server_set}
    if owner_field := schema["x-sluice"].get("owner_field"):
        row[owner_field] = owner
    for key, value in schema["properties"].items():
        about = value.get("x-sluice", {})
        if about.get("unique") and any(other.get(key) == row[key] for other in rows):
            raise HTTPException(409, "there is one")
        if about.get("local") and not any(r["id"] == row[key] for r in ROWS.get(about["references"], ())):
            raise HTTPException(404, "no such thing")
    if FAULT != "forgets":
        rows.append(row)
    return row


def tokens(account: str) -> dict[str, Any]:
    claims = {"sub": account, "exp": datetime.now(UTC) + timedelta(minutes=15), "jti": uuid.uuid4().hex}
    access, refresh = (jwt.encode({**claims, "type": kind}, SECRET) for kind in ("access", "refresh"))
    return {"access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": 900}


def mine(entity: str, owner: str) -> list[dict[str, Any]]:
    field = SPEC["components"]["schemas"][entity]["x-sluice"].get("owner_field")
    return [row for row in ROWS.get(entity, ()) if not field or row[field] == owner]


async def answer(request: Request, operation: dict[str, Any]) -> Any:
    hint = operation.get("x-sluice", {"kind": "health"})
    kind, entity = hint["kind"], hint.get("entity", "")
    owner = caller(request) if operation.get("security", SPEC.get("security")) else ""
    if FAULT == "locked" and kind != "health":
        raise HTTPException(401, "no")
    if FAULT == "crash" and kind == "list":
        raise HTTPException(500, "crash")
    if FAULT == "undocumented_status" and kind == "read":
        raise HTTPException(418, "teapot")
    if kind == "health":
        return {"status": "ok"}
    if kind == "list":
        limit, offset = query_of(request, operation)
        rows = mine(entity, owner)[offset : offset + limit]
        return [dict(list(row.items())[:-1]) for row in rows] if FAULT == "missing_field" else rows
    if kind == "me":
        return next((row for row in ROWS.get(entity, ()) if row["id"] == owner), None) or HTTPException(401, "gone")
    if kind == "read":
        found = [row for row in mine(entity, owner) if row["id"] == request.path_params[hint["key"]]]
        return found[0] if found else HTTPException(404, "no such thing")
    body = await body_of(request, operation)
    if kind == "login":
        known = PASSWORDS.get(body["email"])
        return tokens(known[0]) if known and known[1] == body["password"] else HTTPException(401, "no")
    row = create(body, hint, owner)
    if kind == "register":
        PASSWORDS[body["email"]] = (row["id"], body["password"])
    publish(operation["operationId"], row)
    return row


def route(path: str, methods: dict[str, dict[str, Any]]) -> None:
    async def endpoint(request: Request) -> Response:
        operation = methods[request.method.lower()]
        result = await answer(request, operation)
        if isinstance(result, HTTPException):
            raise result
        status = int(next(iter(operation["responses"])))
        code = 200 if FAULT == "wrong_status" and status == 201 else status
        return Response(json.dumps(result), status_code=code, media_type="application/json")

    for prefix in ("", f"/api/{SERVICE}"):
        app.add_api_route(prefix + path, endpoint, methods=[method.upper() for method in methods])


for at, operations in SPEC["paths"].items():
    route(at, operations)
consume()
