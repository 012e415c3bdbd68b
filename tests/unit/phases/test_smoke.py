from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp import Client
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

from sluice.core import mcp
from sluice.model.health import SmokeCall, SmokeReport
from sluice.phases.smoke import PROBES, Probe, judge, try_server

PROBE = Probe(
    server="things",
    tool="double",
    good={"number": 2},
    holds=lambda answer: answer.get("number") == 4,
    bad={"number": -1},
)


@pytest.fixture
def tried(monkeypatch):
    """How `PROBE` goes against a server with this tool."""

    def given(tool=None, **options):
        made = MCPServer("things", log_level="WARNING")
        if tool:
            made.tool(name="double", **options)(tool)

        @asynccontextmanager
        async def session(_url):
            async with Client(made) as client:
                yield client

        monkeypatch.setattr(mcp, "_session", session)
        (call,) = try_server("http://127.0.0.1:1", [PROBE])
        return call

    return given


def right(number: int) -> dict[str, int]:
    if number < 0:
        raise ToolError("negative")
    return {"number": number * 2}


@pytest.mark.req("R0-023")
def test_a_right_tool_works(tried):
    assert tried(right).ok


@pytest.mark.req("R0-023")
def test_a_missing_tool_is_named(tried):
    call = tried()
    assert (call.listed, call.detail) == (False, "is not listed")
    assert judge(SmokeReport(calls=(call,)), [PROBE]) == "things: double is not listed"


@pytest.mark.req("R0-220")
def test_a_tool_whose_parameters_have_changed_says_which(tried):
    def renamed(value: int) -> dict[str, int]:
        return {"number": value}

    call = tried(renamed)
    assert (call.listed, call.answered, call.detail) == (True, False, "does not take number")


def test_a_tool_that_accepts_a_bad_call_does_not_work(tried):
    def lax(number: int) -> dict[str, int]:
        return {"number": number * 2}

    call = tried(lax)
    assert (call.answered, call.rejects_bad, call.detail) == (True, False, "accepts a bad call")


def test_a_tool_that_refuses_a_good_call_does_not_work(tried):
    def strict(number: int) -> dict[str, int]:
        raise ToolError(f"never {number}")

    call = tried(strict)
    assert (call.answered, call.rejects_bad) == (False, True)
    assert "never" in call.detail


def test_an_answer_other_than_asked_does_not_count(tried):
    def wrong(number: int) -> dict[str, int]:
        if number < 0:
            raise ToolError("negative")
        return {"number": 0}

    assert tried(wrong).detail == "answers a good call, but not what was asked"


def test_an_answer_other_than_declared_does_not_count(tried):
    def liar(number: int) -> dict[str, int]:
        if number < 0:
            raise ToolError("negative")
        return CallToolResult(content=[TextContent(text="x")], structured_content={"number": "four"})

    call = tried(liar)
    assert not call.answered
    assert call.detail


def test_a_tool_without_an_output_schema_does_not_work(tried):
    assert tried(right, structured_output=False).detail == "declares no output schema"


def test_a_server_that_cannot_be_reached_fails_every_tool(monkeypatch):
    @asynccontextmanager
    async def session(_url):
        raise httpx2.ConnectError("refused")
        yield

    monkeypatch.setattr(mcp, "_session", session)
    monkeypatch.setattr(mcp, "FIRST_PAUSE_S", 0)
    calls = try_server("http://127.0.0.1:1", [PROBE, PROBE])
    assert [call.listed for call in calls] == [False, False]
    assert "cannot connect" in calls[0].detail


@pytest.mark.req("R0-020", "R0-021", "R0-022")
def test_every_tool_that_later_phases_call_is_probed():
    assert {(probe.server, probe.tool) for probe in PROBES} >= {
        ("architect", "decompose"),
        ("contract-engine", "create_contract"),
        ("contract-engine", "validate_spec"),
        ("contract-engine", "get_contract"),
        ("contract-engine", "list_contracts"),
        ("codebase-intelligence", "find_definition"),
        ("codebase-intelligence", "register_artifact"),
    }


@pytest.mark.req("R0-023")
def test_a_tool_that_was_not_tried_refuses_the_gate():
    works = [
        SmokeCall(server=p.server, tool=p.tool, listed=True, answered=True, rejects_bad=True, detail="") for p in PROBES
    ]
    assert judge(SmokeReport(calls=tuple(works))) == ""
    assert judge(SmokeReport(calls=tuple(works[1:]))) == "architect: decompose was not tried"
