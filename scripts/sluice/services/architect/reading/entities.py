"""Finds entities and their fields: field tables, lists below a noun, `Order: id, status`, columns that name nouns."""

import re

from sluice.model.service_map import Span
from sluice.services.architect.reading import fields, forms, listings, names, noting, shapes, statements, structure
from sluice.services.architect.reading.draft import Draft, EntityDraft
from sluice.services.architect.reading.endpoints import speaks_of_one
from sluice.services.architect.reading.services import first_paragraph, is_service, service_column
from sluice.services.architect.reading.snippets.find import module_of
from sluice.services.architect.reading.tree import Block, Code, Item, Paragraph, Row, Section, Table, Text

_CAPTION = 120
_NOUN = re.compile(r"[^\W\d_][\w-]*(?:\s+[^\W\d_][\w-]*){0,2}")
_LATIN = re.compile(r"(?<![\w-])[A-Z][A-Za-z0-9]*(?![\w-])")
_AFTER_NOUN = re.compile(r"\s*[(\[].*$|\s+[—\u2013-]\s.*$|\s*:.*$", re.DOTALL)
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)


def find(draft: Draft) -> None:
    """Fills `draft.entities` and `draft.enums`; an entity is only what the document declares as one."""
    for section in draft.sections():
        subject = _subject(draft, section)
        if subject and _under_model(draft, section):
            noting.entity(draft, subject, section, section.span)
        listing = bool(subject) and (_under_model(draft, section) or _lists_fields(draft, section))
        for position, block in enumerate(section.blocks):
            if isinstance(block, Table):
                _from_table(draft, section, block, subject or _caption(section.blocks, position))
            elif isinstance(block, Item):
                _from_item(draft, section, block, subject, listing=listing)
            elif isinstance(block, Paragraph):
                _from_paragraph(draft, section, block, subject)
            elif module_of(block) == "" and block.text.lstrip().startswith(("{", "[")):
                _from_example(draft, section, block, subject or _announced(section.blocks, position))
        known = draft.entities.get(names.entity_name(subject)) if subject else None
        if known is not None:
            known.description = known.description or first_paragraph(section)[:300]
    statements.find(draft)


def _subject(draft: Draft, section: Section) -> str:
    """The noun a section is about, such as `Order` of `### 3.1 Order`, or ''."""
    candidate = section
    if draft.words.has("generic_headings", section.name.lower()) and section.parent is not None:
        candidate = section.parent
    if candidate.level == 0 or candidate is draft.title:
        return ""
    labelled = draft.words.labelled(candidate.name)
    if labelled and labelled[0] == "entity":
        return labelled[1]
    noun = _noun(draft, candidate.name)
    declared = names.entity_name(noun) in draft.entities or _under_model(draft, candidate)
    return noun if noun and (declared or _lists_fields(draft, section)) else ""


def _noun(draft: Draft, title: str) -> str:
    """`Order (owned by order-service)` and `The Order entity` are both `Order`; '' for anything but a noun."""
    bare = _AFTER_NOUN.sub("", title[:_CAPTION]).strip("`* ")
    bare = _ARTICLE.sub("", draft.words.pattern("labels", "entity").sub("", bare).strip())
    if names.FOREIGN.search(bare) and (latin := _LATIN.findall(title)):
        bare = latin[-1]
    if not _NOUN.fullmatch(bare) or draft.words.has("generic_headings", bare.lower()) or draft.words.roles(bare):
        return ""
    return bare


def _under_model(draft: Draft, section: Section) -> bool:
    parent = section.parent
    return parent is not None and "entities" in draft.roles[parent] and bool(_noun(draft, section.name))


