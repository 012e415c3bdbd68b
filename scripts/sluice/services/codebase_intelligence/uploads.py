"""Artifacts of any size over REST: sent in parts, each at its offset, then committed by their SHA-256.

A client that was cut off asks for the length and goes on there.  Both ends hash: the client says the digest of what it
meant to send, the service compares it with what stands on its disk.
"""

import os
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from sluice.services.codebase_intelligence.answers import Artifact
from sluice.services.codebase_intelligence.blobs import CHUNK, Blobs
from sluice.services.codebase_intelligence.inputs import FilePath
from sluice.services.codebase_intelligence.store import Codebase
from sluice.services.failures import problem
from sluice.services.fields import Digest, ServiceName

UploadId = Annotated[
    str,
    Path(pattern=r"^[a-z0-9][a-z0-9-]{7,63}$", max_length=64, description="Chosen by the client, best a random UUID"),
]
OFFSET_HEADER: Final = "Upload-Offset"
_UNKNOWN: Final = problem(HTTPStatus.NOT_FOUND, "No such upload")
_CONFLICT: Final = problem(HTTPStatus.CONFLICT, "Another length or digest, or somebody else is writing it")
_BYTES: Final[dict[str, Any]] = {
    "requestBody": {
        "required": False,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Upload(BaseModel):
    """An upload that is not committed; `offset` is where it goes on."""

    id: str
    offset: int


class Commit(BaseModel):
    """What an upload is to be; `digest` is that of all its bytes."""

    service: ServiceName
    path: FilePath
    digest: Digest


def uploads_router(codebase: Codebase, blobs: Blobs) -> APIRouter:
    """Routes of uploads."""
    router = APIRouter(prefix="/artifacts/uploads/{upload}", tags=["uploads"])

    @router.put("", openapi_extra=_BYTES, responses={**_UNKNOWN, **_CONFLICT})
    async def append(upload: UploadId, request: Request, offset: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Upload:
        """Append the body, which may be empty, to an upload whose length is `offset`; 0 begins one."""
        with blobs.appending(upload, offset) as fd:
            pending = bytearray()
            async for piece in request.stream():
                pending += piece
                if len(pending) >= CHUNK:
                    await run_in_threadpool(_write, fd, bytes(pending))
                    pending.clear()
            await run_in_threadpool(_write, fd, bytes(pending))
            return Upload(id=upload, offset=os.fstat(fd).st_size)

    @router.get("", responses=_UNKNOWN)
    def length(upload: UploadId) -> Upload:
        """Say where an upload goes on."""
        return Upload(id=upload, offset=blobs.offset(upload))

    @router.head("", response_class=Response, responses=_UNKNOWN)
    def head(upload: UploadId) -> Response:
        """Say the same in the header `Upload-Offset`."""
        return Response(headers={OFFSET_HEADER: str(blobs.offset(upload))})

    @router.delete("", status_code=HTTPStatus.NO_CONTENT)
    def drop(upload: UploadId) -> None:
        """Forget an upload; nothing when there is none."""
        blobs.drop(upload)

    @router.post(
        "/commit", status_code=HTTPStatus.CREATED, responses={200: {"model": Artifact}, **_UNKNOWN, **_CONFLICT}
    )
    def commit(upload: UploadId, new: Annotated[Commit, Body()], response: Response) -> Artifact:
        """Register an upload; content that is kept already needs none."""
        artifact, changed = codebase.register_upload(new.service, new.path, new.digest, upload)
        response.status_code = HTTPStatus.CREATED if changed else HTTPStatus.OK
        return artifact

    return router


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
