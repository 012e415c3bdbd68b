"""MCP tools of a service from synchronous code: checked before use, retried when the connection fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal

from sluice.core.errors import ServiceCallFailed
from sluice.core.http import client_options
from sluice.model.base import JsonObject

if TYPE_CHECKING:
    from mcp import Client

T = TypeVar("T")
CONNECT_TIMEOUT_S: Final = 10.0
CALL_TIMEOUT_S: Final = 60.0
ATTEMPTS: Final = 4
FIRST_PAUSE_S: Final = 0.2
_CONNECTION_LOST: Final = -32000
_RUNNING: Final = "is it running? `invoke status` and `invoke logs` tell"


class ToolRejected(ServiceCallFailed):
    """The tool answered with an error result; `text` is what it said."""

    def __init__(self, server: str, tool: str, text: str) -> None:
        self.text = text.removeprefix(f"Error executing tool {tool}: ")
        super().__init__(f"{tool} of {server} refused the call", details=self.text.splitlines()[:20])


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool as the server lists it; the schemas are JSON Schemas, `output_schema` None for free text."""

    name: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject | None


class McpServer:
    """An MCP server at `url` (`http://127.0.0.1:8001/mcp/`), as a context manager; connects when first used.

    Not for use from several threads at once.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None
        self._session = ExitStack()
        self._client: Client | None = None
        self._tools: dict[str, Tool] = {}

    def __enter__(self) -> Self:
        self._portal = self._stack.enter_context(start_blocking_portal())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()
        self._portal = None
        self._stack.__exit__(kind, error, trace)

    def tools(self) -> Mapping[str, Tool]:
        """All tools by name.

        Raises:
            ServiceCallFailed: the server does not answer.
        """
        if not self._tools:
            listed = self._retried("list its tools", lambda client: client.list_tools(), CALL_TIMEOUT_S, repeat=True)
            self._tools = {
                tool.name: Tool(
                    name=tool.name,
                    description=tool.description or "",
                    input_schema=tool.input_schema,
                    output_schema=tool.output_schema,
                )
                for tool in listed.tools
            }
        return self._tools

    def require(self, names: Iterable[str]) -> None:
        """Make sure that the server has these tools.

        Raises:
            ServiceCallFailed: some are missing, and which; or the server does not answer.
        """
        missing = sorted(set(names) - self.tools().keys())
        if missing:
            raise ServiceCallFailed(
                f"{self.url} has no tool {', '.join(missing)}",
                details=[f"it has: {', '.join(sorted(self._tools)) or 'none'}"],
                hint="is this the right service, in the right version?",
            )

    def call(
        self, tool: str, arguments: JsonObject, *, timeout: float = CALL_TIMEOUT_S, idempotent: bool = True
    ) -> JsonObject:
        """The structured answer of a tool.

        Args:
            tool: its name; that the server has it is checked first.
            arguments: by name.
            timeout: seconds for each attempt.
            idempotent: whether the call may be repeated when the connection is lost on the way.

        Raises:
            ToolRejected: the tool answered with an error result.
            ServiceCallFailed: no such tool, no answer, or one without structured content.
        """
        self.require([tool])
        result = self._retried(
            f"call {tool}", lambda client: client.call_tool(tool, arguments), timeout, repeat=idempotent
        )
        if result.is_error:
            text = "\n".join(part.text for part in result.content if part.type == "text")
            raise ToolRejected(self.url, tool, text)
        if not isinstance(result.structured_content, dict):
            hint = "the tool must declare what it returns"
            raise ServiceCallFailed(f"{tool} of {self.url} gave no structured answer", hint=hint)
        return result.structured_content

    def _retried(self, what: str, action: "Callable[[Client], Awaitable[T]]", timeout: float, *, repeat: bool) -> T:
        for attempt in range(ATTEMPTS):
            began = self._client is not None
            try:
                client = self._connected()
                began = True
                return self._run(action, client, timeout)
            except _failures() as error:
                self._disconnect()
                cause = _innermost(error)
                may = (repeat or not began) and _is_connection(cause) and attempt < ATTEMPTS - 1
                if not may:
                    limit = timeout if began else CONNECT_TIMEOUT_S
                    raise _failed(self.url, what if began else "connect", cause, limit) from error
            time.sleep(FIRST_PAUSE_S * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _run(self, action: "Callable[[Client], Awaitable[T]]", client: "Client", timeout: float) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(timeout):
                return await action(client)

        return self._required_portal().call(bounded)

    def _required_portal(self) -> BlockingPortal:
        if self._portal is None:
            raise RuntimeError("McpServer is a context manager: use `with McpServer(url) as server`")
        return self._portal

    def _connected(self) -> "Client":
        if self._client is None:
            manager = self._required_portal().wrap_async_context_manager(_session(self.url))
            self._client = self._session.enter_context(manager)
        return self._client

    def _disconnect(self) -> None:
        session, self._session, self._client = self._session, ExitStack(), None
        try:
            session.close()
        except _failures():
            return  # a transport that has failed says so again when it is closed


@asynccontextmanager
async def _session(url: str) -> "AsyncIterator[Client]":
    from mcp import Client  # noqa: PLC0415 - 0.8 s of import, paid by the phases that call
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415 - the same

    async with AsyncExitStack() as stack:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):  # the client's own limits add up to more
            options: dict[str, Any] = client_options(url, CALL_TIMEOUT_S)
            http = await stack.enter_async_context(httpx2.AsyncClient(**options, follow_redirects=False))
            client = await stack.enter_async_context(Client(streamable_http_client(url, http_client=http)))
        yield client


def _failures() -> tuple[type[Exception], ...]:
    """Everything by which a call can fail; groups come from the transport's task group."""
    from mcp import MCPError  # noqa: PLC0415 - see _session

    return (MCPError, httpx2.HTTPError, TimeoutError, OSError, ExceptionGroup)


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _is_connection(error: BaseException) -> bool:
    if isinstance(error, httpx2.ConnectError | httpx2.RemoteProtocolError | httpx2.ReadError | ConnectionError):
        return True
    return getattr(error, "code", None) == _CONNECTION_LOST


def _failed(url: str, what: str, error: BaseException, timeout: float) -> ServiceCallFailed:
    if isinstance(error, TimeoutError):
        return ServiceCallFailed(f"{url} did not {what} within {timeout:g} s", hint=_RUNNING)
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return ServiceCallFailed(f"cannot {what} at {url}", details=[reason], hint=_RUNNING)
