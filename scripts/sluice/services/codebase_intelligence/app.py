"""The Codebase Intelligence as an ASGI application."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from sluice.core.environment import variable
from sluice.services.app import Service, mcp_server, service_app
from sluice.services.codebase_intelligence.blobs import Blobs
from sluice.services.codebase_intelligence.rest import codebase_router
from sluice.services.codebase_intelligence.store import Codebase
from sluice.services.codebase_intelligence.tools import add_tools
from sluice.services.codebase_intelligence.uploads import uploads_router
from sluice.services.database import Database

NAME: Final = "codebase-intelligence"
PREFIX: Final = "/api/codebase"


def service(database_url: str | None = None, data_directory: Path | None = None) -> Service:
    """The service on this database and directory, else on those of `DATABASE_URL` and `DATA_DIR`."""
    server = mcp_server(NAME, "Keeps source files and finds where their symbols are defined.")
    database = Database.connect(NAME, Path(__file__).parent, database_url)
    data = variable("DATA_DIR") or data_directory
    blobs = Blobs(Path(data) / "artifacts") if data else None
    codebase = Codebase(database.engine, blobs)
    add_tools(server, codebase)
    router = codebase_router(codebase)
    if blobs:
        router.include_router(uploads_router(codebase, blobs))
    return Service(name=NAME, prefix=PREFIX, server=server, router=router, database=database)


def create() -> FastAPI:
    """The application; uvicorn calls this (`--factory`)."""
    return service_app(service())
