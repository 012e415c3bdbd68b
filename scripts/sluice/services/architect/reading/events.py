"""Finds events, who publishes and who consumes them, and what the consumer does."""

import re

from sluice.model.service_map import Span
from sluice.services.architect.reading import mentions, names, shapes
from sluice.services.architect.reading.draft import Draft, EventDraft
from sluice.services.architect.reading.tree import Block, Item, Paragraph, Row, Section, Table, Text, texts_of

MAX_SENTENCE = 2000
_PRONOUN = re.compile(r"\s*(?:it|they|this service)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\s*(?:when|on|upon|after|whenever|if|once)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])(?<!e\.g\.)(?<!i\.e\.)\s+")


def find(draft: Draft) -> None:
    """Fills `draft.events`: tables and lists first, then the sentences that speak of the events they declared."""
    sections = list(draft.sections())
    for section in sections:
        for block in section.blocks:
            _declared(draft, section, block)
        _from_heading(draft, section)
    for section in sections:
        for block in section.blocks:
            for text in texts_of(block):
                _sentences(draft, section, text, block.span)


def _declared(draft: Draft, section: Section, block: Block) -> None:
    if isinstance(block, Table):
        _from_table(draft, section, block)
    elif isinstance(block, Item):
        _from_item(draft, section, block)
    elif isinstance(block, Paragraph):
        _labelled(draft, section, block.text, block.span)
        if "events" in draft.roles[section]:
            for mark in block.text.marked:
                if mentions.EVENT.fullmatch(mark) and mentions.is_event(draft, mark):
                    mentions.event(draft, mark, block.span)


def _publisher(draft: Draft, event: EventDraft, service: str | None, span: Span) -> None:
    if service and event.publisher and event.publisher != service:
        draft.ask(
            event.name, f"Both {event.publisher} and {service} seem to publish it; {event.publisher} was taken.", span
        )
    event.publisher = event.publisher or service


def _consumer(event: EventDraft, service: str | None, effect: str = "") -> None:
    if service:
        if service not in event.consumers:
            event.consumers.append(service)
        event.effects[service] = f"{event.effects.get(service, '')} {effect}".strip()[:1000]


def _from_table(draft: Draft, section: Section, table: Table) -> None:
    roles = ("event", "publisher", "consumers", "payload", "trigger", "effect")
    columns: dict[str, int] = {}
    for position, header in enumerate(table.header):
        role = draft.words.column(header, roles)
        if role:
            columns.setdefault(role, position)
    if "event" not in columns and {"publisher", "consumers"} & columns.keys() and table.header[:1]:
        columns |= {"event": 0} if draft.words.column(table.header[0], ("field",)) else {}
    if "event" not in columns:
        columns = {**_by_content(draft, section, table), **columns}
    if columns.get("event") == 0 and (
        "publisher" in columns or "consumers" in columns or "events" in draft.roles[section]
    ):
        for row in table.rows:
            _row(draft, row, columns, draft.scope(section))
    elif table.header and draft.words.column(table.header[0], ("service",)):
        _service_columns(draft, table)


def _by_content(draft: Draft, section: Section, table: Table) -> dict[str, int]:
    """Untold columns of a table of events: the names of events first, then of those who publish and who consume."""
    if "events" not in draft.roles[section] or len(table.header) < 2:  # noqa: PLR2004 - an event and a service
        return {}
    columns = [[row.cells[i].plain.strip("` ") for row in table.rows] for i in range(len(table.header))]
    if not columns[0] or not all(mentions.EVENT.fullmatch(name) for name in columns[0]):
        return {}
    named = [i for i, cells in enumerate(columns) if i and any(mentions.services_in(draft, cell) for cell in cells)]
    return {"event": 0, **dict(zip(("publisher", "consumers"), named, strict=False))}


def _row(draft: Draft, row: Row, columns: dict[str, int], scope: str | None) -> None:
    def cell(role: str) -> str:
        return row.cells[columns[role]].plain if role in columns and columns[role] < len(row.cells) else ""

    span = Span(line_start=row.line, line_end=row.line)
    event = mentions.event(draft, row.cells[0].plain, span)
    if event is None:
        return
    publishers = mentions.services_in(draft, cell("publisher"))
    fallback = scope if "publisher" not in columns else None
    _publisher(draft, event, publishers[0] if publishers else fallback, span)
    rest = " ".join(
        text.plain for position, text in enumerate(row.cells) if position > 0 and position != columns.get("payload")
    )
    for service in mentions.services_in(draft, cell("consumers")):
        _consumer(event, service, cell("effect") or rest)
    event.triggers.append(cell("trigger"))
    _payload(event, cell("payload"))


def _service_columns(draft: Draft, table: Table) -> None:
    """A table of services with columns `Publishes` and `Consumes`."""
    for position, header in enumerate(table.header):
        role = draft.words.column(header, ("publishes", "consumes"))
        for row in table.rows if role else ():
            service = draft.service_of(row.cells[0].plain)
            span = Span(line_start=row.line, line_end=row.line)
            for token in mentions.tokens(draft, row.cells[position].plain, listed=True):
                event = mentions.event(draft, token, span)
                if event and role == "publishes":
                    _publisher(draft, event, service, span)
                elif event:
                    _consumer(event, service)


def _payload(event: EventDraft, text: str) -> None:
    group = next((group for _, group in shapes.braces(text)), "")
    fields = shapes.parse(group)[0] if group else shapes.names_in_row(re.split(r"\s(?:of|for|from)\s", text)[0])
    known = {field.name for field in event.payload}
    event.payload.extend(field for field in fields if field.name not in known)


