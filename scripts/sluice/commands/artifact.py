"""Sends a file of any size to a running Codebase Intelligence, in parts, and goes on where it was cut off."""

import hashlib
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx2

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.stack import service_url
from sluice.core.errors import EXIT_OK, InputError, ServiceCallFailed
from sluice.core.http import client_options
from sluice.engine.stack import CODEBASE_INTELLIGENCE

PART: Final = 8 * 1024 * 1024
TIMEOUT_S: Final = 120.0
ATTEMPTS: Final = 6
_FIRST_PAUSE_S: Final = 0.2


def put(options: Options, *, file: Path, service: str, path: str) -> int:
    """Register a file at the Codebase Intelligence of a run whose stack is up."""
    url = service_url(options, CODEBASE_INTELLIGENCE)
    made = upload(url, file, service=service, path=path or file.name)
    output = Output(json=options.json)
    if options.json:
        output.print_json(made)
    else:
        output.lines("artifact", [f"{made['service']}/{made['path']}: {made['size']} bytes, {made['digest']}"])
    return EXIT_OK


@dataclass(frozen=True)
class _Sender:
    client: httpx2.Client
    url: str
    file: Path
    size: int
    new: dict[str, str]

    def step(self) -> tuple[int, dict[str, Any] | None]:
        """Send what comes next; how far the service is then, and the artifact once it is registered."""
        known = self.client.get(self.url)
        offset = int(known.json()["offset"]) if known.status_code == HTTPStatus.OK else 0
        if offset == self.size or known.status_code == HTTPStatus.NOT_FOUND:
            answer = self.client.post(f"{self.url}/commit", json=self.new)
            if answer.is_success:
                return self.size, answer.json()
            if answer.status_code != HTTPStatus.NOT_FOUND:
                answer.raise_for_status()
        with self.file.open("rb") as stream:
            stream.seek(offset)
            sent = self.client.put(self.url, params={"offset": offset}, content=stream.read(PART))
        return int(sent.raise_for_status().json()["offset"]), None


def upload(url: str, file: Path, *, service: str, path: str) -> dict[str, Any]:
    """Register `file` as `path` of `service` at the Codebase Intelligence at `url`; what it answers.

    Needs the memory of one part.  The digest is taken here before, and there after; content that is kept already is
    not sent.  Sending the same file again goes on where an earlier attempt ended.

    Raises:
        InputError: the file cannot be read.
        ServiceCallFailed: the service refuses it, or does not answer for long.
    """
    digest, size = _digest(file)
    own = hashlib.sha256(f"{service}\0{path}\0{digest}".encode()).hexdigest()[:40]
    new = {"service": service, "path": path, "digest": digest}
    failures, reached, last = 0, 0, ""
    with httpx2.Client(**client_options(url, TIMEOUT_S)) as client:
        sender = _Sender(client, f"{url}/api/codebase/artifacts/uploads/{own}", file, size, new)
        while failures < ATTEMPTS:
            try:
                offset, made = sender.step()
            except httpx2.HTTPStatusError as error:
                offset, made, last = reached, None, f"{error.response.status_code}: {error.response.text[:500]}"
            except httpx2.HTTPError as error:
                offset, made, last = reached, None, f"{type(error).__name__}: {error}"
            if made is not None:
                return made
            if offset > reached:
                failures, reached = 0, offset
            else:
                failures += 1
                time.sleep(_FIRST_PAUSE_S * 2**failures)
    raise ServiceCallFailed(f"{file} could not be sent to {url}", details=[last], hint="send it again to go on")


def _digest(file: Path) -> tuple[str, int]:
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            return f"sha256:{found}", stream.tell()
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}", hint="name a file") from error
