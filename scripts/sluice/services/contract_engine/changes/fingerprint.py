"""Whether two schemas mean the same, by a digest of their meaning to a bounded depth."""

import json
from typing import Final

from sluice.core.files import digest
from sluice.services.contract_engine.changes.source import Nodes
from sluice.services.contract_engine.changes.views import View, Views

DEPTH: Final = 5


class Fingerprints:
    """Digests of the schemas of one document, each made once for each depth."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._known: dict[tuple[int, int], str] = {}

    def of(self, nodes: Nodes, depth: int = DEPTH) -> str:
        """Equal for schemas that mean the same down to `depth` levels; cycles therefore end."""
        view = self._views.of(nodes)
        key = (id(view), depth)
        if key not in self._known:
            self._known[key] = digest(json.dumps(self._facts(view, depth), sort_keys=True))[7:23]
        return self._known[key]

    def _facts(self, view: View, depth: int) -> list[object]:
        own: list[object] = [
            sorted(view.types) if view.types is not None else None,
            view.null,
            sorted(view.enum) if view.enum is not None else None,
            sorted(view.formats),
            sorted(view.patterns),
            [[key, *limit] for key, limit in sorted(view.limits.items())],
            sorted(view.multiples),
            view.unique,
            sorted(view.required),
            view.closed,
            sorted(view.flags & {"readOnly", "writeOnly"}),
            [list(item) for item in sorted(view.plain.items())],
        ]
        if depth <= 0:
            return own
        tables = (view.properties, view.pattern_properties, view.conditions)
        own.extend({name: self.of(nodes, depth - 1) for name, nodes in table.items()} for table in tables)
        own.extend(self.of(nodes, depth - 1) if nodes else "" for nodes in (view.items, view.additional))
        own.append([self.of(nodes, depth - 1) for nodes in view.prefix])
        own.append(sorted(sorted(self.of((member,), depth - 1) for member in members) for _, members in view.groups))
        return own
