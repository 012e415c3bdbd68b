"""Who owns what: endpoints and entities go to services; groups are formed where the document names no services."""

from collections import Counter

from sluice.model.service_map import Method, Span
from sluice.services.architect.meaning import grouping, inferred, routes
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft


def settle(draft: Draft) -> None:
    """Gives every endpoint and every entity a service; each guess is an open question."""
    _drop_doubtful(draft)
    if not draft.services:
        grouping.group(draft)
    for endpoint in draft.endpoints:
        endpoint.service = endpoint.service or _by_entity(draft, endpoint)
    _owners(draft)
    for endpoint in list(draft.endpoints):
        endpoint.service = endpoint.service or _by_entity(draft, endpoint) or _by_prefix(draft, endpoint)
        if endpoint.service is None:
            draft.ask(endpoint.key, "Which service answers it? It was left out.", endpoint.span)
            draft.endpoints.remove(endpoint)
    for service in draft.services:
        _minimal(draft, service)


def _owners(draft: Draft) -> None:
    """An entity belongs to the service with most of its endpoints, or to the one of its name."""
    spoken = routes.by_entity(draft)
    ownerless = [entity for entity in draft.entities.values() if entity.owner is None]
    for entity in ownerless:
        most = Counter(e.service for e in spoken.get(entity.name, ()) if e.service).most_common(1)
        entity.owner = most[0][0] if most else routes.service_by_stem(draft, entity.name)
    for entity in ownerless:
        if entity.owner is None:
            _guess_owner(draft, entity)


def _minimal(draft: Draft, service: str) -> None:
    """A service with entities and without a single endpoint gets the least that makes it useful, and a question."""
    owned = [entity for entity in draft.entities.values() if entity.owner == service]
    if not owned or any(endpoint.service == service for endpoint in draft.endpoints):
        return
    draft.ask(service, "The document names no endpoints; create, list and read were assumed. Which are there?")
    for entity in owned:
        path = inferred.collection(entity.name)
        wanted: tuple[tuple[Method, str], ...] = (("POST", path), ("GET", path), ("GET", f"{path}/{{id}}"))
        span = entity.span or Span(line_start=1, line_end=1)
        draft.endpoints.extend(EndpointDraft(method, where, span, service=service) for method, where in wanted)


def _drop_doubtful(draft: Draft) -> None:
    """A noun is an entity when the document says so, gives it fields, has a path for it or holds it in a list."""
    spoken = routes.by_entity(draft)
    listed = {field.item_type for entity in draft.entities.values() for field in entity.fields.values()}
    for name, entity in list(draft.entities.items()):
        own = [field for field in entity.fields if field != "id"]
        if entity.certain or len(own) > 1 or name in spoken or name in listed:
            continue
        del draft.entities[name]
        question = "It stands among the entities, but has neither fields nor an endpoint; it was not taken as one."
        draft.ask(entity.original[:80], question, entity.span)


def _by_entity(draft: Draft, endpoint: EndpointDraft) -> str | None:
    links = routes.chain(draft, endpoint.path, None)
    entities = [link.entity for link in links if link.entity is not None]
    if entities and entities[-1].owner:
        return entities[-1].owner
    nouns = [link.literal for link in links if link.literal]
    return next((s for noun in nouns if (s := routes.service_by_stem(draft, noun))), None) or _account_door(
        draft, nouns
    )


def _account_door(draft: Draft, nouns: list[str]) -> str | None:
    """`/login` belongs to the service that owns the accounts."""
    doors = {word for name in ("register", "login", "refresh", "me") for word in draft.words.groups["paths"][name]}
    if not nouns or nouns[-1] not in doors:
        return None
    owners = [
        e.owner for e in draft.entities.values() if e.owner and names.snake(e.name) in draft.words.ordered["accounts"]
    ]
    return owners[0] if owners else None


def _by_prefix(draft: Draft, endpoint: EndpointDraft) -> str | None:
    first = endpoint.path.split("/")[1]
    found = Counter(e.service for e in draft.endpoints if e.service and e.path.split("/")[1] == first)
    return found.most_common(1)[0][0] if found else None


def _guess_owner(draft: Draft, entity: EntityDraft) -> None:
    users = [
        e
        for e in draft.entities.values()
        if e.owner and any(entity.name in {f.references, f.item_type} for f in e.fields.values())
    ]
    targets = [draft.entities[f.references] for f in entity.fields.values() if f.references in draft.entities]
    guess = next((e.owner for e in (*users, *targets) if e.owner), None)
    mentions = Counter(
        {
            s.name: s.description.lower().count(names.snake(entity.name).replace("_", " "))
            for s in draft.services.values()
        }
    )
    best, count = mentions.most_common(1)[0] if mentions else ("", 0)
    entity.owner = (best if count else None) or guess or next(iter(draft.services), None)
    draft.ask(entity.name, f"The document does not say which service owns it; {entity.owner} was taken.", entity.span)
