"""Entities and operations that a document only implies by its paths, stories and sentences; each is a question."""

from collections import Counter

from sluice.model.service_map import Method, Span
from sluice.services.architect.meaning import routes
from sluice.services.architect.reading import names, noting, stories
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft
from sluice.services.architect.reading.words import ENGLISH

FROM_PATH, FROM_STORY, DESCRIBED = 0.7, 0.5, 0.7
MIN_PATHS, MIN_MENTIONED, MIN_WISHES = 2, 4, 3
_METHODS: dict[str, tuple[Method, str]] = {
    "create": ("POST", ""), "list": ("GET", ""), "update": ("PATCH", "/{id}"), "delete": ("DELETE", "/{id}"),
    "read": ("GET", "/{id}"),
}  # fmt: skip


def settle(draft: Draft) -> None:
    """Fills what the document leaves unnamed; what it declares stays."""
    wished = stories.wishes(draft.sections(), draft.roles, draft.words)
    draft.wishes = wished if len(wished) >= MIN_WISHES else []
    if sum(e.strong for e in draft.endpoints) >= MIN_PATHS or len(draft.endpoints) >= MIN_MENTIONED:
        _from_paths(draft)
    nouns = _from_stories(draft) if not draft.endpoints and not draft.services else {}
    if draft.entities or nouns:
        for name, (span, fields) in draft.described.items():
            known = draft.entities.get(name)
            if known is None and not draft.services and len(fields) > 1:
                known = _note(draft, name, span, DESCRIBED, "It is only described in a sentence.")
            for field in fields if known is not None else ():
                if known is not None and len(known.fields) < noting.MAX_FIELDS:
                    known.fields.setdefault(field.name, field)


def _note(draft: Draft, written: str, span: Span | None, confidence: float, why: str) -> EntityDraft | None:
    name = names.entity_name(written)
    if not name or name in draft.entities or len(draft.entities) >= noting.MAX_ENTITIES:
        return None
    made = EntityDraft(name, written[:300], span=span, certain=True, confidence=confidence)
    draft.entities[name] = made
    draft.ask(name, f"{why} Is it an entity, and which fields has it?", span)
    return made


def _from_paths(draft: Draft) -> None:
    """`/invoices/{id}` speaks of invoices; only where nothing declares what a service (or the document) holds."""
    owning = {entity.owner for entity in draft.entities.values() if entity.owner}
    for endpoint in list(draft.endpoints):
        if draft.services and (endpoint.service is None or endpoint.service in owning):
            continue
        links = routes.chain(draft, endpoint.path, endpoint.service)
        for position, link in enumerate(links):
            last = position == len(links) - 1
            if link.entity is None and link.literal and _is_noun(draft, link, endpoint, last=last):
                made = _note(draft, link.literal, endpoint.span, FROM_PATH, "Only paths name it.")
                if made is not None:
                    made.owner = endpoint.service


def _is_noun(draft: Draft, link: routes.Link, endpoint: EndpointDraft, *, last: bool) -> bool:
    """A collection: in the plural, and either followed by a key or written to or read as a whole."""
    literal = link.literal.lower()
    if any(literal in group for group in draft.words.groups["paths"].values()):
        return False
    word = (names.split(literal) or ("",))[-1]
    whole = link.param is not None or (last and endpoint.method in {"GET", "POST"})
    unmarked = draft.words.language != ENGLISH and endpoint.path.strip("/").startswith(link.literal)
    counted = link.param is not None or endpoint.method == "POST"
    return whole and (names.singular(word) != word or (unmarked and counted))


def _from_stories(draft: Draft) -> dict[str, list[stories.Wish]]:
    """Nouns that somebody makes, or that two stories work with, and the operations that the stories ask for."""
    said = _by_noun(draft.wishes)
    made = {n for n, wished in said.items() if _counts(wished)}
    for name in sorted(made, key=lambda n: said[n][0].span.line_start):
        _note(draft, said[name][0].noun if len(names.split(name)) > 1 else name, said[name][0].span, FROM_STORY,
              "Only stories name it.")  # fmt: skip
    kept = {name: wished for name, wished in said.items() if name in draft.entities}
    for name, wished in kept.items():
        _operations(draft, name, wished)
    return kept


def _counts(wished: list[stories.Wish]) -> bool:
    kinds = Counter(wish.kind for wish in wished)
    return kinds["create"] > 0 or (len(wished) > 1 and kinds["update"] + kinds["delete"] + kinds["act"] > 0)


def _by_noun(wished: list[stories.Wish]) -> dict[str, list[stories.Wish]]:
    """The wishes of each noun; `unbilled time entries` are time entries where these are spoken of alone."""
    found: dict[str, list[stories.Wish]] = {}
    for wish in wished:
        name = names.entity_name(wish.noun)
        if name:
            found.setdefault(name, []).append(wish)
    for name in sorted(found, key=lambda n: -len(names.split(n))):
        words = names.split(name)
        shorter = next(
            (s for i in range(1, len(words)) if (s := names.entity_name(" ".join(words[i:]))) in found), None
        )
        if shorter is not None:
            found[shorter] += found.pop(name)
    return found


def _operations(draft: Draft, name: str, wished: list[stories.Wish]) -> None:
    path = collection(name)
    for wish in sorted(wished, key=lambda w: w.span.line_start):
        method, tail = _METHODS.get(wish.kind, ("POST", f"/{{id}}/{names.field_name(wish.verb)}"))
        above = next(
            (o for other in wish.others if (o := names.entity_name(other)) in draft.entities and o != name), ""
        )
        nested = wish.kind == "create" and above and _belongs(draft, wish)
        where = f"{collection(above)}/{{{names.snake(above)}_id}}{path}" if nested else f"{path}{tail}"
        if all((e.method, e.path) != (method, where) for e in draft.endpoints):
            made = EndpointDraft(method, where, wish.span, strong=True, summary=wish.text[:120], confidence=FROM_STORY)
            draft.endpoints.append(made)
            draft.ask(made.key, "It was derived from a story. Is it right?", wish.span)


def _belongs(draft: Draft, wish: stories.Wish) -> bool:
    """`add a payment to an invoice`: the second noun stands right behind the first, after `to`."""
    words = draft.words.ordered["belonging"]
    return any(f"{wish.noun} {word} " in wish.text for word in words)


def collection(name: str) -> str:
    """`/time-entries` of `TimeEntry`."""
    *head, last = names.split(name)
    return f"/{'-'.join([*head, names.plural(last)])}"
