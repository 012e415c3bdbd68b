"""Artifacts and the index of their symbols in PostgreSQL; content is kept once, by its SHA-256, large one on disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from sluice.core.files import digest
from sluice.services.codebase_intelligence.answers import Artifact, Definition, TreeReport
from sluice.services.codebase_intelligence.blobs import Blobs
from sluice.services.codebase_intelligence.extract import MAX_SOURCE, extract
from sluice.services.codebase_intelligence.facts import REFERENCES, Symbol
from sluice.services.codebase_intelligence.grammars import language_of
from sluice.services.codebase_intelligence.registered import Registered
from sluice.services.codebase_intelligence.tables import ARTIFACTS, BLOBS, DEFINITIONS
from sluice.services.failures import NotFoundError

_KEY: Final = ("service", "path")


@dataclass(frozen=True)
class SourceFile:
    """A file to register; `path` is relative to the service's root."""

    path: str
    content: bytes


@dataclass(frozen=True)
class _Indexed:
    language: str
    symbols: tuple[Symbol, ...]
    problem: str


class Codebase:
    """The registered artifacts of all services."""

    def __init__(self, engine: Engine, blobs: Blobs | None = None) -> None:
        self._engine = engine
        self._blobs = blobs

    def register(self, service: str, file: SourceFile) -> tuple[Artifact, bool]:
        """Keep a file and index its symbols; says too whether anything changed."""
        with self._engine.begin() as connection:
            _keep(connection, [file])
            changed = _put(connection, service, file)
            row = connection.execute(_artifacts().where(*_at(service, file.path))).one()
        return _artifact(row), changed

    def register_tree(self, service: str, files: Sequence[SourceFile]) -> TreeReport:
        """Make `files` the whole source tree of a service: what is not among them is forgotten."""
        paths = {file.path for file in files}
        with self._engine.begin() as connection:
            _keep(connection, files)
            query = select(ARTIFACTS.c.path).where(ARTIFACTS.c.service == service).order_by(ARTIFACTS.c.path)
            known = set(connection.scalars(query.with_for_update()))
            changed = {file.path for file in sorted(files, key=lambda f: f.path) if _put(connection, service, file)}
            gone = known - paths
            connection.execute(
                delete(ARTIFACTS).where(ARTIFACTS.c.service == service, ARTIFACTS.c.path.in_(sorted(gone)))
            )
        return TreeReport(
            service=service,
            added=len(changed - known),
            changed=len(changed & known),
            unchanged=len(paths - changed),
            removed=len(gone),
        )

    def register_upload(self, service: str, path: str, content_digest: str, upload: str) -> tuple[Artifact, bool]:
        """Register a large artifact by the digest of its bytes; without an upload when they are kept already.

        Raises:
            NotFoundError: there is no such upload, and no such content.
            ConflictError: the upload has another digest.
        """
        if self._blobs is None:
            raise NotFoundError("this service keeps no large artifacts", hint="start it with DATA_DIR")
        place = self._blobs.path(content_digest)
        if place is None and not self._has(content_digest):
            place = self._blobs.commit(upload, content_digest)
        self._blobs.drop(upload)
        if place is None:
            return self.register(service, SourceFile(path, self._stored(content_digest) or b""))
        with place.open("rb") as stream:
            file = SourceFile(path, stream.read(MAX_SOURCE + 1))
        with self._engine.begin() as connection:
            values = {"digest": content_digest, "size": place.stat().st_size, "content": None}
            connection.execute(insert(BLOBS).values(values).on_conflict_do_nothing(index_elements=["digest"]))
            changed = _put(connection, service, file, content_digest)
            row = connection.execute(_artifacts().where(*_at(service, path))).one()
        return _artifact(row), changed

    def find(self, symbol: str, service: str | None = None) -> list[Definition]:
        """Definitions of a symbol: its plain name, its dotted name or the end of it, or a route `METHOD /path`."""
        with self._engine.connect() as connection:
            return Registered(connection, service).find(symbol)

    def artifacts(self, service: str | None, *, limit: int, offset: int) -> list[Artifact]:
        """Registered files by service and path."""
        query = _artifacts().order_by(ARTIFACTS.c.service, ARTIFACTS.c.path).limit(limit).offset(offset)
        if service is not None:
            query = query.where(ARTIFACTS.c.service == service)
        with self._engine.connect() as connection:
            return [_artifact(row) for row in connection.execute(query)]

    def content(self, wanted: str) -> bytes | Path:
        """The bytes with this digest, or the file that holds them.

        Raises:
            NotFoundError: there are none.
        """
        found = (self._blobs.path(wanted) if self._blobs else None) or self._stored(wanted)
        if found is None:
            raise NotFoundError(f"no artifact has the digest {wanted}", hint="register_artifact answers the digest")
        return found

    def _stored(self, wanted: str) -> bytes | None:
        with self._engine.connect() as connection:
            found = connection.execute(select(BLOBS.c.content).where(BLOBS.c.digest == wanted)).scalar()
        return None if found is None else bytes(found)

    def _has(self, wanted: str) -> bool:
        with self._engine.connect() as connection:
            query = select(BLOBS.c.digest).where(BLOBS.c.digest == wanted, BLOBS.c.content.is_not(None))
            return connection.execute(query).first() is not None


