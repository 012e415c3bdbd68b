"""The files of one specification: the document itself and what its references lead to, inside one folder only."""

from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Final
from urllib.parse import unquote

from pydantic import JsonValue

from sluice.services.contract_engine.specs.documents import decode, read_any
from sluice.services.contract_engine.specs.faults import Fault, UnreadableError, unreadable

MAX_FILES: Final = 500
MAX_BYTES: Final = 64 * 1024 * 1024


@dataclass
class Source:
    """One file; `name` is its path below the root, '' for a document that came without a file."""

    name: str
    text: str | None
    document: JsonValue


@dataclass
class Sources:
    """All files read so far; the first is the document itself.  Without a root no other file is ever read."""

    files: list[Source]
    root: Path | None = None
    faults: list[Fault] = field(default_factory=list)
    _numbers: dict[str, int | None] = field(default_factory=dict)
    _bytes: int = 0

    def number(self, source: int, relative: str) -> int | None:
        """The number of the file that a reference in file `source` names; None when it was found to be unreadable.

        Raises:
            UnreadableError: no such file may be read; its rule says why.
        """
        path = self._path(source, relative)
        name = path.relative_to(self.root or path).as_posix()
        if name == self.files[0].name:
            return 0
        if name not in self._numbers:
            self._numbers[name] = self._load(path, name)
        return self._numbers[name]

    def _path(self, source: int, relative: str) -> Path:
        """The file, if it is one below the root, whatever links lie on the way."""
        if self.root is None or ":" in relative.split("/", maxsplit=1)[0] or relative.startswith("//"):
            raise unreadable("ref.external", f"{relative[:200]!r} leaves the document")
        plain = unquote(relative.split("?", maxsplit=1)[0])
        if "\0" in plain or "\\" in plain:
            raise unreadable("ref.outside", f"{relative[:200]!r} is no path below the root folder")
        root = self.root.resolve()
        try:
            path = (root / Path(self.files[source].name).parent / plain).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise unreadable("ref.missing", f"there is no file {relative[:200]!r}") from error
        if plain.startswith("/") or not path.is_relative_to(root):
            raise unreadable("ref.outside", f"{relative[:200]!r} lies outside of the root folder")
        return path

    def _load(self, path: Path, name: str) -> int | None:
        if len(self.files) >= MAX_FILES:
            raise unreadable("ref.missing", f"more than {MAX_FILES} files")
        try:
            status = path.stat()
            if not S_ISREG(status.st_mode):
                raise unreadable("ref.missing", f"{name} is no file")
            self._bytes += status.st_size
            if self._bytes > MAX_BYTES:
                raise unreadable("ref.missing", f"the files are larger than {MAX_BYTES} bytes in all")
            data = path.read_bytes()
        except OSError as error:
            raise unreadable("ref.missing", f"there is no file {name!r} that can be read: {error.strerror}") from error
        self.files.append(Source(name, None, None))
        number = len(self.files) - 1
        return number if self.fill(number, data) else None

    def fill(self, number: int, data: bytes) -> bool:
        """Read a file's content; False, and a fault, when it is unreadable."""
        try:
            self.files[number].text = text = decode(data)
            self.files[number].document = read_any(text)
        except UnreadableError as error:
            fault = error.fault
            self.faults.append(Fault(fault.rule, fault.parts, fault.message, number, fault.spot))
            return False
        return True


def read_file(path: Path, root: Path) -> Sources:
    """The sources of a document that is a file below `root`; with a fault when it is no JSON or YAML within the limits.

    Raises:
        OSError: it cannot be read.
    """
    name = path.resolve().relative_to(root.resolve()).as_posix()
    sources = Sources([Source(name, None, None)], root)
    sources.fill(0, path.read_bytes())
    return sources
