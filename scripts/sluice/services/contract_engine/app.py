"""The Contract Engine as an ASGI application."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from sluice.services.app import Service, mcp_server, service_app
from sluice.services.contract_engine.lifecycle_rest import lifecycle_router
from sluice.services.contract_engine.rest import contracts_router
from sluice.services.contract_engine.state_tools import add_state_tools
from sluice.services.contract_engine.states import States
from sluice.services.contract_engine.store import Contracts
from sluice.services.contract_engine.tools import add_tools
from sluice.services.database import Database

NAME: Final = "contract-engine"
PREFIX: Final = "/api/contracts"


def service(database_url: str | None = None, _data_directory: Path | None = None) -> Service:
    """The service on this database, else on that of `DATABASE_URL`."""
    server = mcp_server(
        NAME, "Registers, validates and compares OpenAPI and AsyncAPI contracts, and knows what may be deployed."
    )
    database = Database.connect(NAME, Path(__file__).parent, database_url)
    contracts = Contracts(database.engine)
    states = States(database.engine)
    add_tools(server, contracts)
    add_state_tools(server, contracts, states)
    router = contracts_router(contracts)
    router.include_router(lifecycle_router(contracts, states))
    return Service(name=NAME, prefix=PREFIX, server=server, router=router, database=database)


def create() -> FastAPI:
    """The application; uvicorn calls this (`--factory`)."""
    return service_app(service())
