"""The Contract Engine as an ASGI application."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from sluice.services.app import Service, mcp_server, service_app
from sluice.services.contract_engine.rest import contracts_router
from sluice.services.contract_engine.store import Contracts
from sluice.services.contract_engine.tools import add_tools
from sluice.services.database import Database

NAME: Final = "contract-engine"
PREFIX: Final = "/api/contracts"


def service(database_url: str | None = None) -> Service:
    """The service on this database, else on that of `DATABASE_URL`."""
    server = mcp_server(NAME, "Registers, keeps and validates OpenAPI and AsyncAPI contracts.")
    database = Database.connect(NAME, Path(__file__).parent, database_url)
    contracts = Contracts(database.engine)
    add_tools(server, contracts)
    return Service(name=NAME, prefix=PREFIX, server=server, router=contracts_router(contracts), database=database)


def create() -> FastAPI:
    """The application; uvicorn calls this (`--factory`)."""
    return service_app(service())
