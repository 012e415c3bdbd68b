"""Finds entities and their fields: field tables, lists below a noun, `Order: id, status`, columns that name nouns."""

import re

from sluice.model.domain import EntityField
from sluice.model.service_map import Span
from sluice.services.architect.reading import fields, names, services, shapes
from sluice.services.architect.reading.draft import Draft, EntityDraft
from sluice.services.architect.reading.markdown import Block, Item, Paragraph, Row, Section, Table, Text

MAX_ENTITIES = 500
MAX_FIELDS = 100
_NOUN = re.compile(r"[A-Za-z][\w-]*(?:\s+[A-Za-z][\w-]*){0,2}")
_BRACKET = re.compile(r"\s*[(\[].*$|\s+[—–-]\s.*$|\s*:.*$", re.DOTALL)
_FIELD = re.compile(r"\s*[`*]*([A-Za-z_][\w-]*(?:\s[a-z]+)?)[`*]*\s*(\?)?\s*(?:[:(]|\s[—–-]\s|,|$)\s*(.*)$", re.DOTALL)
_METHOD = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+/")


def find(draft: Draft) -> None:
    """Fills `draft.entities` and `draft.enums`; an entity is only what the document declares as one."""
    for section in draft.doc.walk():
        if services.excluded(draft, section):
            continue
        roles = draft.words.roles(section.name)
        subject = _subject(draft, section)
        for position, block in enumerate(section.blocks):
            before = section.blocks[position - 1] if position else None
            if isinstance(block, Table):
                _from_table(draft, section, block, subject or _caption(before))
            elif isinstance(block, Item):
                _from_item(draft, section, block, roles, subject)
            elif isinstance(block, Paragraph):
                _from_paragraph(draft, section, block.text, subject)
        if subject and _under_model(draft, section):
            _entity(draft, subject, section, section.span)


def _subject(draft: Draft, section: Section) -> str:
    """The noun a section is about, such as `Order` of `### 3.1 Order`, or ''."""
    for candidate in (section, section.parent):
        if candidate is None or candidate.level == 0:
            return ""
        title = candidate.name
        if draft.words.has("generic_headings", title.lower()):
            continue
        labelled = draft.words.labelled(title)
        if labelled and labelled[0] == "entity":
            return labelled[1]
        noun = _noun(draft, title)
        known = names.entity_name(noun) in draft.entities
        return noun if noun and (known or _under_model(draft, candidate) or _has_fields(draft, section)) else ""
    return ""


def _noun(draft: Draft, title: str) -> str:
    """`Order (owned by order-service)` and `The Order entity` are both `Order`."""
    bare = _BRACKET.sub("", title).strip("`* ")
    bare = draft.words.pattern("labels", "entity").sub("", bare).strip()
    bare = re.sub(r"^(?:the|an?)\s+", "", bare, flags=re.IGNORECASE)
    plain = _NOUN.fullmatch(bare)
    if not plain or draft.service_of(bare) and not names.entity_name(bare):  # noqa: RUF021 - reads as it is meant
        return ""
    return "" if draft.words.roles(bare) or draft.words.has("generic_headings", bare.lower()) else bare


def _under_model(draft: Draft, section: Section) -> bool:
    parent = section.parent
    return parent is not None and "entities" in draft.words.roles(parent.name) and bool(_noun(draft, section.name))


def _has_fields(draft: Draft, section: Section) -> bool:
    return any(isinstance(block, Table) and _field_columns(draft, block) for block in section.blocks)


def _caption(before: Block | None) -> str:
    """The noun in the paragraph above a table: `**Order**`, `Fields of Order:`."""
    if not isinstance(before, Paragraph):
        return ""
    if before.text.marked and len(before.text.plain) < 120:  # noqa: PLR2004 - a caption is short
        return before.text.marked[0].strip(": ")
    found = re.match(r"(?:The\s+)?([A-Z]\w+)\b[^.\n]{0,40}:\s*$", before.text.plain)
    return found.group(1) if found else ""


def _field_columns(draft: Draft, table: Table) -> dict[str, int]:
    """Role of each column, when the table lists fields: its first column is `field`, and there is a `type`."""
    roles = ("field", "type", "required", "nullable", "unique", "default", "values", "notes")
    found: dict[str, int] = {}
    for position, header in enumerate(table.header):
        role = draft.words.column(header, roles)
        if role:
            found.setdefault(role, position)
    return found if found.get("field") == 0 and "type" in found else {}


def _from_table(draft: Draft, section: Section, table: Table, subject: str) -> None:
    if columns := _field_columns(draft, table):
        if not subject:
            draft.ask(section.name or "document", "A table of fields does not say which entity it is of.", table.span)
            return
        entity = _entity(draft, subject, section, table.span)
        for row in table.rows:
            _add(draft, entity, _row_field(draft, row, columns), _row_span(row), row.cells[0].plain)
        return
    _from_nouns(draft, section, table)


def _row_span(row: Row) -> Span:
    return Span(line_start=row.line, line_end=row.line)


