"""Many clients at once against one service of this machine; every answer must be a success."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from sluice.core.http import client_options
from sluice.model.base import JsonObject

CALL_TIMEOUT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """One REST call."""

    method: str
    path: str
    body: JsonObject | None = None


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One MCP call."""

    tool: str
    arguments: JsonObject


@dataclass(frozen=True, kw_only=True)
class Load:
    """What became of a load: seconds of each call, and what went wrong."""

    seconds: tuple[float, ...]
    failures: tuple[str, ...]

    @property
    def p99(self) -> float:
        """The 99th percentile of the seconds (nearest rank); 0 without a call."""
        ranked = sorted(self.seconds)
        return ranked[math.ceil(0.99 * len(ranked)) - 1] if ranked else 0.0


class _Notes:
    """What one load writes down."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.failures: list[str] = []

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Note how long the body took."""
        began = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - began)


async def over_rest(url: str, clients: int, calls: Callable[[int], Iterable[Request]]) -> Load:
    """`clients` connections at once, each with its own calls one after another."""

    async def one(number: int, notes: _Notes) -> None:
        async with httpx2.AsyncClient(**client_options(url, CALL_TIMEOUT_S)) as client:
            for call in calls(number):
                with notes.timed():
                    answer = await client.request(call.method, f"{url}{call.path}", json=call.body)
                if not answer.is_success:
                    notes.failures.append(f"{call.method} {call.path}: {answer.status_code} {answer.text[:200]}")

    return await _at_once(clients, one)


async def over_mcp(url: str, clients: int, calls: Callable[[int], Iterable[ToolCall]]) -> Load:
    """`clients` MCP sessions at once, each with its own calls one after another."""

    async def one(number: int, notes: _Notes) -> None:
        async with (
            httpx2.AsyncClient(**client_options(url, CALL_TIMEOUT_S)) as http,
            Client(streamable_http_client(f"{url}/mcp/", http_client=http)) as client,
        ):
            for call in calls(number):
                with notes.timed():
                    result = await client.call_tool(call.tool, call.arguments)
                if result.is_error:
                    notes.failures.append(f"{call.tool}: {str(result.content)[:200]}")

    return await _at_once(clients, one)


async def _at_once(clients: int, one: Callable[[int, _Notes], Awaitable[None]]) -> Load:
    notes = _Notes()
    ended = await asyncio.gather(*(one(number, notes) for number in range(clients)), return_exceptions=True)
    raised = [f"{type(error).__name__}: {error}" for error in ended if isinstance(error, BaseException)]
    return Load(seconds=tuple(notes.seconds), failures=(*notes.failures, *raised))
