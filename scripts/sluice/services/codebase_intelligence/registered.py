"""The symbols of registered artifacts, asked in the same way as the index of a directory."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import Connection, select

from sluice.services.codebase_intelligence.answers import Definition
from sluice.services.codebase_intelligence.facts import EXPORTED, IMPORT, REEXPORT, REFERENCES
from sluice.services.codebase_intelligence.grammars import language_of
from sluice.services.codebase_intelligence.lookup import MAX_FOUND, Row, find
from sluice.services.codebase_intelligence.names import prefix_of, wanted
from sluice.services.codebase_intelligence.ranking import score
from sluice.services.codebase_intelligence.tables import ARTIFACTS, DEFINITIONS

_MAX_ROWS: Final = 5_000
_IMPORTS: Final = (IMPORT, REEXPORT)
_Place = tuple[str, int, str]


class Registered:
    """A `lookup.Symbols` on one connection; paths begin with the service that the file belongs to."""

    def __init__(self, connection: Connection, service: str | None) -> None:
        self._connection = connection
        self._service = service
        self._stored: dict[_Place, Any] = {}
        self._asked: dict[str, list[Row]] = {}

    def find(self, symbol: str) -> list[Definition]:
        """Where a symbol is defined, the best first."""
        hits = [hit for hit, _ in find(self, wanted(symbol))]
        places = [(hit.path, hit.line, hit.qualified) for hit in hits]
        return [_definition(self._stored[place]) for place in places if place in self._stored]

    def definitions(self, name: str, parent: str, path: str = "") -> list[Row]:
        """See `lookup.Symbols`."""
        return self._chosen(name, parent, path, lambda kind: kind not in REFERENCES)

    def imports(self, name: str, parent: str, path: str = "") -> list[Row]:
        """See `lookup.Symbols`."""
        return self._chosen(name, parent, path, lambda kind: kind in _IMPORTS)

    def exported(self, path: str) -> list[Row]:
        """See `lookup.Symbols`."""
        return [row for row in self._named("__all__") if row.kind == EXPORTED and row.path == path]

    def modules(self, name: str) -> list[Row]:
        """See `lookup.Symbols`."""
        query = select(ARTIFACTS.c.service, ARTIFACTS.c.path).where(ARTIFACTS.c.path.contains(name, autoescape=True))
        if self._service is not None:
            query = query.where(ARTIFACTS.c.service == self._service)
        found = self._connection.execute(query.order_by(ARTIFACTS.c.service, ARTIFACTS.c.path).limit(_MAX_ROWS))
        rows = [_module(f"{service}/{path}") for service, path in found]
        return [row for row in rows if row.prefix.rpartition(".")[2] == name][:MAX_FOUND]

    def _chosen(self, name: str, parent: str, path: str, kinds: Callable[[str], bool]) -> list[Row]:
        rows = [row for row in self._named(name) if kinds(row.kind) and (not parent or _parent(row) == parent)]
        if path:
            rows = [row for row in rows if f"/{row.path}".endswith(f"/{path}")]
        return sorted(rows, key=lambda row: (score(row.path, row.kind, row.qualified), row.path, row.line))[:MAX_FOUND]

    def _named(self, name: str) -> list[Row]:
        if name not in self._asked:
            joined = DEFINITIONS.join(ARTIFACTS, DEFINITIONS.c.artifact == ARTIFACTS.c.id)
            columns = (DEFINITIONS, ARTIFACTS.c.service, ARTIFACTS.c.path, ARTIFACTS.c.digest)
            query = select(*columns).select_from(joined).where(DEFINITIONS.c.name == name)
            if self._service is not None:
                query = query.where(ARTIFACTS.c.service == self._service)
            order = (ARTIFACTS.c.service, ARTIFACTS.c.path, DEFINITIONS.c.line, DEFINITIONS.c.id)
            self._asked[name] = self._rows(self._connection.execute(query.order_by(*order).limit(_MAX_ROWS)))
        return self._asked[name]

    def _rows(self, stored: Iterable[Any]) -> list[Row]:
        rows = []
        for one in stored:
            path = f"{one.service}/{one.path}"
            prefix = ".".join(prefix_of(path, language_of(path)))
            self._stored[path, one.line, one.qualified_name] = one
            rows.append(Row(one.qualified_name, one.kind, path, one.line, one.end_line, one.target, prefix, ""))
        return rows


def _module(path: str) -> Row:
    return Row("", "module", path, 1, 1, "", ".".join(prefix_of(path, language_of(path))), "")


def _parent(row: Row) -> str:
    whole = f"{row.prefix}.{row.qualified}" if row.prefix else row.qualified
    return whole.rsplit(".", 2)[-2] if "." in whole else ""


def _definition(stored: Any) -> Definition:
    return Definition(
        symbol=stored.qualified_name,
        kind="import" if stored.kind == REEXPORT else stored.kind,
        signature=stored.signature or stored.target,
        service=stored.service,
        path=stored.path,
        line=stored.line,
        end_line=stored.end_line,
        digest=stored.digest,
    )
