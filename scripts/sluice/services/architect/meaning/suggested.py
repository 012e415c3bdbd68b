"""Adds what somebody else read in the document, such as a language model: what the document declares always wins.

Every name and path passes the same doors as the document's own; nothing else of a suggestion is taken over as it is.
All that is added has a confidence below 1 and an open question.
"""

from typing import Final

from sluice.model.domain import Entity, EntityField, Event
from sluice.model.service_map import Endpoint, Service, Span
from sluice.model.suggestion import Suggestion
from sluice.services.architect.reading import fields, names, paths
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft, EventDraft, ServiceDraft
from sluice.services.architect.reading.forms import stem

CONFIDENCE: Final = 0.6
MAX_EACH: Final = 200
MAX_TEXT: Final = 300
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_DOUBT: Final = "The document does not say so in a form that is read by rule; it was suggested. Is it right?"


def add(draft: Draft, suggestion: Suggestion) -> None:
    """Add the services, entities, endpoints and events that the draft does not know yet, and fill what it left open."""
    services = suggestion.service_map.services[:MAX_EACH]
    for service in services:
        _service(draft, service)
    owners = {names.entity_name(entity): service.name for service in services for entity in service.entities}
    for entity in suggestion.domain_model.entities[:MAX_EACH]:
        _entity(draft, entity, owners)
    for service in services:
        for endpoint in service.endpoints[:MAX_EACH]:
            _endpoint(draft, service.name, endpoint)
    for event in suggestion.events[:MAX_EACH]:
        _event(draft, event)


def _service(draft: Draft, suggested: Service) -> None:
    name = names.service_name(suggested.name)
    if not name or name in draft.services or draft.service_of(name):
        return
    span = _span(draft, suggested.source)
    original = _line(suggested.original_name) or name
    draft.services[name] = ServiceDraft(name, original, _line(suggested.description), span, confidence=CONFIDENCE)
    draft.aliases[stem(names.split(name), draft.words)] = name
    draft.ask(name, _DOUBT, span)


def _entity(draft: Draft, suggested: Entity, owners: dict[str, str]) -> None:
    name = names.entity_name(suggested.name)
    if not name:
        return
    owner = draft.service_of(suggested.owner) or draft.service_of(owners.get(name, ""))
    known = draft.entities.get(name)
    if known is None:
        span = _span(draft, suggested.source)
        known = EntityDraft(name, _line(suggested.name), span=span, certain=True, confidence=CONFIDENCE)
        known.description = _line(suggested.description)
        draft.entities[name] = known
        draft.ask(name, _DOUBT, span)
    if known.owner is None and owner:
        known.owner = owner
        if known.confidence == 1:
            draft.ask(name, f"The document does not say which service owns it; {owner} was suggested.", known.span)
    if not known.fields:
        known.fields = {made.name: made for field in suggested.fields[:MAX_EACH] if (made := _field(field))}
        if known.fields and known.confidence == 1:
            draft.ask(name, "Its fields were suggested. Are they right?", known.span)


def _field(suggested: EntityField) -> EntityField | None:
    """The field as if the document had described it in words."""
    kind = f"enum ({', '.join(map(_line, suggested.enum))})" if suggested.enum else _line(suggested.type)
    reference = f"references {names.entity_name(suggested.references)}" if suggested.references else ""
    notes = "; ".join(part for part in (reference, "unique" if suggested.unique else "") if part)
    return fields.parse(_line(suggested.name), kind, notes, required=suggested.required)


def _endpoint(draft: Draft, service_name: str, suggested: Endpoint) -> None:
    where = paths.target(suggested.path) if suggested.path.startswith("/") else None
    service = draft.service_of(names.service_name(service_name))
    if where is None or service is None or suggested.method not in _METHODS or where.path == "/health":
        return
    alike = draft.by_shape.setdefault(f"{suggested.method} {paths.shape(where.path)}", [])
    if alike:
        alike[0].service = alike[0].service or service
        return
    span = _span(draft, suggested.source) or Span(line_start=1, line_end=1)
    made = EndpointDraft(suggested.method, where.path, span, summary=_line(suggested.summary), confidence=CONFIDENCE)
    made.service, made.auth = service, suggested.auth or None
    alike.append(made)
    draft.endpoints.append(made)
    draft.ask(made.key, _DOUBT, span)


def _event(draft: Draft, suggested: Event) -> None:
    name = names.event_name(suggested.name)
    publisher = draft.service_of(names.service_name(suggested.publisher or ""))
    consumers = [c for name in suggested.consumers[:MAX_EACH] if (c := draft.service_of(names.service_name(name)))]
    if not name or publisher is None:
        return
    known = draft.events.get(name)
    if known is None:
        span = _span(draft, suggested.source) or Span(line_start=1, line_end=1)
        known = draft.events[name] = EventDraft(name, span, publisher=publisher, confidence=CONFIDENCE)
        draft.ask(name, _DOUBT, span)
    elif known.publisher is None:
        known.publisher = publisher
        draft.ask(name, f"Nobody is said to publish it; {publisher} was suggested.", known.span)
    if not known.consumers:
        known.consumers = [consumer for consumer in dict.fromkeys(consumers) if consumer != known.publisher]
        if known.consumers and known.confidence == 1:
            draft.ask(name, f"Nobody is said to consume it; {', '.join(known.consumers)} was suggested.", known.span)


def _span(draft: Draft, suggested: Span | None) -> Span | None:
    """The suggested lines where the document has them."""
    last = max((section.span.line_end for section in draft.doc.walk()), default=0)
    if suggested is None or not 1 <= suggested.line_start <= suggested.line_end <= last:
        return None
    return suggested


def _line(text: str) -> str:
    """One bounded line of what can be printed: no control characters, no half surrogate pairs."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[: 2 * MAX_TEXT]).split())[:MAX_TEXT]
