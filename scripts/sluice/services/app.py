"""The one factory of the Build 1 services: REST, MCP at `/mcp/`, health, request log, limits and error answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal, Protocol

from fastapi import APIRouter, FastAPI, Response
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from sluice import __version__
from sluice.core.environment import variable
from sluice.services.failures import COMMON_PROBLEMS, register_failures
from sluice.services.logs import RequestLog, configure_logging

MAX_BODY_BYTES: Final = 16 * 1024 * 1024


class Storage(Protocol):
    """A database as the factory needs it; see `services.database`, which a service without one need not load."""

    @property
    def unavailable(self) -> tuple[type[Exception], ...]:
        """Exceptions that say that it is down."""
        ...

    def migrate(self) -> None:
        """Bring the schema to its newest revision."""
        ...

    def answers(self) -> bool:
        """Whether it is up."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """The faces of one service: `router` is served under `prefix`, the tools of `server` over MCP."""

    name: str
    prefix: str
    server: MCPServer
    router: APIRouter
    database: Storage | None = None


class Health(BaseModel):
    """Whether the service can do its work."""

    status: Literal["ok", "unavailable"]
    service: str
    version: str


def log_level() -> str:
    """The level that `LOG_LEVEL` names, INFO without it."""
    return variable("LOG_LEVEL") or "INFO"


def mcp_server(name: str, instructions: str) -> MCPServer:
    """The MCP face of a service, still without tools; configures logging, which must come first."""
    configure_logging(name, log_level())
    return MCPServer(name, instructions=instructions, version=__version__, log_level="WARNING")


def service_app(service: Service) -> FastAPI:
    """The ASGI application of one service: its router, MCP at `/mcp/`, `/api/health`."""
    database = service.database
    mcp_app = service.server.streamable_http_app(
        streamable_http_path="/",
        stateless_http=True,
        json_response=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=TransportSecuritySettings(allowed_hosts=_hosts(service.name)),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if database:
            await run_in_threadpool(database.migrate)
        async with service.server.session_manager.run():
            yield
        if database:
            database.close()

    app = FastAPI(
        title=service.name,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=MAX_BODY_BYTES,
    )
    app.add_middleware(RequestLog)
    register_failures(app, database.unavailable if database else ())
    _add_health(app, service)
    app.include_router(service.router, prefix=service.prefix, responses=COMMON_PROBLEMS)
    app.mount("/mcp", mcp_app)
    return app


def _hosts(name: str) -> list[str]:
    names = dict.fromkeys(("127.0.0.1", "localhost", name, variable("SERVICE_NAME") or name))
    return [pattern for host in names for pattern in (host, f"{host}:*")]


def _add_health(app: FastAPI, service: Service) -> None:
    name, database = service.name, service.database

    def health(response: Response) -> Health:
        """Say whether the service and its database answer."""
        up = database is None or database.answers()
        response.status_code = HTTPStatus.OK if up else HTTPStatus.SERVICE_UNAVAILABLE
        return Health(status="ok" if up else "unavailable", service=name, version=__version__)

    down: dict[int | str, dict[str, Any]] = {503: {"model": Health, "description": "The database does not answer"}}
    app.get("/api/health", responses=down, tags=["health"])(health)
    app.get(f"{service.prefix}/health", include_in_schema=False)(health)
