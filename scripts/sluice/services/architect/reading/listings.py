"""Fields out of the places where documents list them: rows of a table, items of a list, a line of names."""

import re

from sluice.model.domain import EntityField
from sluice.services.architect.reading import fields, shapes
from sluice.services.architect.reading.draft import Draft
from sluice.services.architect.reading.tree import Item, Row, Table, Text

_ROLES = ("field", "type", "required", "nullable", "unique", "default", "values", "notes")
_FIELD = re.compile(
    r"\s*[`*]*([A-Za-z_][\w-]*(?:\s[a-z]+)?)[`*]*\s*(\?)?\s*(?:[:(]|\s[—\u2013-]\s|[—\u2013]|,|$)\s*(.*)$",
    re.DOTALL,
)
_ENDPOINT = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+/")


def columns(draft: Draft, table: Table) -> dict[str, int]:
    """Where each role stands in a table of fields: it begins with `Field` and has a `Type`; else empty."""
    found: dict[str, int] = {}
    for position, header in enumerate(table.header):
        role = draft.words.column(header, _ROLES)
        if role:
            found.setdefault(role, position)
    return found if found.get("field") == 0 and "type" in found else {}


def dictionary(draft: Draft, table: Table) -> dict[str, int]:
    """Where each role stands in a table that gives the entity of each field; else empty."""
    found: dict[str, int] = {}
    for position, header in enumerate(table.header):
        role = draft.words.column(header, ("entity",) if "entity" not in found else (*_ROLES, "owner"))
        if role:
            found.setdefault(role, position)
    return found if {"entity", "field", "type"} <= found.keys() else {}


def from_row(draft: Draft, row: Row, roles: dict[str, int]) -> EntityField | None:
    """The field of one row."""

    def cell(role: str) -> str:
        return row.cells[roles[role]].plain if role in roles and roles[role] < len(row.cells) else ""

    notes = [cell("notes")]
    if cell("values").strip("-— "):
        notes.insert(0, f"one of {cell('values')}")
    if cell("default").strip("-— "):
        notes.insert(0, f"default {cell('default')}")
    if draft.words.has("truths", cell("unique").lower()) and "unique" in roles:
        notes.insert(0, "unique")
    required: bool | None = None
    if "required" in roles:
        required = draft.words.has("truths", cell("required").lower())
    elif "nullable" in roles:
        required = not draft.words.has("truths", cell("nullable").lower())
    return shapes.field(cell("field"), cell("type"), *notes, required=required)


def from_item(item: Item) -> EntityField | None:
    """The field of `- total (number, computed)`; items below it are the fields of its objects."""
    if _ENDPOINT.search(item.text.plain):
        return None
    found = from_line(item.text)
    if found is None or not item.children or found.type not in {"array", "object"}:
        return found
    inner = [field for child in item.children if (field := from_line(child.text))]
    return found.model_copy(update={"items": tuple(inner), "item_type": "object"})


def from_line(text: Text) -> EntityField | None:
    """The field of one line such as `email: string, unique`."""
    found = _FIELD.match(text.plain[: fields.MAX_ABOUT])
    if not found:
        return None
    about = found.group(3)
    about = about.removesuffix(")") if about.count("(") < about.count(")") else about
    field = shapes.field(found.group(1), about)
    return field.model_copy(update={"required": False}) if field and found.group(2) else field


def from_names(text: str) -> list[EntityField]:
    """The fields of `{id, email}` or of `id, email (unique) and name`."""
    text = text[: shapes.MAX_GROUP]
    group = next((group for _, group in shapes.braces(text)), "")
    return shapes.parse(group)[0] if group else shapes.names_in_row(text)