def _keep(connection: Connection, files: Iterable[SourceFile]) -> None:
    """Store contents, in the order of their digests so that two writers never wait for each other in a circle."""
    for name, content in sorted({digest(file.content): file.content for file in files}.items()):
        values = {"digest": name, "size": len(content), "content": content}
        connection.execute(insert(BLOBS).values(values).on_conflict_do_nothing(index_elements=["digest"]))


def _put(connection: Connection, service: str, file: SourceFile, content_digest: str = "") -> bool:
    """Place and index one file whose content is kept; False when exactly this content stands there already."""
    content_digest = content_digest or digest(file.content)
    standing = connection.execute(select(ARTIFACTS.c.digest).where(*_at(service, file.path)).with_for_update()).scalar()
    if standing == content_digest:
        return False
    indexed = _index(file)
    values = {"digest": content_digest, "language": indexed.language, "problem": indexed.problem}
    placing = insert(ARTIFACTS).values(service=service, path=file.path, **values)
    fresh = {**values, "registered_at": func.now()}
    # Whoever comes second in a race waits here for the first, then finds its own content standing or replaces it.
    artifact = connection.execute(
        placing.on_conflict_do_update(index_elements=_KEY, set_=fresh).returning(ARTIFACTS.c.id)
    ).scalar_one()
    connection.execute(delete(DEFINITIONS).where(DEFINITIONS.c.artifact == artifact))
    rows = [
        {
            "artifact": artifact,
            "name": symbol.name,
            "qualified_name": symbol.qualified,
            "kind": symbol.kind,
            "line": symbol.line,
            "end_line": symbol.end_line,
            "signature": symbol.signature,
            "target": symbol.target,
        }
        for symbol in indexed.symbols
    ]
    if rows:
        connection.execute(insert(DEFINITIONS), rows)
    return True


def _index(file: SourceFile) -> _Indexed:
    language = language_of(file.path)
    if language is None:
        return _Indexed("text" if _is_text(file.content) else "binary", (), "")
    facts = extract(file.content, language)
    return _Indexed(language.name, facts.symbols, facts.problem.replace("\0", "")[:500])


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _at(service: str, path: str) -> tuple[Any, Any]:
    return ARTIFACTS.c.service == service, ARTIFACTS.c.path == path


def _artifacts() -> Select[Any]:
    own = (DEFINITIONS.c.artifact == ARTIFACTS.c.id, DEFINITIONS.c.kind.not_in(sorted(REFERENCES)))
    count = select(func.count()).where(*own).scalar_subquery()
    joined = ARTIFACTS.join(BLOBS, ARTIFACTS.c.digest == BLOBS.c.digest)
    return select(ARTIFACTS, BLOBS.c.size, count.label("definitions")).select_from(joined)


def _artifact(row: Any) -> Artifact:
    return Artifact(
        service=row.service,
        path=row.path,
        digest=row.digest,
        size=row.size,
        language=row.language,
        definitions=row.definitions,
        problem=row.problem,
    )