def _row_field(draft: Draft, row: Row, columns: dict[str, int]) -> EntityField | None:
    def cell(role: str) -> str:
        return row.cells[columns[role]].plain if role in columns and columns[role] < len(row.cells) else ""

    notes = [cell("notes")]
    if cell("values"):
        notes.insert(0, f"one of {cell('values')}")
    if cell("default") not in {"", "-", "—"}:
        notes.insert(0, f"default {cell('default')}")
    if draft.words.has("truths", cell("unique").lower()) and "unique" in columns:
        notes.insert(0, "unique")
    required: bool | None = None
    if "required" in columns:
        required = draft.words.has("truths", cell("required").lower())
    elif "nullable" in columns:
        required = not draft.words.has("truths", cell("nullable").lower())
    return shapes.field(cell("field"), cell("type"), *notes, required=required)


def _from_nouns(draft: Draft, section: Section, table: Table) -> None:
    """`Entity | Owner | Fields`, or a column of a service table that names its entities."""
    roles = [
        draft.words.column(header, ("service", "entity", "entities", "fields", "notes")) for header in table.header
    ]
    owners = [draft.words.column(header, ("owner",)) for header in table.header]
    if roles[:1] == ["entity"] and (
        "fields" in roles or "owner" in owners or "entities" in draft.words.roles(section.name)
    ):
        for row in table.rows:
            _noun_row(draft, section, row, roles, owners)
    elif "service" in roles and "entities" in roles:
        for row in table.rows:
            owner = draft.service_of(row.cells[roles.index("service")].plain)
            for noun in _nouns(row.cells[roles.index("entities")].plain):
                _entity(draft, noun, section, _row_span(row), owner)


def _noun_row(draft: Draft, section: Section, row: Row, roles: list[str | None], owners: list[str | None]) -> None:
    noun = _noun(draft, row.cells[0].plain)
    if not noun:
        return
    owner = draft.service_of(row.cells[owners.index("owner")].plain) if "owner" in owners else None
    entity = _entity(draft, noun, section, _row_span(row), owner)
    if "fields" in roles:
        for field in _inline(row.cells[roles.index("fields")].plain):
            _add(draft, entity, field, _row_span(row), field.name)


def _nouns(text: str) -> list[str]:
    return [
        noun for piece in re.split(r"[,;/]|\band\b|\n", text) if (noun := piece.strip("`* .")) and _NOUN.fullmatch(noun)
    ]


def _inline(text: str) -> list[EntityField]:
    """Fields of `{id, email}` or `id, email (unique) and name`."""
    group = next((group for _, group in shapes.braces(text)), "")
    return shapes.parse(group)[0] if group else shapes.names_in_row(text)


def _from_item(draft: Draft, section: Section, item: Item, roles: frozenset[str], subject: str) -> None:
    labelled = draft.words.labelled(item.text.plain)
    if labelled and labelled[0] == "entities":
        _owned(draft, section, item, labelled[1])
    elif labelled and labelled[0] == "fields" and subject:
        entity = _entity(draft, subject, section, item.span)
        for field in _inline(labelled[1]):
            _add(draft, entity, field, item.span, field.name)
        _children(draft, entity, item)
    elif "enums" in roles:
        _enum(draft, item)
    elif subject and (_under_model(draft, section) or names.entity_name(subject) in draft.entities):
        _field_item(draft, _entity(draft, subject, section, section.span), item)
    elif "entities" in roles:
        _noun_item(draft, section, item, labelled)


def _owned(draft: Draft, section: Section, item: Item, rest: str) -> None:
    owner = draft.scope(section)
    for noun in _nouns(rest):
        if noun[0].isupper():
            _entity(draft, noun, section, item.span, owner)
    for child in item.children:
        _noun_item(draft, section, child, None)


def _noun_item(draft: Draft, section: Section, item: Item, labelled: tuple[str, str] | None) -> None:
    """`- **Order**: id, status`, or the noun with its fields as items below it."""
    text = labelled[1] if labelled and labelled[0] == "entity" else item.text.plain
    lead = item.text.marked[0] if item.text.marked and text.startswith(item.text.marked[0]) else text
    noun = _noun(draft, lead)
    if not noun or not (noun[0].isupper() or item.text.marked):
        return
    rest = text[text.find(noun) + len(noun) :]
    owner = draft.service_of((re.findall(r"\(([^)]*)\)", rest) or [""])[0])
    entity = _entity(draft, noun, section, item.span, owner)
    _description(entity, rest)
    listed = draft.words.labelled(rest.lstrip(" .:—–-"))
    row = re.sub(r"^\s*\([^)]*\)", "", rest).lstrip(" :—–-") if listed is None else listed[1]
    for field in _inline(row):
        _add(draft, entity, field, item.span, field.name)
    _children(draft, entity, item)