def _lists_fields(draft: Draft, section: Section) -> bool:
    """A table of fields, or at least two items that give a name and a known type; not right below a service's name."""
    bold = section.level == structure.NAMING and not forms.titled(draft.words, section.name)
    if is_service(draft, section) and not bold:
        return False
    if any(isinstance(block, Table) and listings.columns(draft, block) for block in section.blocks):
        return True
    items = [block for block in section.blocks if isinstance(block, Item)]
    typed = [item for item in items if _typed(item)]
    return len(typed) > 1 and len(typed) * 2 > len(items)


def _typed(item: Item) -> bool:
    """An item that gives a name and a known type, wherever it stands."""
    field = listings.from_item(item)
    return field is not None and fields.states_type(field.description)


def _caption(blocks: list[Block], position: int) -> str:
    """The paragraph above a table when it names a noun: `**Order** (order-service)`, `Fields of Order:`."""
    before = blocks[position - 1] if position else None
    if not isinstance(before, Paragraph) or len(before.text.plain) > _CAPTION:
        return ""
    plain = before.text.plain
    if before.text.marked:
        return plain[plain.find(before.text.marked[0]) :].rstrip(": ")
    found = re.search(r"\b([A-Z][A-Za-z]+)\b[^.\n]{0,40}:\s*$", plain)
    return found.group(1) if found else ""


def _announced(blocks: list[Block], position: int) -> str:
    """The noun of `A Mail looks like this:` above a piece of code."""
    before = blocks[position - 1] if position else None
    if isinstance(before, Paragraph) and _NOUN.fullmatch(before.text.plain.strip()):
        return before.text.plain.strip()
    if not isinstance(before, Paragraph) or not before.text.plain.endswith(":"):
        return ""
    return before.text.marked[-1] if before.text.marked else _caption(blocks, position)


def _from_table(draft: Draft, section: Section, table: Table, subject: str) -> None:
    roles = listings.columns(draft, table)
    if dictionary := listings.dictionary(draft, table):
        _from_dictionary(draft, section, table, dictionary)
    elif not roles:
        _from_nouns(draft, section, table)
    elif not subject:
        draft.ask(section.name or "document", "A table of fields does not say which entity it is of.", table.span)
    else:
        owner = noting.owner_in(draft, subject)
        entity = noting.entity(draft, _AFTER_NOUN.sub("", subject).strip("`* "), section, table.span, owner)
        for row in table.rows:
            noting.add(draft, entity, listings.from_row(draft, row, roles), _row_span(row), row.cells[0].plain)


def _from_example(draft: Draft, section: Section, block: Code, subject: str) -> None:
    """A JSON object below a noun: `A Mail looks like this:`, or an entity's heading."""
    noun = _noun(draft, subject)
    if not noun or speaks_of_one(section.title.plain) or draft.words.labelled(f"{noun}:"):
        return
    found, _ = shapes.parse(block.text[: shapes.MAX_GROUP])
    if len(found) > 1:
        entity = noting.entity(draft, noun, section, block.span, certain=True)
        for field in found:
            if field.name not in entity.fields and len(entity.fields) < noting.MAX_FIELDS:
                entity.fields[field.name] = field


def _from_dictionary(draft: Draft, section: Section, table: Table, roles: dict[str, int]) -> None:
    """One table with the fields of all entities; an empty cell means the entity of the row above."""
    noun = ""
    for row in table.rows:
        noun = _noun(draft, row.cells[roles["entity"]].plain) or noun
        if noun and row.cells[roles["field"]].plain:
            owner = draft.service_of(row.cells[roles["owner"]].plain) if "owner" in roles else None
            entity = noting.entity(draft, noun, section, _row_span(row), owner)
            field = listings.from_row(draft, row, roles)
            noting.add(draft, entity, field, _row_span(row), row.cells[roles["field"]].plain)


def _row_span(row: Row) -> Span:
    return Span(line_start=row.line, line_end=row.line)


