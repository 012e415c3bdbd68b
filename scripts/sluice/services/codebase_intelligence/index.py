"""The code index of a directory: made, kept up to date by what changed, and asked."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sluice.core.errors import InputError
from sluice.core.files import digest, mark_ours, remove_ours
from sluice.services import codebase_intelligence
from sluice.services.codebase_intelligence.answers import Found, Skipped
from sluice.services.codebase_intelligence.database import Database, group_of
from sluice.services.codebase_intelligence.extract import MAX_SOURCE, extract
from sluice.services.codebase_intelligence.facts import Facts
from sluice.services.codebase_intelligence.grammars import language_of
from sluice.services.codebase_intelligence.lookup import find
from sluice.services.codebase_intelligence.names import module_of, prefix_of, wanted
from sluice.services.codebase_intelligence.ranking import Candidate, score
from sluice.services.codebase_intelligence.walk import MAX_FILES, SourceFile, read_source, source_files

MAX_INDEXES: Final = 16
_FILE: Final = "index.sqlite"
# A file changed so shortly before it was looked at may change again within the same tick of the clock.
_SETTLED_NS: Final = 2_000_000_000
_UNSETTLED: Final = "unsettled"
_PACKAGE_FILES: Final = frozenset({"__init__.py", "__init__.pyi"})


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What bringing an index up to date did."""

    files: int
    read: int
    removed: int
    symbols: int
    tree_hash: str


@dataclass(frozen=True)
class _Read:
    found: SourceFile
    digest: str
    facts: Facts | None


