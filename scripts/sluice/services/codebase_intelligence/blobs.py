"""Large artifacts on disk: written in parts that survive a kill, kept once by their SHA-256."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sluice.core.files import inside
from sluice.services.failures import ConflictError, NotFoundError

CHUNK: Final = 1024 * 1024
_FORGOTTEN_S: Final = 7 * 24 * 3600
_GONE: Final = "begin again with the first part, at offset 0"


class Blobs:
    """The directory of a service's large artifacts."""

    def __init__(self, root: Path) -> None:
        self._parts = root / "parts"
        self._kept = root / "sha256"
        for directory in (self._parts, self._kept):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in self._parts.glob("*.part"):
            if time.time() - part.stat().st_mtime > _FORGOTTEN_S:
                part.unlink(missing_ok=True)

    def path(self, digest: str) -> Path | None:
        """The file with this digest, None when it is not kept."""
        path = self._place(digest)
        return path if path.is_file() else None

    def offset(self, upload: str) -> int:
        """How many bytes of an upload are there.

        Raises:
            NotFoundError: there is no such upload.
        """
        try:
            return self._part(upload).stat().st_size
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no upload {upload}", hint=_GONE) from error

    @contextmanager
    def appending(self, upload: str, offset: int) -> Iterator[int]:
        """A file descriptor that appends to an upload whose length is `offset`; 0 begins one.

        Raises:
            ConflictError: it has another length, or somebody else is writing it.
        """
        with self._locked(upload, create=offset == 0) as fd:
            length = os.fstat(fd).st_size
            if length != offset:
                raise ConflictError(f"upload {upload} has {length} bytes, not {offset}", hint=f"go on at {length}")
            os.lseek(fd, 0, os.SEEK_END)
            yield fd

    def commit(self, upload: str, digest: str) -> Path:
        """Keep an upload for good once its bytes have this digest; the file.

        Raises:
            NotFoundError: there is no such upload.
            ConflictError: its bytes have another digest (it is dropped then), or somebody else is writing it.
        """
        with self._locked(upload, create=False) as fd:
            found = _sha256(fd)
            if found != digest:
                self.drop(upload)
                raise ConflictError(f"the bytes of upload {upload} have the digest {found}, not {digest}", hint=_GONE)
            os.fsync(fd)
            place = self._place(digest)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            self._part(upload).rename(place)  # the same bytes, if they are there already
            for directory in (place.parent, self._kept, self._parts):
                _fsync(directory)
        return place

    def drop(self, upload: str) -> None:
        """Forget an upload."""
        self._part(upload).unlink(missing_ok=True)

    def _part(self, upload: str) -> Path:
        return inside(self._parts, f"{upload}.part")

    def _place(self, digest: str) -> Path:
        name = digest.removeprefix("sha256:")
        return inside(self._kept, name[:2], name)

    @contextmanager
    def _locked(self, upload: str, *, create: bool) -> Iterator[int]:
        """The upload's file, locked; the kernel lets go of the lock when its holder dies."""
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if create else 0)
        try:
            fd = os.open(self._part(upload), flags, 0o600)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no upload {upload}", hint=_GONE) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(fd).st_nlink == 0:  # it was committed or dropped while we waited for the file
                raise NotFoundError(f"there is no upload {upload}", hint=_GONE)
            yield fd
        except BlockingIOError as error:
            raise ConflictError(f"upload {upload} is being written", hint="wait, then ask for its length") from error
        finally:
            os.close(fd)


def _sha256(fd: int) -> str:
    total = hashlib.sha256()
    os.lseek(fd, 0, os.SEEK_SET)
    while chunk := os.read(fd, CHUNK):
        total.update(chunk)
    return f"sha256:{total.hexdigest()}"


def _fsync(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
