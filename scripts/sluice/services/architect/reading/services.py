"""Finds the services that a document names: tables, lists, headings, and at last mentions in the text."""

import re

from sluice.model.service_map import Span
from sluice.services.architect.reading import forms, names
from sluice.services.architect.reading.draft import Draft, ServiceDraft
from sluice.services.architect.reading.snippets import notes
from sluice.services.architect.reading.tree import Item, Paragraph, Row, Section, Table, Text, texts_of

MAX_SERVICES = 100
MENTIONED, CLAIMED, AREA = 0.8, 0.9, 0.7
MAX_CLAIM = 120
_CALL = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+`?/")
_PORT = re.compile(r"\bport\w*\W{0,3}(\d{2,5})\b", re.IGNORECASE)
MAX_MENTIONS = 500
MAX_LEAD = 500
_COMPOUND = re.compile(r"(?:[A-Z][a-z0-9]+){2,}")
_LEAD = re.compile(r"\s*(.{1,400}?)\s*(?::\s|:$|\s[—\u2013-]\s|—|\(|$|\n)", re.DOTALL)


def find(draft: Draft) -> None:
    """Fills `draft.services`, `draft.aliases` and `draft.scopes`."""
    for section in draft.sections():
        _from_heading(draft, section)
        for block in section.blocks:
            if isinstance(block, Table):
                _from_table(draft, section, block)
            elif isinstance(block, Item) and "services" in draft.roles[section] and not _names_one(draft, section):
                _from_item(draft, block)
    _from_diagrams(draft)
    if not draft.services:
        _from_claims(draft)
    _from_mentions(draft)
    for section in draft.roles:
        _scope(draft, section)


def _names_one(draft: Draft, section: Section) -> bool:
    """A heading that is a service's name lists none, though it holds the word."""
    return bool(forms.titled(draft.words, section.name)) and not draft.words.is_title(section.name)


def _from_heading(draft: Draft, section: Section) -> None:
    parent = section.parent
    title = section.name
    labelled = draft.words.labelled(title)
    if labelled and labelled[0] == "service":
        _declare(draft, labelled[1], section.span, first_paragraph(section))
    elif found := forms.titled(draft.words, title):
        _declare(draft, found, section.span, first_paragraph(section), siblings=parent)
    elif parent is not None and _lists_services(draft, parent) and not _generic(draft, title):
        _declare(draft, _lead(_title(section)), section.span, first_paragraph(section), siblings=parent)
        _area(draft, section, parent)


def _area(draft: Draft, section: Section, parent: Section) -> None:
    """What stands among areas or modules is only perhaps a service."""
    found = draft.services.get(draft.service_of(_lead(_title(section))) or "")
    if found is not None and "services" not in draft.roles[parent] and found.confidence == 1:
        found.confidence = AREA
        draft.ask(found.name, "The document speaks of an area, not of a service. Is it one?", section.span)


def _lists_services(draft: Draft, section: Section) -> bool:
    """A heading such as `Services`; never the title of the document, which may well speak of microservices."""
    return section.level > 0 and section is not draft.title and bool(draft.roles[section] & {"services", "areas"})


def _generic(draft: Draft, title: str) -> bool:
    return draft.words.has("generic_headings", title.lower()) or bool(draft.words.roles(title))


def _from_table(draft: Draft, section: Section, table: Table) -> None:
    where = service_column(draft, section, table)
    if where is None or _other_subject(draft, table, where):
        return
    roles = [draft.words.column(header, ("description", "port", "stack")) for header in table.header]
    for row in table.rows:
        cells = {role: cell.plain for role, cell in zip(roles, row.cells, strict=False) if role}
        siblings = table if where == 0 else None
        _declare(draft, row.cells[where].plain, _row_span(row), cells.get("description", ""), siblings=siblings)
        known = draft.services.get(draft.service_of(forms.two_names(row.cells[where].plain)[1]) or "")
        if known is not None:
            _runs_on(known, cells.get("port", ""), cells.get("stack", ""))


def service_column(draft: Draft, section: Section, table: Table) -> int | None:
    """The column of services: by its title, or the first one when what stands in it says so."""
    columns = [draft.words.column(header, ("service",)) for header in table.header]
    if "service" in columns:
        return columns.index("service")
    if not table.rows or draft.words.column(table.header[0], ("field",)) is None:
        return None
    written = [row.cells[0].plain for row in table.rows]
    told = sum(notes.is_service_name(draft, forms.two_names(name)[1]) for name in written) * 2 > len(written)
    typed = any(draft.words.column(header, ("type", "method")) for header in table.header)
    return 0 if (told or _lists_services(draft, section)) and not typed else None


def _runs_on(service: ServiceDraft, port: str, stack: str) -> None:
    """The port and the technology as the document gives them, in columns or in the description."""
    found = re.search(r"\b\d{2,5}\b", port) or _PORT.search(service.description)
    if found and service.port is None:
        service.port = int(found.group(found.lastindex or 0))
    service.stack = service.stack or stack[:200]


def _other_subject(draft: Draft, table: Table, where: int) -> bool:
    """The table is about something else, and its service column only refers."""
    first = draft.words.column(table.header[0], ("event", "entity", "field"))
    return where > 0 and first is not None


def _row_span(row: Row) -> Span:
    return Span(line_start=row.line, line_end=row.line)


def _from_item(draft: Draft, item: Item) -> None:
    text = item.text
    if _CALL.search(text.plain):
        return
    labelled = draft.words.labelled(text.plain)
    if labelled and labelled[0] == "service":
        _declare(draft, _lead(Text(labelled[1], text.line, text.marked)), item.span, text.plain)
    elif labelled is None:
        lead = _lead(text)
        if _COMPOUND.fullmatch(lead) and not lead.endswith("Service"):
            return
        if len(lead.split()) <= 4 or lead in text.marked:  # noqa: PLR2004 - a name, not a sentence
            _declare(draft, lead, item.span, text.plain[len(lead) :].lstrip(" :—\u2013-)("))


def _lead(text: Text) -> str:
    """What stands before the first colon or dash, or the first marked part when the text begins with it."""
    for mark in text.marked[:1]:
        if text.plain.startswith(mark):
            return mark.rstrip(": ")
    found = _LEAD.match(text.plain[:MAX_LEAD])
    return found.group(1) if found else text.plain[:400]


def _title(section: Section) -> Text:
    return Text(section.name, section.title.line, section.title.marked)


def first_paragraph(section: Section) -> str:
    """The text of the first paragraph below a heading, or ''."""
    return next((block.text.plain for block in section.blocks if isinstance(block, Paragraph)), "")


def _declare(draft: Draft, written: str, span: Span, description: str, siblings: object = None) -> None:
    canonical, original = forms.two_names(written.strip().strip("`*"))
    words = forms.stem(names.split(original), draft.words)
    infrastructure = draft.words.lists["infrastructure"]
    if not original or " ".join(words) in infrastructure or "".join(words) in infrastructure:
        if original:
            draft.ask(original[:80], "It is read as infrastructure, not as a service to build. Is that right?", span)
        return
    name = names.service_name(canonical or original)
    if not name:
        draft.ask(original[:80], "No usable service name is left of this; it was ignored.", span)
        return
    other = forms.stem(names.split(canonical), draft.words) if canonical else words
    known = draft.aliases.get(words) or draft.aliases.get(other)
    if known is None and len(draft.services) < MAX_SERVICES:
        _sanitised(draft, canonical or original, name, span)
        draft.aliases[words] = draft.aliases[other] = name
        draft.services.setdefault(name, ServiceDraft(name, original[:300], description[:500], span, origin=siblings))
    elif known is not None:
        _repeat(draft, known, original, span, description=description, siblings=siblings)
    else:
        draft.ask("document", f"Only the first {MAX_SERVICES} services are read.", span)


