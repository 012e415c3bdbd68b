"""Each Build 1 service by itself, as an MCP client of an editor starts it."""

import asyncio
import json
import subprocess
import sys
from contextlib import asynccontextmanager

import psutil
import pytest
from mcp import Client, StdioServerParameters

from pipelines import GRACE_S
from sluice.core.environment import child_environment
from sluice.core.proc import Handle, run

pytestmark = pytest.mark.slow
CONTRACT = {
    "name": "book-service.openapi",
    "service": "book-service",
    "kind": "openapi",
    "version": "1.0.0",
    "document": {"openapi": "3.1.0", "info": {"title": "book-service", "version": "1.0.0"}, "paths": {}},
}


@pytest.fixture
def data(tmp_path):
    """Where the private database is kept; it must not be left running."""
    home = tmp_path / "data"
    yield home
    psutil.wait_procs([psutil.Process(server(home).pid)] if server(home).alive() else [], timeout=GRACE_S)
    assert not server(home).alive()


def server(home):
    known = json.loads((home / "server.json").read_text())
    return Handle(name="postgres", pid=known["pid"], started=known["started"])


@asynccontextmanager
async def client(service, *arguments):
    argv = ["-m", f"sluice.services.{service}", "--stdio", *arguments]
    async with Client(StdioServerParameters(command=sys.executable, args=argv, env=child_environment())) as connected:
        yield connected


async def answer(connected, tool, arguments):
    result = await connected.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


def test_the_architect_answers_over_stdio():
    async def talk():
        async with client("architect") as architect:
            prd = "# Pings\n\n## Services\n\n### ping-service\n\n- `GET /pings` lists pings\n"
            return await answer(architect, "decompose", {"prd": prd})

    (found,) = asyncio.run(talk())["service_map"]["services"]
    assert found["name"] == "ping-service"


def test_the_codebase_intelligence_answers_over_stdio_without_a_database_of_the_users(data):
    async def talk():
        async with client("codebase_intelligence", "--data", str(data)) as codebase:
            content = "class Shop:\n    def open(self): ...\n"
            await answer(codebase, "register_artifact", {"service": "shop", "path": "shop.py", "content": content})
            return await answer(codebase, "find_definition", {"symbol": "Shop.open"})

    (found,) = asyncio.run(talk())["definitions"]
    assert (found["path"], found["line"]) == ("shop.py", 2)


def test_two_editors_share_one_database_which_keeps_what_was_stored(data):
    async def talk():
        async with client("contract_engine", "--data", str(data)) as one:
            running = server(data)
            async with client("contract_engine", "--data", str(data)) as other:
                await answer(other, "create_contract", CONTRACT)
            assert running == server(data)
            assert running.alive()
            return await answer(one, "get_contract", {"name": CONTRACT["name"]})

    async def again():
        async with client("contract_engine", "--data", str(data)) as engine:
            return await answer(engine, "list_contracts", {})

    made = asyncio.run(talk())
    assert made["document"] == CONTRACT["document"]
    assert [each["digest"] for each in asyncio.run(again())["contracts"]] == [made["digest"]]


def test_the_database_ends_when_its_only_user_is_killed(data):
    argv = [sys.executable, "-m", "sluice.services.contract_engine", "--stdio", "--data", str(data)]
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment()) as process:
        process.stdin.write(json.dumps(hello).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "contract-engine"
        assert server(data).alive()
        process.kill()


@pytest.mark.parametrize("arguments", [[], ["--stdio", "--port", "1"], ["--port", "x"], ["--data"]])
def test_a_wrong_command_line_is_refused_with_the_usage(arguments, tmp_path):
    done = run([sys.executable, "-m", "sluice.services.contract_engine", *arguments], cwd=tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert "usage: python -m sluice.services.contract_engine" in done.stderr
