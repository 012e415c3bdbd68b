"""Names of events and services in running text."""

import re

from sluice.model.service_map import Span
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EventDraft

MAX_EVENTS = 300
_UP, _LOW = "A-ZÀ-ÖØ-Þ", "a-z0-9ß-öø-ÿ"
EVENT = re.compile(
    rf"(?<![\w/.{{])([{_UP}][{_LOW}]+(?:[{_UP}][{_LOW}]+)+|[a-z]+(?:_[a-z]+)?\.[a-z]+(?:_[a-z]+)*|[A-Z]+(?:_[A-Z]+)+)(?![\w/}}(])"
)


def is_event(draft: Draft, token: str) -> bool:
    """A name that ends like something that happened, and is no entity's."""
    words = names.split(token)
    name = names.event_name(token)
    if name in draft.events:
        return True
    endings = (ending for group in draft.words.groups["event_endings"].values() for ending in group)
    if len(words) < 2 or name in draft.entities:  # noqa: PLR2004 - a noun and what happened to it
        return False
    suffixes, prefixes = (draft.words.ordered[name] for name in ("event_suffixes", "event_prefixes"))
    return words[-1].endswith(suffixes) or words[-1].startswith(prefixes) or words[-1] in endings


def event(draft: Draft, written: str, span: Span) -> EventDraft | None:
    """The event of this name, noted when it is new; None when no usable name is left of it."""
    name = names.event_name(written.strip("`* "))
    if not name:
        draft.ask(written[:80], "No usable event name is left of this; it was ignored.", span)
        return None
    if name not in draft.events:
        if len(draft.events) >= MAX_EVENTS:
            draft.ask("document", f"Only the first {MAX_EVENTS} events are read.", span)
            return None
        if "".join(names.split(written)) != name.lower() or not re.fullmatch(r"[\w. -]+", written.strip("`* ")):
            draft.ask(name, f"The event was written {written[:120]!r}; is {name!r} right?", span)
        draft.events[name] = EventDraft(name, span, written.strip("`* ")[:120])
    return draft.events[name]


def tokens(draft: Draft, text: str, *, listed: bool = False) -> list[str]:
    """The names of events in a text; in a list of events (`listed`) any PascalCase name is one."""
    found = [match.group(1) for match in EVENT.finditer(text)]
    return [token for token in found if (listed and token[0].isupper()) or is_event(draft, token)]


def services_in(draft: Draft, text: str) -> list[str]:
    """The services that a text names, in order: whole cells, `x-service` words, `the X service`."""
    whole = [draft.service_of(part.strip("`* .")) for part in re.split(r"[,;/\n]|\band\b", text)]
    words = [draft.service_of(word) for word in re.findall(r"[a-z][a-z0-9-]*-(?:service|svc)\b", text)]
    titled = [draft.service_of(found) for found in re.findall(r"((?:[\w&-]+\s){1,3}[Ss]ervice)\b", text)]
    last = [
        draft.service_of(" ".join(found.split()[-2:]))
        for found in re.findall(r"((?:[\w&-]+\s){1,3}[Ss]ervice)\b", text)
    ]
    known = [draft.service_of(found) for found in draft.service_pattern.findall(text)]
    return list(dict.fromkeys(service for service in (*whole, *words, *titled, *last, *known) if service))