def _repeat(draft: Draft, known: str, original: str, span: Span, *, description: str, siblings: object) -> None:
    """The same service again: a heading after a table is normal, the same name twice in one table is a doubt."""
    service = draft.services[known]
    if siblings is not None and service.origin is siblings:
        where = "in the same table" if isinstance(siblings, Table) else "by two headings"
        draft.ask(known, f"It is declared twice {where}; the two were merged.", span)
    if "-" in original and original.endswith("service") and service.name != names.service_name(original):
        _rename(draft, service, names.service_name(original))
    service.description = service.description or description[:500]


def _rename(draft: Draft, service: ServiceDraft, name: str) -> None:
    """The document's own kebab-case form wins over the one made from a title."""
    if name in draft.services:
        return
    draft.services = {name if key == service.name else key: value for key, value in draft.services.items()}
    draft.aliases = {words: name if known == service.name else known for words, known in draft.aliases.items()}
    service.name = name


def _sanitised(draft: Draft, original: str, name: str, span: Span) -> None:
    if names.split(original) != names.split(name) or re.search(r"[^\w &/-]", original):
        draft.ask(name, f"It was named {original[:120]!r} in the document; is {name!r} right?", span)


def _from_diagrams(draft: Draft) -> None:
    """Boxes of diagrams: services when nothing else lists any, or when their name says so beside a list of one form."""
    if draft.services:
        return
    said = draft.words.pattern("sections", "services")
    told = any(said.search(t.plain) for s in draft.sections() for b in s.blocks for t in texts_of(b))
    for name, line in notes.service_names(draft, only=told):
        _declare(draft, name, Span(line_start=line, line_end=line), "")


