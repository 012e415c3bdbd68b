"""REST face of the Codebase Intelligence, under `/api/codebase`."""

from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.responses import FileResponse

from sluice.services.codebase_intelligence.answers import Artifact, Definition, TreeReport
from sluice.services.codebase_intelligence.inputs import BinaryArtifact, Symbol, TextArtifact, Tree
from sluice.services.codebase_intelligence.store import Codebase
from sluice.services.failures import problem
from sluice.services.fields import Digest, Limit, Offset, ServiceName

_BYTES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The bytes",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    **problem(HTTPStatus.NOT_FOUND, "No such content"),
}
_EXAMPLE: Final = {
    "service": "ping-service",
    "path": "app/main.py",
    "content": "def ping() -> str:\n    return 'pong'\n",
}


def codebase_router(codebase: Codebase) -> APIRouter:
    """Routes of artifacts and definitions."""
    router = APIRouter(tags=["codebase"])
    _add_reads(router, codebase)

    @router.post("/artifacts", status_code=HTTPStatus.CREATED, responses={200: {"model": Artifact}})
    def register_artifact(
        new: Annotated[TextArtifact | BinaryArtifact, Body(examples=[_EXAMPLE])], response: Response
    ) -> Artifact:
        """Keep a file by its SHA-256 and index its symbols; 200 when exactly this is registered already."""
        artifact, changed = codebase.register(new.service, new.file())
        response.status_code = HTTPStatus.CREATED if changed else HTTPStatus.OK
        return artifact

    @router.put("/trees/{service}")
    def register_tree(service: Annotated[ServiceName, Path()], tree: Tree) -> TreeReport:
        """Make these files the whole source tree of a service; what is not among them is forgotten."""
        return codebase.register_tree(service, list({file.path: file.file() for file in tree.files}.values()))

    return router


def _add_reads(router: APIRouter, codebase: Codebase) -> None:
    @router.get("/artifacts")
    def list_artifacts(
        service: Annotated[ServiceName | None, Query()] = None,
        limit: Annotated[Limit, Query()] = 50,
        offset: Annotated[Offset, Query()] = 0,
    ) -> list[Artifact]:
        """List registered files by service and path."""
        return codebase.artifacts(service, limit=limit, offset=offset)

    @router.get("/artifacts/{digest}", response_class=Response, responses=_BYTES)
    def read_artifact(digest: Annotated[Digest, Path()]) -> Response:
        """Return the bytes with this digest."""
        headers = {"X-Content-Type-Options": "nosniff"}
        found = codebase.content(digest)
        if isinstance(found, FilePath):
            return FileResponse(found, media_type="application/octet-stream", headers=headers)
        return Response(found, media_type="application/octet-stream", headers=headers)

    @router.get("/definitions")
    def find_definition(
        symbol: Annotated[Symbol, Query()], service: Annotated[ServiceName | None, Query()] = None
    ) -> list[Definition]:
        """Find where a symbol is defined; an empty list when nowhere."""
        return codebase.find(symbol, service)
