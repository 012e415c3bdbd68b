"""Contracts to read, small ones made here and whole ones from the test data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.plan import Plan
from sluice.phases.build.builders.template.reading import read
from sluice.phases.build.builders.template.render import render

CONTRACTS = Path(__file__).parents[5] / "data" / "contracts"
UUID: JsonObject = {"type": "string", "format": "uuid"}
NAME: JsonObject = {"type": "string", "minLength": 1, "maxLength": 40}


def document(name: str, kind: str = "openapi") -> JsonObject | None:
    path = CONTRACTS / f"{name}.{kind}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def body(schema: JsonObject) -> JsonObject:
    return {"content": {"application/json": {"schema": schema}}}


def operation(name: str, status: int = 200, **more: object) -> JsonObject:
    """An operation that answers with a Thing; `answer`, `request`, `statuses` and any OpenAPI key may be given."""
    answer = more.pop("answer", {"$ref": "#/components/schemas/Thing"})
    request = more.pop("request", None)
    statuses = more.pop("statuses", (404, 422))
    others = {str(code): {"description": "refused"} for code in statuses}
    return {
        "operationId": name,
        **({"requestBody": {"required": True, **body(request)}} if request else {}),
        "responses": {str(status): {"description": "done", **(body(answer) if answer else {})}, **others},
        **more,
    }


def contract(
    paths: JsonObject,
    things: JsonObject | None = None,
    hint: JsonObject | None = None,
    required: tuple[str, ...] = (),
) -> JsonObject:
    """A contract with the entity Thing, whose properties may be added to."""
    thing: JsonObject = {
        "type": "object",
        "x-sluice": {"entity": "Thing", **(hint or {})},
        "required": ["id", "name", *required],
        "properties": {"id": {**UUID, "readOnly": True}, "name": NAME, **(things or {})},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "things", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": {"Thing": thing}},
    }


@pytest.fixture
def plan() -> Callable[..., Plan]:
    """`plan(paths, things, hint, required)`: the plan of a small contract."""

    def made(*parts: JsonObject, **more: JsonObject) -> Plan:
        return read("things", contract(*parts, **more), None)

    return made


@pytest.fixture(scope="session")
def planned() -> Callable[[str], Plan]:
    """The plan of a contract of the test data."""

    def made(name: str) -> Plan:
        openapi = document(name)
        assert openapi is not None
        return read(name, openapi, document(name, "asyncapi"))

    return made


@pytest.fixture(scope="session")
def rendered(planned: Callable[[str], Plan]) -> Callable[[str], dict[str, str]]:
    """The texts of a contract of the test data."""

    def made(name: str) -> dict[str, str]:
        openapi = document(name)
        assert openapi is not None
        return render(planned(name), openapi)

    return made


@pytest.fixture
def make_operation() -> Callable[..., JsonObject]:
    return operation
