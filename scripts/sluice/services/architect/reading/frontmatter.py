"""Lists in YAML, such as a document's front matter, as the tables that they could have been."""

from typing import Any

import yaml

from sluice.model.service_map import Span
from sluice.services.architect.reading.tree import Row, Table, Text
from sluice.services.architect.reading.words import Words

MAX_ROWS, MAX_CELL, MAX_INNER = 200, 500, 50
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIRST = {"services": "service", "entities": "entity", "events": "event"}


def tables(text: str, first: int, words: Words) -> list[Table]:
    """A table for each list of services, entities or events; `first` is the line of the first line."""
    try:
        found = yaml.load(text, Loader=_LOADER)  # noqa: S506 - the safe one, in C where it is built
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    lines = text.split("\n")
    made = (_table(str(key), value, lines, first, words) for key, value in found.items())
    return [table for table in made if table is not None]


def _table(key: str, value: object, lines: list[str], first: int, words: Words) -> Table | None:
    roles = words.roles(key.replace("_", " ").replace("-", " "))
    title = next((title for role, title in _FIRST.items() if role in roles), None)
    rows = [_record(one) for one in value[:MAX_ROWS]] if isinstance(value, list) else []
    if isinstance(value, dict):
        rows = [{"name": str(name), **_record(one)} for name, one in list(value.items())[:MAX_ROWS]]
    rows = [row for row in rows if row.get("name")]
    if title is None or not rows:
        return None
    more = list(dict.fromkeys(key for row in rows for key in row if key != "name"))
    table = Table((title, *more), [], Span(line_start=first, line_end=first + len(lines)))
    for row in rows:
        line = first + next((i for i, text in enumerate(lines) if row["name"] in text), 0)
        table.rows.append(Row(tuple(Text(row.get(key, ""), line) for key in ("name", *more)), line))
    return table


def _record(value: object) -> dict[str, str]:
    """The cells of one item by lower-case title; a plain word is a name."""
    if not isinstance(value, dict):
        return {"name": _cell(value)} if isinstance(value, str) else {}
    cells = {str(key).replace("_", " ").lower(): _cell(one) for key, one in list(value.items())[:40]}
    name = next((cells.pop(key) for key in ("name", "service", "entity", "event", "id") if cells.get(key)), "")
    return {"name": name, **cells}


def _cell(value: object, depth: int = 0) -> str:
    """The text of a value, two levels deep: aliases may make it endless."""
    if isinstance(value, list | dict) and depth > 1:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(one, depth + 1) for one in value[:MAX_INNER])[:MAX_CELL]
    if isinstance(value, dict):
        pairs = list(value.items())[:MAX_INNER]
        return ", ".join(f"{key}: {_cell(one, depth + 1)}" for key, one in pairs)[:MAX_CELL]
    return "" if value is None else str(value)[:MAX_CELL]