def _from_nouns(draft: Draft, section: Section, table: Table) -> None:
    """`Entity | Owner | Fields`, or a column of a service table that names its entities."""
    words = draft.words
    roles = [words.column(header, ("service", "entity", "entities", "fields", "notes")) for header in table.header]
    owners = [words.column(header, ("owner",)) for header in table.header]
    told = "fields" in roles or "owner" in owners or "entities" in draft.roles[section]
    if roles[:1] == ["entity"] and told:
        for row in table.rows:
            _noun_row(draft, section, row, roles, owners)
    elif (where := service_column(draft, section, table)) is not None and "entities" in roles:
        for row in table.rows:
            owner = draft.service_of(forms.two_names(row.cells[where].plain)[1])
            for noun in _nouns(row.cells[roles.index("entities")].plain):
                noting.entity(draft, noun, section, _row_span(row), owner, certain=True)


def _noun_row(draft: Draft, section: Section, row: Row, roles: list[str | None], owners: list[str | None]) -> None:
    noun = _noun(draft, row.cells[0].plain)
    if not noun:
        if row.cells[0].plain:
            draft.ask(row.cells[0].plain[:80], "It stands among the entities, but is no usable noun.", _row_span(row))
        return
    owner = draft.service_of(row.cells[owners.index("owner")].plain) if "owner" in owners else None
    entity = noting.entity(draft, noun, section, _row_span(row), owner, certain=True)
    if "fields" in roles:
        for field in listings.from_names(row.cells[roles.index("fields")].plain):
            noting.add(draft, entity, field, _row_span(row), field.name)
    if "notes" in roles:
        entity.description = entity.description or row.cells[roles.index("notes")].plain[:300]


def _nouns(text: str) -> list[str]:
    pieces = (piece.strip("`* .") for piece in re.split(r"[,;/]|\band\b|\n", text))
    return [piece for piece in pieces if _NOUN.fullmatch(piece) and piece[0].isupper()]


def _named(draft: Draft, section: Section, span: Span, text: str) -> None:
    """`Order (id, status: open | closed), Invoice`: nouns that are owned, with or without their fields."""
    for piece in shapes.row(text):
        found = re.match(r"[`*\s]*([A-Z]\w*(?:\s[A-Z]\w*)?)[`*\s]*(?:[({](.*?)[)}]?)?\s*$", piece, re.DOTALL)
        if found is None:
            continue
        entity = noting.entity(draft, found.group(1), section, span, certain=True)
        for field in listings.from_names(found.group(2) or ""):
            noting.add(draft, entity, field, span, field.name)


def _from_item(draft: Draft, section: Section, item: Item, subject: str, *, listing: bool) -> None:
    labelled = draft.words.labelled(item.text.plain)
    if labelled and labelled[0] == "entities":
        _owned(draft, section, item, labelled[1])
    elif labelled and labelled[0] == "fields" and subject:
        _listed(draft, noting.entity(draft, subject, section, item.span), item, labelled[1])
    elif declared := _declaration(draft, item):
        entity = noting.entity(draft, declared[0], section, item.span, certain=True)
        _listed(draft, entity, item, declared[1])
    elif "enums" in draft.roles[section]:
        _enum(draft, item)
    elif subject and (listing or _typed(item)):
        _field_item(draft, noting.entity(draft, subject, section, section.span), item)
    elif "entities" in draft.roles[section]:
        _noun_item(draft, section, item, labelled)


def _declaration(draft: Draft, item: Item) -> tuple[str, str] | None:
    """The noun and the fields of ``entity `Room`: `id`, `name` ``."""
    found = draft.words.entity_label.match(item.text.plain)
    noun = _noun(draft, found.group(1)) if found else ""
    return (noun, item.text.plain[found.end() :]) if found and noun else None


def _owned(draft: Draft, section: Section, item: Item, rest: str) -> None:
    """`Owns: Order, Invoice`, with or without items below it."""
    _named(draft, section, item.span, rest)
    for child in item.children:
        _noun_item(draft, section, child, None)


