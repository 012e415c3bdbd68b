"""The index of one tree on disk: an SQLite file that several processes may use, and that survives being killed."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sluice.core.errors import EnvironmentFailure
from sluice.services.codebase_intelligence.facts import EXPORTED, IMPORT, REEXPORT, ROUTE
from sluice.services.codebase_intelligence.lookup import MAX_FOUND, Row

_WAIT_S: Final = 600
_SCHEMA: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, digest TEXT NOT NULL,
  language TEXT NOT NULL, prefix TEXT NOT NULL, module TEXT NOT NULL, name TEXT NOT NULL, problem TEXT NOT NULL
);
CREATE TABLE symbols (
  file INTEGER NOT NULL, grouping INTEGER NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL, score INTEGER NOT NULL,
  path TEXT NOT NULL, qualified TEXT NOT NULL, kind TEXT NOT NULL, line INTEGER NOT NULL,
  end_line INTEGER NOT NULL, target TEXT NOT NULL
);
"""
_INDEXES: Final = """
CREATE INDEX files_name ON files (name);
CREATE INDEX symbols_file ON symbols (file);
CREATE INDEX symbols_name ON symbols (grouping, name, score, path, line, end_line, qualified);
"""
DEFINES, IMPORTS, MARKS = 0, 1, 2
_GROUPS: Final = {IMPORT: IMPORTS, REEXPORT: IMPORTS}
_ORDER: Final = "s.score, s.path, s.line, s.end_line, s.qualified"
_COLUMNS: Final = (
    "s.qualified, s.kind, s.path, s.line, s.end_line, s.target, f.prefix, f.module "
    "FROM symbols s JOIN files f ON f.id = s.file"
)


def group_of(kind: str) -> int:
    """DEFINES, IMPORTS or MARKS (events and `__all__`)."""
    return _GROUPS.get(kind, MARKS if kind in {EXPORTED, "publishes", "consumes"} else DEFINES)


class Database:
    """One connection; for one thread at a time."""

    def __init__(self, file: Path, version: str) -> None:
        self._file = file
        self.connection = _opened(file)
        if self.meta("version") != version:
            self._renew(version)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def meta(self, key: str) -> str:
        """A remembered value, '' when there is none."""
        try:
            row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        except sqlite3.OperationalError:
            return ""  # a new file has no tables
        return str(row[0]) if row else ""

    def remember(self, key: str, value: str) -> None:
        """Keep a value."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction; other writers wait, readers see what was before.

        Raises:
            EnvironmentFailure: another process has been writing for too long, or the disk is full.
        """
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.rollback()
                raise
            self.connection.commit()
        except sqlite3.OperationalError as error:
            hint = f"is there space on the disk? {self._file} may be deleted at any time"
            raise EnvironmentFailure("the code index cannot be written", details=[str(error)], hint=hint) from error

    def add_symbols(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Insert rows in the order of the table's columns."""
        self.connection.executemany("INSERT INTO symbols VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)

    def definitions(self, name: str, parent: str, path: str = "") -> list[Row]:
        """See `lookup.Symbols`."""
        return self._named(DEFINES, name, parent, path)

    def imports(self, name: str, parent: str, path: str = "") -> list[Row]:
        """See `lookup.Symbols`."""
        return self._named(IMPORTS, name, parent, path)

    def exported(self, path: str) -> list[Row]:
        """See `lookup.Symbols`."""
        return self._rows("s.grouping = ? AND s.name = '__all__' AND s.path = ?", (MARKS, path))

    def modules(self, name: str) -> list[Row]:
        """See `lookup.Symbols`."""
        query = "SELECT path, prefix, module FROM files WHERE name = ? ORDER BY length(path), path LIMIT ?"
        found = self.connection.execute(query, (name, MAX_FOUND))
        return [Row("", "module", path, 1, 1, "", prefix, module) for path, prefix, module in found]

    def routes(self) -> list[Row]:
        """All routes."""
        return self._rows("s.grouping = ? AND s.kind = ?", (DEFINES, ROUTE))

    def marked(self, name: str) -> list[Row]:
        """Calls that publish or consume something of this name."""
        return self._rows("s.grouping = ? AND s.name = ?", (MARKS, name))

    def constants(self) -> list[Row]:
        """Constants that hold a text."""
        return self._rows("s.grouping = ? AND s.kind = 'constant' AND s.target != ''", (DEFINES,))

    def _named(self, group: int, name: str, parent: str, path: str) -> list[Row]:
        where, values = ["s.grouping = ?", "s.name = ?"], [group, name]
        if parent:
            where.append("s.parent = ?")
            values.append(parent)
        if path:
            where.append("(s.path = ? OR substr(s.path, -length(?)) = ?)")
            values += [path, f"/{path}", f"/{path}"]
        return self._rows(" AND ".join(where), values, limit=MAX_FOUND)

    def _rows(self, where: str, values: Sequence[object], *, limit: int = 100_000) -> list[Row]:
        query = f"SELECT {_COLUMNS} WHERE {where} ORDER BY {_ORDER} LIMIT {limit}"
        return [Row(*row) for row in self.connection.execute(query, tuple(values))]

    def _renew(self, version: str) -> None:
        """Empty tables, when the file is new or was made by other code."""
        with self.writing():
            if self.meta("version") == version:
                return  # somebody else was quicker
            for table in ("symbols", "files", "meta"):
                self.connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in (*_SCHEMA.split(";"), *_INDEXES.split(";")):
                self.connection.execute(statement)
            self.remember("version", version)


def _opened(file: Path) -> sqlite3.Connection:
    try:
        return _connected(file)
    except sqlite3.DatabaseError:
        for end in ("", "-wal", "-shm"):  # no database at all: begin anew, it is a cache
            file.with_name(file.name + end).unlink(missing_ok=True)
        return _connected(file)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -32000")
        with closing(connection.execute("SELECT count(*) FROM sqlite_master")) as cursor:
            cursor.fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