def _from_claims(draft: Draft) -> None:
    """`The **Report Builder** is responsible for …` where no list names the services."""
    claim = draft.words.pattern("service_claims", "")
    for section in draft.sections():
        for text in (block.text for block in section.blocks if isinstance(block, Paragraph)):
            for mark in text.marked:
                at = text.plain.find(mark)
                after = re.split(r"[.;]\s", text.plain[at + len(mark) : at + len(mark) + MAX_CLAIM])[0]
                found = claim.search(after)
                if found and mark[0].isupper() and len(mark.split()) <= forms.MAX_WORDS + 1:
                    line = text.line_at(at)
                    _declare(draft, mark, Span(line_start=line, line_end=line), after.strip(" ,").replace("\n", " "))
                    if service := draft.services.get(draft.service_of(mark) or ""):
                        service.confidence = min(service.confidence, CLAIMED)
                        _runs_on(service, "", "")


def _from_mentions(draft: Draft) -> None:
    """`x-service` in running text: a service when the document lists none, else an open question."""
    seen: dict[str, Span] = {}
    for section in draft.sections():
        for text in (text for block in section.blocks for text in texts_of(block)):
            for found in forms.of(draft.words).mention.finditer(text.plain):
                if found.group(0) not in seen and len(seen) < MAX_MENTIONS:
                    line = text.line_at(found.start())
                    seen[found.group(0)] = Span(line_start=line, line_end=line)
    declared = bool(draft.services)
    for mention, span in seen.items():
        if draft.service_of(mention) or draft.words.has("not_services", mention.split("-")[0]):
            continue
        if declared:
            draft.ask(mention, "It is mentioned but not listed among the services; it was not added.", span)
            continue
        _declare(draft, mention, span, "")
        if found_name := draft.service_of(mention):
            draft.services[found_name].confidence = MENTIONED
            draft.ask(mention, "No list of services names it; it was taken from the text.", span)


def is_service(draft: Draft, section: Section) -> bool:
    """Whether the heading is a service's name; below its service, `Order` is a noun again."""
    title = section.name
    if forms.titled(draft.words, title) or forms.of(draft.words).mention.fullmatch(title):
        return True
    service = draft.service_of(title)
    above = draft.scopes.get(section.parent) if section.parent is not None else None
    return service is not None and service != above


def _scope(draft: Draft, section: Section) -> None:
    """The service that a section's heading names; sections below it inherit it."""
    title = section.name
    labelled = draft.words.labelled(title)
    found = forms.titled(draft.words, title)
    plain = [] if section is draft.title else [title, _lead(_title(section))]
    candidates = [labelled[1] if labelled else "", found, *plain]
    service = next((s for s in map(draft.service_of, candidates) if s), None)
    mention = None if service else forms.of(draft.words).mention.search(title)
    service = service or (draft.service_of(mention.group(0)) if mention else None)
    parent = section.parent
    is_noun = parent is not None and "entities" in draft.roles[parent] and not found and mention is None
    inherited = draft.scopes.get(parent) if parent is not None else None
    if service and not is_noun:
        draft.scopes[section] = service
    elif inherited:
        draft.scopes[section] = inherited
