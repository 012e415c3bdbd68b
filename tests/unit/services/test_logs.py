import json
import logging
import sys

import pytest

from sluice.services.logs import JsonFormatter, RequestLog, configure_logging


def record(message="hello", data=None, error=None):
    extra = logging.LogRecord("sluice.test", logging.INFO, "file", 1, message, (), error)
    if data:
        extra.data = data
    return extra


def test_a_record_is_one_line_of_json():
    line = JsonFormatter("things").format(record("two\nlines", {"status": 200}))
    assert "\n" not in line
    told = json.loads(line)
    assert (told["service"], told["level"], told["message"], told["status"]) == ("things", "info", "two\nlines", 200)


def test_a_traceback_stays_within_its_line():
    try:
        int("wrong")
    except ValueError:
        line = JsonFormatter("things").format(record(error=sys.exc_info()))
    assert "ValueError" in json.loads(line)["traceback"]


@pytest.fixture
def restored():
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn")
    before = (root.handlers, root.level, uvicorn.handlers, uvicorn.propagate)
    yield
    root.handlers, root.level, uvicorn.handlers, uvicorn.propagate = before


@pytest.mark.usefixtures("restored")
def test_everything_goes_to_stdout_as_json(capsys):
    configure_logging("things")
    logging.getLogger("uvicorn").warning("careful")
    logging.getLogger("sluice.x").info("done")
    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in out] == ["careful", "done"]


async def drive(app, path):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    await RequestLog(app)({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
    return sent


def test_a_request_is_logged_with_method_path_status_and_time(caplog):
    import asyncio

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})

    with caplog.at_level(logging.INFO, "sluice.requests"):
        asyncio.run(drive(app, "/x"))
    (line,) = caplog.records
    assert {key: line.data[key] for key in ("method", "path", "status")} == {
        "method": "GET",
        "path": "/x",
        "status": 204,
    }
    assert line.data["ms"] >= 0


def test_a_healthy_probe_is_not_logged_but_a_failing_one_is(caplog):
    import asyncio

    def app(status):
        async def answer(_scope, _receive, send):
            await send({"type": "http.response.start", "status": status, "headers": []})

        return answer

    with caplog.at_level(logging.INFO, "sluice.requests"):
        asyncio.run(drive(app(200), "/api/health"))
        asyncio.run(drive(app(503), "/api/health"))
    assert [line.data["status"] for line in caplog.records] == [503]
