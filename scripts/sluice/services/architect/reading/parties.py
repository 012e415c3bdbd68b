"""Who publishes and who consumes an event, where only the nearest verb or an arrow between names says it."""

import re
from dataclasses import dataclass

from sluice.services.architect.reading import mentions, names
from sluice.services.architect.reading.draft import Draft, EventDraft
from sluice.services.architect.reading.tree import Text, texts_of

MAX_TEXT = 3000
_CLAUSE = re.compile(r"(?<=[.!?;])\s+")
_ARROW = re.compile(r"→|->|=>|⇒|>>")
_ACTIVE, _PASSIVE = ("publish", "consume"), ("published_by", "consumed_by")


@dataclass(slots=True)
class _Seen:
    """The event that the clause before spoke of: what `it` means."""

    event: EventDraft | None = None


def find(draft: Draft) -> None:
    """Completes the parties of events that are known; what was declared before stays."""
    if not draft.events:
        return
    tokens = re.compile("|".join(rf"(?<![\w]){re.escape(name)}(?![\w])" for name in _spellings(draft)))
    for section in draft.sections():
        for block in section.blocks:
            for text in texts_of(block):
                _text(draft, text, tokens)


def _spellings(draft: Draft) -> list[str]:
    found = {name for event in draft.events.values() for name in (event.name, event.written) if name}
    return sorted(found, key=lambda name: (-len(name), name))


def _text(draft: Draft, text: Text, tokens: re.Pattern[str]) -> None:
    seen = _Seen()
    if not tokens.search(text.plain):
        return
    for clause in _CLAUSE.split(text.plain[:MAX_TEXT].replace("\n", " ")):
        found = list(tokens.finditer(clause))
        if found:
            for position, token in enumerate(found):
                event = draft.events.get(names.event_name(token.group(0)))
                if event is None:
                    continue
                seen.event = event
                end = found[position + 1].start() if position + 1 < len(found) else len(clause)
                start = 0 if position == 0 else found[position - 1].end()
                _arrows(draft, event, clause[token.end() : end])
                _verbs(draft, event, clause[start:end], token.start() - start)
        elif seen.event is not None:
            _verbs(draft, seen.event, clause, 0)


def _arrows(draft: Draft, event: EventDraft, after: str) -> None:
    """`OrderPaid (billing → shipping, mail)`: the names before the arrow publish, those after it consume."""
    parts = _ARROW.split(re.split(r"\)\s*[,;.]", after)[0])
    if len(parts) != 2:  # noqa: PLR2004 - one arrow
        return
    left, right = (mentions.services_in(draft, part.strip(" ():`")) for part in parts)
    if left and event.publisher is None:
        event.publisher = left[-1]
    _consume(event, right if left else [])


def _verbs(draft: Draft, event: EventDraft, clause: str, at: int) -> None:
    """Each service of a clause takes part as the verb nearest to it says: the one after it, else the one before it."""
    if draft.words.pattern("negations", "").search(clause):
        return
    services = list(draft.service_pattern.finditer(clause))
    for position, found in enumerate(services):
        name = draft.service_of(found.group(0))
        following = services[position + 1].start() if position + 1 < len(services) else len(clause)
        before = clause[services[position - 1].end() if position else 0 : found.start()]
        after = clause[found.end() :]
        joined = _joined(draft, clause[found.end() : following])
        role = _adjacent(draft, before) or (_role(draft, after, last=False) if joined else "")
        role = role or _role(draft, clause[found.end() : following], last=False) or _role(draft, before, last=True)
        if role.startswith("consume") and name:
            _consume(event, [name])
        elif role.startswith("publish") and name and event.publisher is None and abs(found.start() - at) < MAX_TEXT:
            event.publisher = name


def _adjacent(draft: Draft, before: str) -> str:
    """The role of a verb right before the name: `lo publica billing`, `published by billing`."""
    for role in (*_PASSIVE, *_ACTIVE):
        for found in draft.words.pattern("verbs", role).finditer(before):
            if not before[found.end() :].strip(" `*"):
                return role
    return ""


def _joined(draft: Draft, between: str) -> bool:
    """`payout-service and intake-service consume it`: the verb stands after the last of them."""
    words = re.findall(r"\w+", between)
    return all(word in draft.words.lists["conjunctions"] for word in words) and len(words) < 2  # noqa: PLR2004 - one `and`


def _role(draft: Draft, text: str, *, last: bool) -> str:
    """The first (or last) verb of publishing or consuming in a text; the forms of it are a tie that the longer wins."""
    best: tuple[int, int, str] | None = None
    for role in (*_ACTIVE, *_PASSIVE):
        for found in draft.words.pattern("verbs", role).finditer(text):
            at = -found.start() if last else found.start()
            candidate = (at, -len(found.group(0)), role)
            best = min(best, candidate) if best else candidate
    return best[2] if best else ""


def _consume(event: EventDraft, services: list[str]) -> None:
    for service in services:
        if service != event.publisher and service not in event.consumers:
            event.consumers.append(service)
