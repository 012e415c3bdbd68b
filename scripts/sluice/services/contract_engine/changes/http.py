"""Two OpenAPI or Swagger documents."""

from collections.abc import Collection, Iterator, Mapping

from sluice.services.contract_engine.changes import openapi
from sluice.services.contract_engine.changes.alternatives import Side
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.fingerprint import Fingerprints
from sluice.services.contract_engine.changes.interface import Operation
from sluice.services.contract_engine.changes.openapi import Place
from sluice.services.contract_engine.changes.operations import Comparisons, OperationComparison
from sluice.services.contract_engine.changes.schemas import SchemaComparison
from sluice.services.contract_engine.changes.source import InFile, Source
from sluice.services.contract_engine.changes.unchanged import references, unchanged
from sluice.services.contract_engine.changes.views import Views

_DEPTH = 4  # of callbacks in callbacks
_INHERITED = ("securityDefinitions", "consumes", "produces")


class HttpComparison:
    """Compares two documents; `today` (RFC 3339 date) decides whether a sunset has passed."""

    def __init__(self, old: Source, new: Source, today: str) -> None:
        self._old = old
        self._new = new
        self._today = today
        self._unchanged = unchanged(old, new)
        self._alike = old.version[:3] == new.version[:3] and _security(old) == _security(new)
        self._schemas = comparisons(old, new, self._unchanged)

    @property
    def cut(self) -> bool:
        """Whether some differences were told for their first use only."""
        return self._schemas.cut

    def changes(self) -> Iterator[Change]:
        """All differences, in the order of the old document, new operations last."""
        yield from self._servers()
        before, after = (_by_key(openapi.places(source)) for source in (self._old, self._new))
        yield from self._places(before, after, _DEPTH)

    def _servers(self) -> Iterator[Change]:
        old, new = openapi.base_paths(self._old), openapi.base_paths(self._new)
        if not set(old.values()) & set(new.values()):
            text = f"the base path changed from {_paths(old)} to {_paths(new)}"
            yield Change(rule="base-path-changed", direction="", pointer="/servers", text=text)
            return
        for url in old.keys() - new.keys():
            yield Change(rule="server-removed", direction="", pointer="/servers", text=f"the server {url} was removed")
        for url in new.keys() - old.keys():
            yield Change(rule="server-added", direction="", pointer="/servers", text=f"the server {url} was added")

    def _places(
        self, before: Mapping[tuple[str, str], Place], after: Mapping[tuple[str, str], Place], depth: int
    ) -> Iterator[Change]:
        for key, place in before.items():
            other = after.get(key)
            if other is None:
                yield self._removed(place)
            elif not self._same(place, other):
                yield from self._operation(openapi.read(self._old, place), openapi.read(self._new, other), depth)
        for key, place in after.items():
            if key not in before:
                yield _whole("operation-added", place, "was added")

    def _operation(self, old: Operation, new: Operation, depth: int) -> Iterator[Change]:
        yield from OperationComparison(self._schemas, old, new).changes()
        if depth:
            before = _by_key(_callbacks(self._old, old))
            yield from self._places(before, _by_key(_callbacks(self._new, new)), depth - 1)

    def _same(self, old: Place, new: Place) -> bool:
        """Whether nothing that the operation says or refers to has changed."""
        if any(isinstance(step, InFile) for step in (*old.node.place[:1], *new.node.place[:1])):
            return False
        if not self._alike or old.path != new.path or old.node.raw != new.node.raw:
            return False
        if old.item.table.get("parameters") != new.item.table.get("parameters"):
            return False
        used = references(old.node) | references(old.item.child("parameters"))
        return used <= self._unchanged

    def _removed(self, place: Place) -> Change:
        sunset = place.node.text("x-sunset")
        over = place.node.table.get("deprecated") is True and sunset and sunset[:10] < self._today
        rule = "operation-removed-after-sunset" if over else "operation-removed"
        return _whole(rule, place, f"was removed, as announced for {sunset}" if over else "was removed")


def comparisons(old: Source, new: Source, same: Collection[str]) -> Comparisons:
    """Schema comparisons of two documents in both directions."""
    sides = []
    for source in (old, new):
        views = Views(source)
        sides.append(Side(views, Fingerprints(views)))
    request = SchemaComparison(sides[0], sides[1], "request", same)
    return Comparisons(sides[0], sides[1], request, SchemaComparison(sides[0], sides[1], "response", same))


def _by_key(places: Iterator[Place]) -> dict[tuple[str, str], Place]:
    return {(place.method, place.shape): place for place in places}


def _callbacks(source: Source, operation: Operation) -> Iterator[Place]:
    for name, node in operation.callbacks.items():
        path = f"{operation.method} {operation.path} {name}"
        yield from openapi.item_places(source, path, node, reverse=not operation.reverse)


def _security(source: Source) -> tuple[object, ...]:
    """Everything outside of an operation that decides who may call it, and what else it inherits."""
    root = source.root
    schemes = root.child("components").child("securitySchemes").raw
    return (root.table.get("security"), schemes, *(root.table.get(key) for key in _INHERITED))


def _whole(rule: str, place: Place, text: str) -> Change:
    return Change(
        rule=rule,
        direction="",
        method=place.method,
        path=place.path,
        old_path=place.path,
        names=(place.node.text("operationId"),),
        pointer=place.node.pointer,
        text=text,
    )


def _paths(found: Mapping[str, str]) -> str:
    return " or ".join(sorted({path or "/" for path in found.values()}))
