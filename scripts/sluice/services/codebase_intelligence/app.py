"""The Codebase Intelligence as an ASGI application."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from sluice.services.app import mcp_server, service_app
from sluice.services.codebase_intelligence.rest import codebase_router
from sluice.services.codebase_intelligence.store import Codebase
from sluice.services.codebase_intelligence.tools import add_tools
from sluice.services.database import Database

NAME: Final = "codebase-intelligence"
PREFIX: Final = "/api/codebase"


def create() -> FastAPI:
    """The application; uvicorn calls this (`--factory`).  Needs `DATABASE_URL`."""
    server = mcp_server(NAME, "Keeps source files and finds where their symbols are defined.")
    database = Database.from_environment(NAME, Path(__file__).parent)
    codebase = Codebase(database.engine)
    add_tools(server, codebase)
    return service_app(NAME, PREFIX, server, codebase_router(codebase), database)
