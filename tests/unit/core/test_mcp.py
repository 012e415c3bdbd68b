from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from sluice.core import mcp
from sluice.core.errors import ServiceCallFailed
from sluice.core.mcp import ATTEMPTS, McpServer, ToolRejected

URL = "http://127.0.0.1:1/mcp/"


def server():
    made = MCPServer("things", log_level="WARNING")

    @made.tool()
    def double(number: int) -> dict[str, int]:
        """Double it."""
        if number < 0:
            raise ToolError("negative")
        return {"number": number * 2}

    @made.tool(structured_output=False)
    def talk() -> str:
        return "hello"

    @made.tool()
    async def wait() -> dict[str, int]:
        import anyio

        await anyio.sleep_forever()

    return made


@pytest.fixture
def sessions(monkeypatch):
    """In-process sessions; each fault given is raised instead of one of them.  Returns how many were opened."""
    opened = []
    monkeypatch.setattr(mcp, "FIRST_PAUSE_S", 0)

    def given(*faults):
        waiting = list(faults)
        made = server()

        @asynccontextmanager
        async def session(_url):
            opened.append(_url)
            if waiting:
                raise waiting.pop(0)
            async with Client(made) as client:
                yield client

        monkeypatch.setattr(mcp, "_session", session)
        return opened

    return given


def nested(error):
    return ExceptionGroup("transport", [ExceptionGroup("inner", [error])])


@pytest.mark.req("R0-220")
def test_tools_come_with_both_schemas(sessions):
    sessions()
    with McpServer(URL) as things:
        tools = things.tools()
    assert sorted(tools) == ["double", "talk", "wait"]
    assert tools["double"].description == "Double it."
    assert tools["double"].input_schema["required"] == ["number"]
    assert tools["double"].output_schema["type"] == "object"
    assert tools["talk"].output_schema is None


def test_a_call_answers_the_structured_content_over_one_session(sessions):
    opened = sessions()
    with McpServer(URL) as things:
        assert things.call("double", {"number": 2}) == {"number": 4}
        assert things.call("double", {"number": 3}) == {"number": 6}
    assert opened == [URL]


def test_an_error_result_is_a_rejection_with_its_text(sessions):
    sessions()
    with McpServer(URL) as things:
        with pytest.raises(ToolRejected) as caught:
            things.call("double", {"number": -1})
        assert caught.value.text == "negative"
        with pytest.raises(ToolRejected, match="double"):
            things.call("double", {})


@pytest.mark.req("R0-220")
def test_a_missing_tool_is_named_before_it_is_called(sessions):
    sessions()
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed) as caught:
        things.call("triple", {})
    assert "no tool triple" in caught.value.brief
    assert "double" in caught.value.details[0]


def test_an_answer_without_structure_is_an_error(sessions):
    sessions()
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed, match="no structured answer"):
        things.call("talk", {})


@pytest.mark.req("R0-221")
@pytest.mark.parametrize("fault", [httpx2.ConnectError("refused"), MCPError(-32000, "lost")])
def test_a_lost_connection_is_opened_again(sessions, fault):
    opened = sessions(nested(fault), nested(fault))
    with McpServer(URL) as things:
        assert things.call("double", {"number": 1}) == {"number": 2}
    assert len(opened) == 3


@pytest.mark.req("R0-221")
def test_attempts_are_bounded_and_end_with_the_reason(sessions):
    opened = sessions(*[nested(httpx2.ConnectError("refused"))] * 10)
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed) as caught:
        things.tools()
    assert len(opened) == ATTEMPTS
    assert caught.value.details == ("ConnectError: refused",)
    assert caught.value.hint


def test_a_refusal_of_the_server_is_not_repeated(sessions):
    opened = sessions(*[nested(MCPError(-32603, "Server returned an error response"))] * 3)
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed, match="cannot connect"):
        things.tools()
    assert len(opened) == 1


def test_a_server_that_accepts_and_never_answers_is_told_as_such(sessions):
    sessions(TimeoutError())
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed, match="did not connect within 10 s"):
        things.tools()


class Dropping:
    """A client whose connection is lost during each call."""

    def __init__(self, client, calls):
        self.client = client
        self.calls = calls

    async def list_tools(self):
        return await self.client.list_tools()

    async def call_tool(self, tool, _arguments):
        self.calls.append(tool)
        raise MCPError(-32000, "lost")


@pytest.mark.req("R0-221")
@pytest.mark.parametrize(("idempotent", "calls"), [(True, ATTEMPTS), (False, 1)])
def test_a_call_lost_on_the_way_is_repeated_only_when_that_is_safe(monkeypatch, idempotent, calls):
    made = []

    @asynccontextmanager
    async def session(_url):
        async with Client(server()) as client:
            yield Dropping(client, made)

    monkeypatch.setattr(mcp, "_session", session)
    monkeypatch.setattr(mcp, "FIRST_PAUSE_S", 0)
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed, match="lost"):
        things.call("double", {"number": 1}, idempotent=idempotent)
    assert len(made) == calls


def test_a_call_that_takes_too_long_says_so(sessions):
    sessions()
    with McpServer(URL) as things, pytest.raises(ServiceCallFailed, match=r"did not call wait within 0.05 s"):
        things.call("wait", {}, timeout=0.05)
