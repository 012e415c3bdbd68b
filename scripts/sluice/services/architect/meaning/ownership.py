"""Who owns what: endpoints and entities go to services; groups are formed where the document names no services."""

from collections import Counter

from sluice.services.architect.meaning import routes
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft, ServiceDraft

GROUP_CONFIDENCE = 0.5


def settle(draft: Draft) -> None:
    """Gives every endpoint and every entity a service; each guess is an open question."""
    _drop_doubtful(draft)
    if not draft.services:
        _group(draft)
    for endpoint in draft.endpoints:
        if endpoint.service is None:
            endpoint.service = _by_entity(draft, endpoint)
    for entity in draft.entities.values():
        if entity.owner is None:
            entity.owner = _by_endpoints(draft, entity) or routes.service_by_stem(draft, entity.name)
    for entity in draft.entities.values():
        if entity.owner is None:
            _guess_owner(draft, entity)
    for endpoint in list(draft.endpoints):
        if endpoint.service is None:
            endpoint.service = _by_entity(draft, endpoint) or _by_prefix(draft, endpoint)
        if endpoint.service is None:
            draft.ask(endpoint.key, "Which service answers it? It was left out.", endpoint.span)
            draft.endpoints.remove(endpoint)


def _drop_doubtful(draft: Draft) -> None:
    """A noun is an entity when the document says so, gives it fields, has a path for it or holds it in a list."""
    spoken = {id(routes.main_entity(draft, endpoint.path)) for endpoint in draft.endpoints}
    listed = {field.item_type for entity in draft.entities.values() for field in entity.fields.values()}
    for name, entity in list(draft.entities.items()):
        own = [field for field in entity.fields if field != "id"]
        if entity.certain or len(own) > 1 or id(entity) in spoken or name in listed:
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


def _by_endpoints(draft: Draft, entity: EntityDraft) -> str | None:
    """The service that has the collection, most endpoints first."""
    found: Counter[str] = Counter()
    for endpoint in draft.endpoints:
        if endpoint.service and routes.main_entity(draft, endpoint.path) is entity:
            found[endpoint.service] += 1
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


def _group(draft: Draft) -> None:
    """One service per root noun: an entity joins the one it is nested below or wholly depends on."""
    for entity in draft.entities.values():
        root = _root(draft, entity)
        name = names.service_name(f"{names.snake(root.name).replace('_', '-')}-service")
        if name not in draft.services:
            draft.services[name] = ServiceDraft(name, root.name, "", root.span, confidence=GROUP_CONFIDENCE)
            draft.aliases[names.split(root.name)] = name
            draft.ask(
                name,
                "The document names no services; this one was made from its entities and paths. Is it right?",
                root.span,
            )
        entity.owner = name


def _root(draft: Draft, entity: EntityDraft) -> EntityDraft:
    """The entity above it in its paths, or the one whose name it begins with (`OrderItem`: `Order`)."""
    seen = {entity.name}
    current = entity
    while (above := _above(draft, current)) is not None and above.name not in seen:
        seen.add(above.name)
        current = above
    return current


def _above(draft: Draft, entity: EntityDraft) -> EntityDraft | None:
    for other in draft.entities.values():
        if other is not entity and names.split(entity.name)[: len(names.split(other.name))] == names.split(other.name):
            return other
    paths = [routes.chain(draft, e.path, None) for e in draft.endpoints]
    own = [links for links in paths if any(link.entity is entity for link in links)]
    flat = any(links[0].entity is entity for links in own)
    nested = [links[0].entity for links in own if links[0].entity is not None and links[0].entity is not entity]
    return nested[0] if nested and not flat else None
