"""The Architect as an ASGI application: the REST and MCP faces of `decompose`."""

from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Body, FastAPI
from pydantic import BaseModel

from sluice.model.decomposition import Decomposition
from sluice.model.suggestion import Suggestion
from sluice.services import app as factory
from sluice.services.architect.decompose import decompose as read_prd
from sluice.services.architect.reading.names import warm_up
from sluice.services.fields import Text
from sluice.services.tools import expose

NAME: Final = "architect"
PREFIX: Final = "/api/architect"
_EXAMPLE: Final = {"prd": "# Pings\n\n## Services\n\n### ping-service\n\n- `GET /pings` lists pings\n"}


class Prd(BaseModel):
    """A product requirements document in Markdown, and what somebody else already read in it."""

    prd: Text
    suggestion: Suggestion | None = None


def decompose(prd: Text, suggestion: Suggestion | None = None) -> Decomposition:
    """Turn a product requirements document (Markdown) into services, entities, events and contract stubs.

    What the document leaves open comes back as questions; nothing is invented.  A `suggestion`, such as a language
    model's reading of the document, fills gaps only, with a lower confidence and a question for each.
    """
    return read_prd(prd, suggestion)


def service(_database_url: str | None = None, _data_directory: Path | None = None) -> factory.Service:
    """The service; it needs no database."""
    warm_up()
    server = factory.mcp_server(NAME, "Turns product requirements into services and contracts.")
    expose(server, decompose)
    router = APIRouter(tags=["architect"])

    @router.post("/decompositions")
    def create_decomposition(body: Annotated[Prd, Body(examples=[_EXAMPLE])]) -> Decomposition:
        """Decompose a document; the same document always gives the same answer."""
        return decompose(body.prd, body.suggestion)

    return factory.Service(name=NAME, prefix=PREFIX, server=server, router=router)


def create() -> FastAPI:
    """The application; uvicorn calls this (`--factory`)."""
    return factory.service_app(service())
