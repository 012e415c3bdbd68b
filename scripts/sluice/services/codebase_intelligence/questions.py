"""Questions that are no names: which route serves a path, who publishes or consumes an event."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sluice.core.errors import InputError
from sluice.services.codebase_intelligence.answers import EventUse, RouteFound
from sluice.services.codebase_intelligence.database import Database
from sluice.services.codebase_intelligence.facts import PUBLISHES
from sluice.services.codebase_intelligence.lookup import Row
from sluice.services.codebase_intelligence.names import PLACES, place_of
from sluice.services.codebase_intelligence.references import event_keys

_METHODS: Final = re.compile(r"(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|TRACE|ANY)\s+(\S.*)", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\{[^}]*\}|<[^>]*>|\[[^\]]*\]|\(\?P?<[^)]*\)|\*+|:[A-Za-z_]\w*")
_SERVED, _TEMPLATE, _ENDING = 0, 1, 2
_REASONS: Final = ("the very path", "its template fits the path", "it fits the end of the path, as behind a prefix")


def routes(database: Database, text: str) -> list[RouteFound]:
    """Routes that serve `/path` or `METHOD /path`, the best first.

    Raises:
        InputError: the text is no path.
    """
    found = _METHODS.fullmatch(text.strip())
    method, path = (found.group(1).upper(), found.group(2)) if found else ("", text.strip())
    if not path.startswith("/"):
        raise InputError(f"{text[:80]!r} is no path", hint="for example `/orders/42` or `GET /orders/42`")
    wanted = _parts(path.split("?", 1)[0])
    hits = []
    for row in database.routes():
        verb, _, template = row.qualified.partition(" ")
        fit = _fit(wanted, _parts(template)) if not method or verb in {method, "ANY"} else None
        if fit is not None:
            hits.append((place_of(row.path), fit, -len(template), row.path, row.line, verb, template, row.target))
    return [
        RouteFound(
            method=verb,
            route=template,
            handler=handler,
            path=file,
            line=line,
            rank=rank,
            reason=f"{_REASONS[fit]}; {PLACES[place]}",
        )
        for rank, (place, fit, _, file, line, verb, template, handler) in enumerate(sorted(hits), 1)
    ]


def events(database: Database, name: str) -> tuple[list[EventUse], list[EventUse]]:
    """Who publishes and who consumes an event, by calls that name it, or a constant that holds its name.

    Spellings count as one: `OrderCreated`, `order.created`, `events.OrderCreated`, `ORDER_CREATED`.

    Raises:
        InputError: the name has no letter or digit.
    """
    keys = event_keys(name)
    if not keys:
        raise InputError(f"{name[:80]!r} is no event name", hint="for example `OrderCreated`")
    holders = [row for row in database.constants() if keys & event_keys(row.target)]
    constants = {key for row in holders for key in event_keys(row.qualified.rsplit(".", 1)[-1])}
    rows = {row for key in sorted({*keys, *constants}) for row in database.marked(key)}
    ordered = sorted(rows, key=lambda row: (place_of(row.path), row.path, row.line, row.qualified))
    return _uses(ordered, publishes=True), _uses(ordered, publishes=False)


def _uses(rows: Iterable[Row], *, publishes: bool) -> list[EventUse]:
    made = [
        EventUse(path=row.path, line=row.line, call=row.target, named=row.qualified, place=PLACES[place_of(row.path)])
        for row in rows
        if (row.kind == PUBLISHES) == publishes
    ]
    first: dict[tuple[str, int, str], EventUse] = {}
    for use in made:
        first.setdefault((use.path, use.line, use.call), use)
    return list(first.values())


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _fit(wanted: Sequence[str], template: Sequence[str]) -> int | None:
    if list(wanted) == list(template):
        return _SERVED
    if _serves(wanted, template):
        return _TEMPLATE
    fixed = any(not _VARIABLE.search(part) for part in template)
    if fixed and len(template) < len(wanted) and _serves(wanted[len(wanted) - len(template) :], template):
        return _ENDING
    return None


def _serves(wanted: Sequence[str], template: Sequence[str]) -> bool:
    rest = bool(template) and bool(
        re.fullmatch(r"\*+|.*\{[^}]*(:path|\.\.\.)\}|<path:[^>]*>|\{\*+\w*\}|\*\w+", template[-1])
    )
    if rest and len(wanted) >= len(template):
        wanted = [*wanted[: len(template) - 1], "x"]
    return len(wanted) == len(template) and all(map(_part_fits, wanted, template))


def _part_fits(wanted: str, template: str) -> bool:
    if wanted == template or (_VARIABLE.fullmatch(wanted) and _VARIABLE.search(template)):
        return True
    pieces = _VARIABLE.split(template)
    if len(pieces) == 1:
        return False
    start, *_, end = pieces
    return len(wanted) > len(start) + len(end) and wanted.startswith(start) and wanted.endswith(end)