class CodeIndex:
    """The index of the tree at `root`, kept below `cache`; a context manager, for one thread at a time."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = _directory(root)
        home = mark_ours(cache / digest(os.fsencode(self.root)).removeprefix("sha256:")[:16])
        self.database = Database(home / _FILE, _version())
        os.utime(home)
        _forget_others(cache, home)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    @property
    def tree_hash(self) -> str:
        """`sha256:<hex>` of the paths and contents of the indexed files, as of the last refresh; '' before it."""
        return self.database.meta("tree")

    def skipped(self) -> tuple[Skipped, ...]:
        """Files that are not, or not wholly, indexed, by path."""
        rows = self.database.connection.execute("SELECT path, problem FROM files WHERE problem != '' ORDER BY path")
        return tuple(Skipped(path=path, reason=problem) for path, problem in rows)

    def find(self, names: Sequence[str], *, near: str = "") -> tuple[Found, ...]:
        """Definitions of names as of the last refresh; `near` is the path of the file that asks.

        Raises:
            InputError: one of them is no name.
        """
        return tuple(
            _answer(want.text, hit, rank, reason)
            for want in [wanted(name) for name in names]
            for rank, (hit, reason) in enumerate(find(self.database, want, near=near), 1)
        )

    def refresh(self) -> Refreshed:
        """Read what is new or changed since the last time, forget what is gone; equal to indexing anew."""
        with self.database.writing():
            found = _bounded(source_files(self.root))
            known = {row[0]: row[1:] for row in self._known()}
            before = time.time_ns()
            stale = [file for file in found if not _is_fresh(file, known.get(file.path))]
            read = self._put(stale, known, before)
            gone = known.keys() - {file.path for file in found}
            self._remove([known[path][0] for path in sorted(gone)])
            tree = self._settle() if read or gone or not self.tree_hash else self.tree_hash
            count = self.database.connection.execute("SELECT count(*) FROM symbols").fetchone()[0]
        return Refreshed(files=len(found), read=read, removed=len(gone), symbols=int(count), tree_hash=tree)

    def _known(self) -> Iterator[tuple[str, int, str, str]]:
        yield from self.database.connection.execute("SELECT path, id, stamp, digest FROM files")

    def _put(self, stale: Sequence[SourceFile], known: dict[str, tuple[int, str, str]], before: int) -> int:
        """Index files again whose content changed; how many those were."""
        changed = 0
        with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
            digests = {file.path: known[file.path][2] for file in stale if file.path in known}
            for made in pool.map(lambda file: _read(self.root, file, digests.get(file.path)), stale, chunksize=1):
                stamp = made.found.stamp if before - made.found.modified_ns > _SETTLED_NS else _UNSETTLED
                if made.facts is None:
                    self.database.connection.execute(
                        "UPDATE files SET stamp = ? WHERE path = ?", (stamp, made.found.path)
                    )
                    continue
                changed += 1
                self._replace(made, stamp, known.get(made.found.path))
        return changed

    def _replace(self, made: _Read, stamp: str, known: tuple[int, str, str] | None) -> None:
        if known:
            self._remove([known[0]])
        path, facts = made.found.path, made.facts or Facts()
        language = language_of(path)
        prefix = prefix_of(path, language)
        told = language.name if language else ""
        cursor = self.database.connection.execute(
            "INSERT INTO files VALUES (NULL,?,?,?,?,?,'',?,?)",
            (path, stamp, made.digest, told, ".".join(prefix), prefix[-1] if prefix else "", facts.problem),
        )
        self.database.add_symbols(_rows(cursor.lastrowid or 0, path, prefix, facts))

    def _remove(self, ids: Iterable[int]) -> None:
        for one in ids:
            self.database.connection.execute("DELETE FROM symbols WHERE file = ?", (one,))
            self.database.connection.execute("DELETE FROM files WHERE id = ?", (one,))

    def _settle(self) -> str:
        """What depends on the tree as a whole: its hash, and modules, which depend on their neighbours."""
        rows = self.database.connection.execute("SELECT path, digest, module FROM files ORDER BY path").fetchall()
        packages = {path.rpartition("/")[0] for path, _, _ in rows if path.rpartition("/")[2] in _PACKAGE_FILES}
        moved = []
        total = hashlib.sha256()
        for path, content, module in rows:
            total.update(f"{path}\0{content}\n".encode())
            now = ".".join(module_of(path, language_of(path), packages))
            if now != module:
                moved.append((now, path))
        self.database.connection.executemany("UPDATE files SET module = ? WHERE path = ?", moved)
        tree = f"sha256:{total.hexdigest()}"
        self.database.remember("tree", tree)
        return tree


def _directory(root: Path) -> Path:
    if not root.is_dir():
        raise InputError(f"{root} is no directory", hint="name the directory that holds the source code")
    return root.resolve()


def _answer(query: str, hit: Candidate, rank: int, reason: str) -> Found:
    return Found.model_validate(
        {
            "query": query,
            "qualified_name": hit.qualified,
            "kind": hit.kind,
            "path": hit.path,
            "line": hit.line,
            "end_line": hit.end_line,
            "rank": rank,
            "reason": reason,
        }
    )


def _bounded(files: Iterable[SourceFile]) -> list[SourceFile]:
    found: list[SourceFile] = []
    for file in files:
        if len(found) == MAX_FILES:
            raise InputError(f"more than {MAX_FILES} source files", hint="index a part of the tree")
        found.append(file)
    return found


def _is_fresh(file: SourceFile, known: tuple[int, str, str] | None) -> bool:
    return known is not None and bool(file.stamp) and known[1] == file.stamp


def _read(root: Path, file: SourceFile, known_digest: str | None) -> _Read:
    """A file's digest, and its facts unless it has the digest already known."""
    content, problem = b"", file.problem
    if not problem:
        try:
            content = read_source(root / file.path, MAX_SOURCE)
        except OSError as error:
            problem = f"cannot be read: {error.strerror}"
    made = digest(problem) if problem else digest(content)
    if not problem and len(content) > MAX_SOURCE:
        made = digest(f"{made} {file.size}")
    if made == known_digest:
        return _Read(file, made, None)
    language = language_of(file.path)
    if problem or language is None:
        return _Read(file, made, Facts(problem=problem))
    return _Read(file, made, extract(content, language, signatures=False))


def _rows(file: int, path: str, prefix: tuple[str, ...], facts: Facts) -> Iterator[tuple[object, ...]]:
    above = prefix[-1] if prefix else ""
    for name, qualified, kind, line, end_line, _, target in facts.symbols:
        parts = qualified.rsplit(".", 2)
        parent = parts[-2] if len(parts) > 1 else above
        order = score(path, kind, qualified)
        yield file, group_of(kind), name, parent, order, path, qualified, kind, line, end_line, target


@cache
def _version() -> str:
    """Changes with the code that reads, and with the grammars."""
    package = resources.files(codebase_intelligence)
    total = hashlib.sha256()
    for directory in (package, package.joinpath("languages")):
        for item in sorted(directory.iterdir(), key=lambda item: item.name):
            if item.is_file():
                total.update(item.read_bytes())
    total.update(version("tree-sitter").encode())
    return total.hexdigest()


def _forget_others(cache: Path, own: Path) -> None:
    """Keep the indexes that were used last."""
    others = sorted(
        (path for path in cache.iterdir() if path.is_dir() and path != own), key=lambda p: p.stat().st_mtime
    )
    for path in others[: -MAX_INDEXES + 1] if len(others) >= MAX_INDEXES else []:
        remove_ours(path)
