"""Artifacts and the index of their symbols in PostgreSQL; content is kept once, by its SHA-256."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from sluice.core.files import digest
from sluice.services.codebase_intelligence.answers import Artifact, Definition, TreeReport
from sluice.services.codebase_intelligence.extract import extract
from sluice.services.codebase_intelligence.facts import REFERENCES, Symbol
from sluice.services.codebase_intelligence.grammars import language_of
from sluice.services.codebase_intelligence.tables import ARTIFACTS, BLOBS, DEFINITIONS
from sluice.services.failures import NotFoundError

MAX_FOUND: Final = 200
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

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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

    def find(self, symbol: str, service: str | None = None) -> list[Definition]:
        """Definitions of a symbol: its plain name, its dotted name or the end of it, or a route `METHOD /path`."""
        name = symbol.rsplit(".", 1)[-1] if " " not in symbol else symbol
        joined = DEFINITIONS.join(ARTIFACTS, DEFINITIONS.c.artifact == ARTIFACTS.c.id)
        columns = (DEFINITIONS, ARTIFACTS.c.service, ARTIFACTS.c.path, ARTIFACTS.c.digest)
        query = select(*columns).select_from(joined).where(DEFINITIONS.c.name == name)
        if name != symbol:
            ending = DEFINITIONS.c.qualified_name.endswith(f".{symbol}", autoescape=True)
            query = query.where(or_(DEFINITIONS.c.qualified_name == symbol, ending))
        if service is not None:
            query = query.where(ARTIFACTS.c.service == service)
        order = (ARTIFACTS.c.service, ARTIFACTS.c.path, DEFINITIONS.c.line, DEFINITIONS.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(*order).limit(MAX_FOUND)).all()
        return [
            Definition(
                symbol=row.qualified_name,
                kind=row.kind,
                signature=row.signature,
                service=row.service,
                path=row.path,
                line=row.line,
                end_line=row.end_line,
                digest=row.digest,
            )
            for row in rows
        ]

    def artifacts(self, service: str | None, *, limit: int, offset: int) -> list[Artifact]:
        """Registered files by service and path."""
        query = _artifacts().order_by(ARTIFACTS.c.service, ARTIFACTS.c.path).limit(limit).offset(offset)
        if service is not None:
            query = query.where(ARTIFACTS.c.service == service)
        with self._engine.connect() as connection:
            return [_artifact(row) for row in connection.execute(query)]

    def content(self, wanted: str) -> bytes:
        """The bytes with this digest.

        Raises:
            NotFoundError: there are none.
        """
        with self._engine.connect() as connection:
            found = connection.execute(select(BLOBS.c.content).where(BLOBS.c.digest == wanted)).scalar()
        if found is None:
            raise NotFoundError(f"no artifact has the digest {wanted}", hint="register_artifact answers the digest")
        return bytes(found)


def _keep(connection: Connection, files: Iterable[SourceFile]) -> None:
    """Store contents, in the order of their digests so that two writers never wait for each other in a circle."""
    for name, content in sorted({digest(file.content): file.content for file in files}.items()):
        values = {"digest": name, "size": len(content), "content": content}
        connection.execute(insert(BLOBS).values(values).on_conflict_do_nothing(index_elements=["digest"]))


def _put(connection: Connection, service: str, file: SourceFile) -> bool:
    """Place and index one file whose content is kept; False when exactly this content stands there already."""
    content_digest = digest(file.content)
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
    symbols = tuple(symbol for symbol in facts.symbols if symbol.kind not in REFERENCES)
    return _Indexed(language.name, symbols, facts.problem.replace("\0", "")[:500])


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _at(service: str, path: str) -> tuple[Any, Any]:
    return ARTIFACTS.c.service == service, ARTIFACTS.c.path == path


def _artifacts() -> Select[Any]:
    count = select(func.count()).where(DEFINITIONS.c.artifact == ARTIFACTS.c.id).scalar_subquery()
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
