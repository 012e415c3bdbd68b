"""The Contract Engine as an ASGI application."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from sluice.services.app import mcp_server, service_app
from sluice.services.contract_engine.rest import contracts_router
from sluice.services.contract_engine.store import Contracts
from sluice.services.contract_engine.tools import add_tools
from sluice.services.database import Database

NAME: Final = "contract-engine"
PREFIX: Final = "/api/contracts"


def create() -> FastAPI:
    """The application; uvicorn calls this (`--factory`).  Needs `DATABASE_URL`."""
    server = mcp_server(NAME, "Registers, keeps and validates OpenAPI and AsyncAPI contracts.")
    database = Database.from_environment(NAME, Path(__file__).parent)
    contracts = Contracts(database.engine)
    add_tools(server, contracts)
    return service_app(NAME, PREFIX, server, contracts_router(contracts), database)