def _from_heading(draft: Draft, section: Section) -> None:
    labelled = draft.words.labelled(section.name)
    written = labelled[1] if labelled and labelled[0] == "event" else section.name
    parent = section.parent
    under_events = parent is not None and "events" in draft.roles[parent]
    token = mentions.EVENT.match(written.strip("`* "))
    if token and (under_events or labelled) and mentions.is_event(draft, token.group(1)):
        event = mentions.event(draft, token.group(1), section.span)
        for block in section.blocks:
            for text in (
                block.lines() if isinstance(block, Item) else [block.text] if isinstance(block, Paragraph) else []
            ):
                _about(draft, event, text.plain, section.span)


def _from_item(draft: Draft, section: Section, item: Item) -> None:
    if _labelled(draft, section, item.text, item.span, item):
        return
    token = mentions.EVENT.match(item.text.plain.strip("`* "))
    if "events" not in draft.roles[section] or not token:
        for child in item.children:
            _from_item(draft, section, child)
        return
    event = mentions.event(draft, token.group(1), item.span)
    for text in item.lines():
        _about(draft, event, text.plain, item.span)


def _labelled(draft: Draft, section: Section, text: Text, span: Span, item: Item | None = None) -> bool:
    """`Publishes: OrderCreated {id, status}` in a service's section."""
    done = False
    for line in text.plain.split("\n"):
        labelled = draft.words.labelled(line)
        if labelled is None or labelled[0] not in {"publishes", "consumes"}:
            continue
        children = [child.text.plain for child in item.children] if item else []
        for part in (labelled[1], *children):
            for token in mentions.tokens(draft, part, listed=True):
                event = mentions.event(draft, token, span)
                if event and labelled[0] == "publishes":
                    _publisher(draft, event, draft.scope(section), span)
                elif event:
                    _consumer(event, draft.scope(section), part)
        done = True
    return done


def _about(draft: Draft, event: EventDraft | None, text: str, span: Span) -> None:
    """`published by order-service when ..., consumed by notification-service. Payload: id, status`."""
    if event is None:
        return
    labelled = draft.words.labelled(text)
    if labelled and labelled[0] in {"publishes", "consumes"}:
        text = f"{'published by' if labelled[0] == 'publishes' else 'consumed by'} {labelled[1]}"
    for role in ("published_by", "consumed_by"):
        for found in draft.words.pattern("verbs", role).finditer(text):
            part = _until_verb(draft, text[found.end() :])
            for service in mentions.services_in(draft, part):
                if role == "published_by":
                    _publisher(draft, event, service, span)
                else:
                    _consumer(event, service, text[found.end() :])
    payload = re.search(r"(?:payload|carries|contains|data|fields)\s*:?\s*(.*)$", text, re.IGNORECASE | re.DOTALL)
    if payload:
        _payload(event, payload.group(1))
    event.triggers.append(text[:300])


def _until_verb(draft: Draft, text: str) -> str:
    ends = [
        found.start()
        for role in ("published_by", "consumed_by")
        for found in draft.words.pattern("verbs", role).finditer(text)
    ]
    return re.split(r"\.(?:\s|$)|\bwhen\b|\bwhich\b|\bafter\b", text[: min(ends, default=len(text))], maxsplit=1)[0]


def _sentences(draft: Draft, section: Section, text: Text, span: Span) -> None:
    """The events of each sentence; `It` is the service that the sentence before spoke of."""
    if not mentions.tokens(draft, text.plain):
        return
    before: str | None = None
    for long in _SENTENCE.split(text.plain.replace("\n", " ")):
        sentence = long[:MAX_SENTENCE]
        default = before if _PRONOUN.match(sentence) else draft.scope(section)
        for found in mentions.EVENT.finditer(sentence):
            if mentions.is_event(draft, found.group(1)):
                _sentence(draft, sentence, found, span, default or draft.scope(section))
        before = next(iter(mentions.services_in(draft, sentence)), before)


def _sentence(draft: Draft, sentence: str, found: re.Match[str], span: Span, default: str | None) -> None:
    """`order-service publishes OrderCreated`; `When OrderCreated arrives, notification-service creates ...`."""
    token = found.group(1)
    before, after = sentence[: found.start()], sentence[found.end() :]
    publishes, consumes = _last(draft, "publish", before), _last(draft, "consume", before)
    if publishes == consumes and draft.words.pattern("verbs", "is_published").match(after.lstrip()):
        publishes = len(before)
    event = (
        mentions.event(draft, token, span) if publishes != consumes or names.event_name(token) in draft.events else None
    )
    if event is None:
        return
    _about(draft, event, after, span)
    named = mentions.services_in(draft, before)
    subject = named[-1] if named else default
    if publishes != consumes and _negated(draft, before):
        return
    if publishes > consumes:
        _publisher(draft, event, subject, span)
        event.triggers.append(sentence[:300])
    elif consumes > publishes:
        _consumer(event, subject, sentence)
    elif _CONDITION.match(before):
        actors = mentions.services_in(draft, _until_verb(draft, after))
        actor = actors[0] if actors else default
        if actor and actor != event.publisher:
            _consumer(event, actor, sentence)


def _last(draft: Draft, verb: str, text: str) -> int:
    return max((found.end() for found in draft.words.pattern("verbs", verb).finditer(text)), default=-1)


def _negated(draft: Draft, before: str) -> bool:
    return any(word in draft.words.ordered["negations"] for word in names.split(before)[-6:])
