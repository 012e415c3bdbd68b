import json

import pytest

from sluice.core.errors import InputError
from sluice.phases.gate.plant import copied, plant
from sluice.phases.gate.run import run_gate

SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}}
CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "x", "version": "1"},
    "paths": {"/things": {"get": {"responses": {"200": {"content": {"application/json": {"schema": SCHEMA}}}}}}},
}
FASTAPI = '''
    """A service."""
    import logging

    from fastapi import FastAPI
    from pydantic import BaseModel

    logger = logging.getLogger(__name__)
    app = FastAPI()


    class Thing(BaseModel):
        """A thing."""

        id: str


    @app.middleware("http")
    async def log(request, call_next):
        logger.info("%s", request.url.path)
        return await call_next(request)


    @app.get(
        "/health",
    )
    async def health() -> dict[str, str]:
        """Say ok."""
        return {"status": "ok"}


    @app.get("/things")
    async def things() -> Thing:
        """One thing."""
        return Thing(id="x")
'''
FLASK = """
    import logging
    from flask import Flask, request

    app = Flask(__name__)

    @app.before_request
    def log():
        logging.info(request.path)

    def health():
        return {}

    app.add_url_rule("/health", "health", health)
"""
DOCKERFILE = "FROM python:3.12-slim\nUSER app\nHEALTHCHECK CMD x\n"


def service(source):
    return {"app/main.py": source, "Dockerfile": DOCKERFILE, "openapi.json": json.dumps(CONTRACT)}


def three(*sources):
    return {f"s{n}/{path}": text for n, source in enumerate(sources) for path, text in service(source).items()}


@pytest.mark.req("R0-093", "R0-094", "R0-095", "R0-096")
def test_exactly_the_three_planted_violations_are_found_each_in_its_own_service(given, tmp_path):
    clean = given(three(FASTAPI, FASTAPI, FASTAPI))
    assert run_gate(clean).findings == ()
    copy = copied(clean, tmp_path / "planted")
    planted = plant(copy)
    result = run_gate(copy)
    assert sorted(f.check for f in result.findings) == ["HEALTH-001", "LOG-001", "SCHEMA-001"]
    assert {(f.check, f.service) for f in result.findings} == {(p.check, p.service) for p in planted}
    assert len({p.service for p in planted}) == 3
    assert result.planted
    assert result.overall_verdict in {"partial", "failed"}


@pytest.mark.req("R0-093", "R0-094", "R0-095")
def test_the_original_is_untouched_and_the_copy_can_be_made_again(given, tmp_path):
    clean = given(three(FASTAPI))
    before = {file: file.read_bytes() for file in sorted(tmp_path.rglob("*")) if file.is_file()}
    for _ in range(2):
        plant(copied(clean, tmp_path / "planted"))
    assert {file: file.read_bytes() for file in before} == before


def test_one_service_can_take_all_three(given, tmp_path):
    copy = copied(given(three(FASTAPI)), tmp_path / "planted")
    assert {p.service for p in plant(copy)} == {"s0"}
    assert sorted(f.check for f in run_gate(copy).findings) == ["HEALTH-001", "LOG-001", "SCHEMA-001"]


def test_flask_services_can_be_planted_too(given, tmp_path):
    copy = copied(given(three(FLASK, FASTAPI)), tmp_path / "planted")
    plant(copy)
    assert sorted(f.check for f in run_gate(copy).findings) == ["HEALTH-001", "LOG-001", "SCHEMA-001"]


def test_services_without_a_place_to_plant_in_are_bad_input(given, tmp_path):
    copy = copied(given({"svc/a.py": "x = 1\n"}), tmp_path / "planted")
    with pytest.raises(InputError, match="HEALTH-001"):
        plant(copy)
