"""The source files of a tree: found without following links, and left out where nobody wrote them."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from sluice.core.files import CACHEDIR_TAG, IGNORED_DIRS
from sluice.services.codebase_intelligence.grammars import language_of

SKIPPED_DIRS: Final = IGNORED_DIRS | {"node_modules", ".hg", ".svn", ".tox", ".nox", ".sluice", "bower_components"}
MAX_FILES: Final = 500_000
_MAX_IGNORE: Final = 1024 * 1024
_Specs = tuple[tuple[str, GitIgnoreSpec], ...]
_VENV: Final = "pyvenv.cfg"


@dataclass(frozen=True)
class SourceFile:
    """A source file by its path below the root; `stamp` changes when its content may have, `problem` bars reading."""

    path: str
    size: int
    stamp: str
    modified_ns: int
    problem: str = ""


@dataclass
class _Walk:
    root: Path

    def files(self, directory: str, specs: _Specs) -> Iterator[SourceFile]:
        try:
            with os.scandir(self.root / directory) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if directory:
                yield _barred(directory, f"directory cannot be read: {error.strerror}")
            return
        names = {entry.name for entry in listed}
        if directory and (_VENV in names or CACHEDIR_TAG in names):
            return
        if ".gitignore" in names:
            specs = (*specs, *self._spec(directory))
        for entry in listed:
            path = f"{directory}/{entry.name}" if directory else entry.name
            if not entry.name.isprintable():
                yield _barred(ascii(path)[1:-1], "its name is not readable text")
            elif not _left_out(entry, path, specs):
                yield from self._entry(entry, path, specs)

    def _entry(self, entry: os.DirEntry[str], path: str, specs: _Specs) -> Iterator[SourceFile]:
        if entry.is_dir(follow_symlinks=False):
            yield from self.files(path, specs)
        elif found := _found(entry, path):
            yield found

    def _spec(self, directory: str) -> Iterator[tuple[str, GitIgnoreSpec]]:
        try:
            content = read_source(self.root / directory / ".gitignore", _MAX_IGNORE)
            yield directory, GitIgnoreSpec.from_lines(content.decode(errors="replace").splitlines())
        except (OSError, ValueError):
            return  # what cannot be read ignores nothing


def source_files(root: Path) -> Iterator[SourceFile]:
    """Every file of a known language below `root`, in no order that matters.

    Left out are caches, environments, `node_modules` and what `.gitignore` files at or below the root name.
    """
    yield from _Walk(root).files("", ())


def read_source(path: Path, limit: int) -> bytes:
    """The first `limit` + 1 bytes of a regular file, never through a link and never waiting for one that is none.

    Raises:
        OSError: it cannot be read, or is not a regular file any more.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as stream:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(0, "not a regular file")
        return stream.read(limit + 1)


def _left_out(entry: os.DirEntry[str], path: str, specs: _Specs) -> bool:
    is_directory = entry.is_dir(follow_symlinks=False)
    if is_directory and entry.name in SKIPPED_DIRS:
        return True
    return bool(specs) and _ignored(path, specs, is_directory=is_directory)


def _ignored(path: str, specs: _Specs, *, is_directory: bool) -> bool:
    """What the innermost `.gitignore` that speaks of it says."""
    for directory, spec in reversed(specs):
        inner = path[len(directory) + 1 :] if directory else path
        verdict = spec.check_file(f"{inner}/" if is_directory else inner).include
        if verdict is not None:
            return verdict
    return False


def _found(entry: os.DirEntry[str], path: str) -> SourceFile | None:
    if entry.is_symlink():
        known = language_of(path) is not None
        return _barred(path, "symbolic link, which is not followed") if known else None
    if language_of(path) is None:
        return None
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return _barred(path, f"cannot be read: {error.strerror}")
    if not stat.S_ISREG(status.st_mode):
        return _barred(path, "not a regular file")
    stamp = f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}.{status.st_ino}"
    return SourceFile(path, status.st_size, stamp, max(status.st_mtime_ns, status.st_ctime_ns))


def _barred(path: str, problem: str) -> SourceFile:
    return SourceFile(path, 0, "", 0, problem)
