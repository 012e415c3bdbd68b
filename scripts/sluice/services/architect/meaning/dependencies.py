"""Which service needs which: what the document says, then references and events that do not close a cycle."""

import re
from collections.abc import Iterable

from sluice.services.architect.reading.draft import Draft
from sluice.services.architect.reading.mentions import services_in
from sluice.services.architect.reading.tree import Section, Table, texts_of


def settle(draft: Draft) -> None:
    """Fills `depends_on` of every service."""
    for section in draft.sections():
        for block in section.blocks:
            if isinstance(block, Table):
                _table(draft, block)
            else:
                for text in texts_of(block):
                    _text(draft, section, text.plain)
    for entity in draft.entities.values():
        targets = [draft.entities[f.references].owner for f in entity.fields.values() if f.references in draft.entities]
        _derived(draft, entity.owner, targets)
    for event in draft.events.values():
        for consumer in event.consumers:
            _derived(draft, consumer, [event.publisher])
    cycle = _cycle(draft)
    if cycle:
        draft.ask(cycle[0], f"The document describes a dependency cycle: {' -> '.join(cycle)}.")


def _table(draft: Draft, table: Table) -> None:
    where = [i for i, header in enumerate(table.header) if draft.words.column(header, ("depends",))]
    for row in table.rows if where else ():
        service = draft.service_of(row.cells[0].plain)
        _declared(draft, service, services_in(draft, row.cells[where[0]].plain))


def _text(draft: Draft, section: Section, text: str) -> None:
    for line in text.split("\n"):
        labelled = draft.words.labelled(line)
        if labelled and labelled[0] == "depends":
            _declared(draft, draft.scope(section), services_in(draft, labelled[1]))
    if not draft.words.pattern("verbs", "depend").search(text):
        return
    for sentence in re.split(r"(?<=[.!?])\s", text.replace("\n", " ")):
        found = draft.words.pattern("verbs", "depend").search(sentence)
        if not found or draft.words.pattern("negations", "").search(sentence):
            continue
        subject = services_in(draft, sentence[: found.start()])[-1:] or [draft.scope(section) or ""]
        _declared(draft, subject[0], services_in(draft, sentence[found.end() :]))


def _declared(draft: Draft, service: str | None, targets: Iterable[str]) -> None:
    if service in draft.services:
        known = draft.services[service].depends_on
        known.extend(t for t in targets if t != service and t not in known)


def _derived(draft: Draft, service: str | None, targets: Iterable[str | None]) -> None:
    if service not in draft.services:
        return
    known = draft.services[service].depends_on
    for target in targets:
        if (
            target in draft.services
            and target != service
            and target not in known
            and not _reaches(draft, target, service)
        ):
            known.append(target)


def _reaches(draft: Draft, start: str, goal: str) -> bool:
    pending, seen = [start], {start}
    while pending:
        current = pending.pop()
        if current == goal:
            return True
        fresh = [s for s in draft.services[current].depends_on if s not in seen]
        seen.update(fresh)
        pending.extend(fresh)
    return False


def _cycle(draft: Draft) -> list[str]:
    for name, service in draft.services.items():
        for target in service.depends_on:
            if _reaches(draft, target, name):
                return [name, target, name]
    return []