def _children(draft: Draft, entity: EntityDraft, item: Item) -> None:
    for child in item.children:
        labelled = draft.words.labelled(child.text.plain)
        if labelled and labelled[0] == "fields":
            for field in _inline(labelled[1]):
                _add(draft, entity, field, child.span, field.name)
            _children(draft, entity, child)
        elif labelled is None or labelled[0] != "owner":
            _field_item(draft, entity, child)


def _field_item(draft: Draft, entity: EntityDraft, item: Item) -> None:
    """`- email: string, unique, required`; items below it are the fields of its objects."""
    if _METHOD.search(item.text.plain):
        return
    labelled = draft.words.labelled(item.text.plain)
    if labelled and labelled[0] == "owner" and draft.service_of(labelled[1].strip("`. ")):
        entity.owner = draft.service_of(labelled[1].strip("`. "))
        return
    field = field_of(item.text)
    if field is None:
        return
    if item.children and field.type in {"array", "object"}:
        items = [inner for child in item.children if (inner := field_of(child.text))]
        field = field.model_copy(update={"items": tuple(items), "item_type": "object"})
    _add(draft, entity, field, item.span, item.text.plain)


def field_of(text: Text) -> EntityField | None:
    """One field out of a line such as `total (number, computed)`."""
    found = _FIELD.match(text.plain)
    if not found:
        return None
    about = (
        found.group(3).removesuffix(")") if found.group(3).count("(") < found.group(3).count(")") else found.group(3)
    )
    field = shapes.field(found.group(1), about)
    return field.model_copy(update={"required": False}) if field and found.group(2) else field


def _from_paragraph(draft: Draft, section: Section, text: Text, subject: str) -> None:
    for line in text.plain.split("\n"):
        labelled = draft.words.labelled(line)
        if labelled is None:
            continue
        kind, rest = labelled
        span = Span(line_start=text.line, line_end=text.line + text.plain.count("\n"))
        if (
            kind == "fields"
            and subject
            and names.entity_name(subject) in draft.entities | {names.entity_name(subject): 0}
        ):
            entity = _entity(draft, subject, section, span)
            for field in _inline(rest):
                _add(draft, entity, field, span, field.name)
        elif kind == "owner" and names.entity_name(subject) in draft.entities:
            draft.entities[names.entity_name(subject)].owner = draft.service_of(rest.strip("`. "))
        elif kind == "entities":
            for noun in _nouns(rest):
                if noun[0].isupper():
                    _entity(draft, noun, section, span, draft.scope(section))


def _enum(draft: Draft, item: Item) -> None:
    found = re.match(r"\s*([A-Za-z][\w ]{0,60}?)\s*(?::|\s[—–-]\s|=)\s*(.+)$", item.text.plain, re.DOTALL)
    if found:
        listed = fields.enum_values(f"one of {found.group(2)}")
        draft.enums["".join(names.split(found.group(1)))] = listed


def _description(entity: EntityDraft, text: str) -> None:
    entity.description = entity.description or text.strip(" :—–-.")[:300]


def _entity(draft: Draft, written: str, section: Section, span: Span, owner: str | None = None) -> EntityDraft:
    name = names.entity_name(written)
    owner = owner or draft.scope(section) or _owner_in_title(draft, section)
    known = draft.entities.get(name)
    if known is None:
        known = EntityDraft(name, written[:300], owner=owner, span=span)
        if name and len(draft.entities) < MAX_ENTITIES:
            draft.entities[name] = known
            if names.split(written) != names.split(name) and names.entity_name(name) != names.entity_name(written):
                draft.ask(name, f"It was named {written[:120]!r} in the document; is {name!r} right?", span)
        else:
            draft.ask("document", f"Only the first {MAX_ENTITIES} entities are read.", span)
    if owner and known.owner and owner != known.owner:
        draft.ask(name, f"Both {known.owner} and {owner} seem to own it; {known.owner} was taken.", span)
    known.owner = known.owner or owner
    return known


def _owner_in_title(draft: Draft, section: Section) -> str | None:
    inside = re.search(r"[(\[—–:-]\s*(?:owned by|owner:?)?\s*`?([\w -]+?)`?\s*[)\]]?\s*$", section.name)
    return draft.service_of(inside.group(1)) if inside else None


def _add(draft: Draft, entity: EntityDraft, field: EntityField | None, span: Span, written: str) -> None:
    if field is None:
        draft.ask(entity.name, f"No usable field name is left of {written[:80]!r}; it was ignored.", span)
        return
    if field.name in entity.fields:
        if entity.fields[field.name].model_copy(update={"description": ""}) != field.model_copy(
            update={"description": ""}
        ):
            draft.ask(f"{entity.name}.{field.name}", "It is described twice, differently; the first was taken.", span)
        return
    if len(entity.fields) < MAX_FIELDS:
        entity.fields[field.name] = field
        head = re.split(r"[\s:(,?—–]", written.strip("`* "), maxsplit=1)[0]
        if names.split(head) != names.split(field.name)[: len(names.split(head))]:
            draft.ask(f"{entity.name}.{field.name}", f"The field was written {written[:80]!r}.", span)
