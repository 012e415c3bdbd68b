"""Bounded contexts where a document names no services: what is nested, named after, refers to or is told together."""

import re
from collections.abc import Iterable
from math import ceil

from sluice.services.architect.meaning import routes
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, ServiceDraft
from sluice.services.architect.reading.tree import Section

CONFIDENCE = 0.5
FEWEST, MOST = 3, 40  # more groups than that are one system that nobody would split so
_REFERENCE, _ACTOR = 2.0, 1.0
_CODE = re.compile(r"^[A-Z]{0,4}-?\d+(?:\.\d+)*[:.)]?\s+")


def group(draft: Draft) -> None:
    """One service for each group of entities, with little confidence and a question."""
    titled = _by_sections(draft)
    for root, members in (titled or _by_cohesion(draft)).items():
        name = names.service_name(root if titled else f"{names.snake(root).replace('_', '-')}-service")
        first = draft.entities[members[0] if titled else root]
        if name not in draft.services:
            draft.services[name] = ServiceDraft(name, root, "", first.span, confidence=CONFIDENCE)
            draft.aliases[names.split(root)] = name
            question = "The document names no services; this one was made from its entities and paths. Is it right?"
            draft.ask(name, question, first.span)
        for member in members:
            draft.entities[member].owner = name


def _by_sections(draft: Draft) -> dict[str, list[str]]:
    """Sections of stories that each speak of entities of their own: `Repairs`, `Announcements`; else empty."""
    first: dict[str, Section] = {}
    for wish in draft.wishes:
        name = names.entity_name(wish.noun)
        if name in draft.entities:
            first.setdefault(name, wish.section)
    found: dict[str, list[str]] = {}
    for name in draft.entities:
        section = first.get(name)
        above = section.parent if section is not None else None
        if section is None or above is None or "requirements" not in draft.roles[above]:
            return {}
        found.setdefault(_CODE.sub("", section.name), []).append(name)
    return found if len(found) > 1 and all(map(names.service_name, found)) else {}


def _by_cohesion(draft: Draft) -> dict[str, list[str]]:
    """What is nested or named after another entity stays with it; then the closest are joined, as long as it helps."""
    above = _above(draft)
    groups: dict[str, list[str]] = {}
    for name in draft.entities:
        root, seen = name, {name}
        while above.get(root) not in {None, *seen}:
            root = above[root]
            seen.add(root)
        groups.setdefault(root, []).append(name)
    order = {name: position for position, name in enumerate(draft.entities)}
    for root in list(groups)[MOST:]:
        groups[list(groups)[MOST - 1]] += groups.pop(root)
    edges = _edges(draft)
    most = ceil(len(draft.entities) / FEWEST) + 1
    while FEWEST < len(groups) <= MOST:
        pairs = [
            (-_closeness(edges, groups[a], groups[b]), len(groups[a]) + len(groups[b]), order[a], order[b])
            for a in groups
            for b in groups
            if order[a] < order[b] and len(groups[a]) + len(groups[b]) <= most
        ]
        if not pairs or min(pairs)[0] > -_REFERENCE:
            break
        _, _, one, other = min(pairs)
        roots = sorted((list(draft.entities)[one], list(draft.entities)[other]), key=order.__getitem__)
        joined = groups.pop(roots[0]) + groups.pop(roots[1])
        groups[_main(draft, roots, joined)] = sorted(joined, key=order.__getitem__)
    return dict(sorted(groups.items(), key=lambda pair: order[pair[1][0]]))


def _main(draft: Draft, roots: list[str], members: list[str]) -> str:
    """The root that more of the group refer to; of equals the first."""

    def referred(root: str) -> int:
        return sum(f.references == root for name in members for f in draft.entities[name].fields.values())

    return max(roots, key=referred)


def _edges(draft: Draft) -> dict[frozenset[str], float]:
    found: dict[frozenset[str], float] = {}

    def tie(one: str, others: Iterable[str], weight: float) -> None:
        for other in set(others):
            if other in draft.entities and other != one:
                pair = frozenset((one, other))
                found[pair] = found.get(pair, 0) + weight

    for entity in draft.entities.values():
        referred = [f.references for f in entity.fields.values() if f.references]
        tie(entity.name, referred + [names.entity_name(f.name) for f in entity.fields.values()], _REFERENCE)
    makers: dict[str, list[str]] = {}
    for wish in draft.wishes:
        name = names.entity_name(wish.noun)
        if name in draft.entities and wish.kind == "create":
            tie(name, map(names.entity_name, wish.others), _REFERENCE)
            tie(name, makers.get(wish.actor, ()), _ACTOR)
            makers.setdefault(wish.actor, []).append(name)
    return found


def _closeness(edges: dict[frozenset[str], float], one: list[str], other: list[str]) -> float:
    return max((edges.get(frozenset((a, b)), 0.0) for a in one for b in other), default=0.0)


def _above(draft: Draft) -> dict[str, str]:
    """Per entity the one above it: by its name (`OrderItem`: `Order`), or because paths reach it below that one."""
    chains = [routes.chain(draft, endpoint.path, None) for endpoint in draft.endpoints]
    by_words = {names.split(name): name for name in draft.entities}
    found: dict[str, str] = {}
    for words, name in by_words.items():
        shorter = [by_words[words[:size]] for size in range(1, len(words)) if words[:size] in by_words]
        if shorter:
            found[name] = shorter[0]
    for links in chains:
        entities = [link.entity.name for link in links if link.entity is not None]
        for name in entities[1:]:
            if name != entities[0] and not _made_alone(draft, name):
                found.setdefault(name, entities[0])
    return found


def _made_alone(draft: Draft, name: str) -> bool:
    """An entity with a `POST` on its own collection has a life of its own."""
    for endpoint in draft.endpoints:
        links = routes.chain(draft, endpoint.path, None)
        if endpoint.method == "POST" and len(links) == 1 and links[0].entity and links[0].entity.name == name:
            return links[0].param is None
    return False