def _listed(draft: Draft, entity: EntityDraft, item: Item, row: str) -> None:
    for field in listings.from_names(row):
        noting.add(draft, entity, field, item.span, field.name)
    for child in item.children:
        _field_item(draft, entity, child)


def _noun_item(draft: Draft, section: Section, item: Item, labelled: tuple[str, str] | None) -> None:
    """`- **Order**: id, status`, or the noun with its fields as items below it."""
    text = labelled[1] if labelled and labelled[0] == "entity" else item.text.plain
    marked = item.text.marked[0] if item.text.marked and text.startswith(item.text.marked[0]) else ""
    noun = _noun(draft, marked or text)
    if not noun or not (noun[0].isupper() or marked):
        return
    rest = text[text.find(noun) + len(noun) :].lstrip("`*: ")
    bracket = re.match(r"\(([^)]*)\)", rest)
    owner = draft.service_of(re.sub(r"^owned by\s+", "", bracket.group(1))) if bracket else None
    entity = noting.entity(draft, noun, section, item.span, owner)
    row = (rest[bracket.end() :] if bracket and owner else rest).lstrip(" .:—\u2013-")
    told = draft.words.labelled(row)
    for field in listings.from_names(told[1] if told else row):
        noting.add(draft, entity, field, item.span, field.name)
    entity.description = entity.description or row[:300]
    for child in item.children:
        below = draft.words.labelled(child.text.plain)
        if below and below[0] == "fields":
            _listed(draft, entity, child, below[1])
        else:
            _field_item(draft, entity, child)


def _field_item(draft: Draft, entity: EntityDraft, item: Item) -> None:
    labelled = draft.words.labelled(item.text.plain)
    owner = draft.service_of(labelled[1].strip("`. ")) if labelled and labelled[0] == "owner" else None
    if owner is not None:
        entity.owner = owner
    elif field := listings.from_item(item):
        noting.add(draft, entity, field, item.span, item.text.plain)
    elif len(item.text.plain) < _CAPTION and not item.text.plain.endswith(".") and not speaks_of_one(item.text.plain):
        question = f"{item.text.plain!r} stands among its fields, but is none; it was ignored."
        draft.ask(entity.name, question, item.span)


def _from_paragraph(draft: Draft, section: Section, block: Paragraph, subject: str) -> None:
    noun, listed = statements.definition(draft, block)
    if noun and (len(listed) > 1 or "entities" in draft.roles[section]):
        entity = noting.entity(draft, noun, section, block.span)
        for field in listed:
            noting.add(draft, entity, field, block.span, field.name)
        return
    if subject and (loose := statements.loose_fields(block)):
        entity = noting.entity(draft, subject, section, section.span)
        for field in loose:
            noting.add(draft, entity, field, block.span, field.name)
        return
    for kind, rest in _labels(draft, block.text):
        if kind == "fields" and subject:
            entity = noting.entity(draft, subject, section, block.span)
            for field in listings.from_names(rest):
                noting.add(draft, entity, field, block.span, field.name)
        elif kind == "owner" and names.entity_name(subject) in draft.entities:
            draft.entities[names.entity_name(subject)].owner = draft.service_of(rest.strip("`. "))
        elif kind == "entities":
            _named(draft, section, block.span, rest)


def _labels(draft: Draft, text: Text) -> list[tuple[str, str]]:
    """The labelled parts of a paragraph, each up to the next label."""
    found: list[tuple[str, str]] = []
    for line in text.plain.split("\n"):
        labelled = draft.words.labelled(line)
        if labelled is not None:
            found.append(labelled)
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
    return found


def _enum(draft: Draft, item: Item) -> None:
    found = re.match(r"\s*([A-Za-z][\w ]{0,60}?)\s*(?::|\s[—\u2013-]\s|=)\s*(.+)$", item.text.plain, re.DOTALL)
    if found:
        draft.enums["".join(names.split(found.group(1)))] = fields.enum_values(f"one of {found.group(2)}")
