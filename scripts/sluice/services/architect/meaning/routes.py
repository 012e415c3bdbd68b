"""What a path speaks of: the chain of nouns in `/doctors/{doctor_id}/slots/{id}/book`."""

import re
from dataclasses import dataclass

from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft
from sluice.services.architect.reading.forms import stem

_VERSION = re.compile(r"v\d{1,3}")


@dataclass(frozen=True, slots=True)
class Link:
    """One literal of a path, the entity that it names (if any) and the parameter that follows it."""

    literal: str
    entity: EntityDraft | None
    param: str | None = None


def chain(draft: Draft, path: str, service: str | None) -> list[Link]:
    """The literals of a path from left to right, without `/api/v1`."""
    links: list[Link] = []
    for segment in path.split("/")[1:]:
        if segment.startswith("{"):
            if links and links[-1].param is None:
                links[-1] = Link(links[-1].literal, links[-1].entity, segment.strip("{}"))
            else:
                links.append(Link("", None, segment.strip("{}")))
        elif links or not _prefix(draft, segment):
            previous = links[-1].entity if links else None
            links.append(Link(segment, entity_of(draft, segment, service, previous)))
    return links


def _prefix(draft: Draft, segment: str) -> bool:
    return segment.lower() in draft.words.groups["paths"]["prefixes"] or bool(_VERSION.fullmatch(segment.lower()))


def entity_of(draft: Draft, literal: str, service: str | None, parent: EntityDraft | None = None) -> EntityDraft | None:
    """The entity that a path literal names: its own name first, then prefixed by its parent's, then in one word."""
    name = names.entity_name(literal)
    candidates = [name]
    if parent is not None:
        candidates.append(names.entity_name(f"{parent.name} {literal}"))
    for candidate in candidates:
        found = draft.entities.get(candidate)
        if found is not None:
            return found
    joined = next((e for e in draft.entities.values() if e.name.lower() == name.lower()), None)
    if joined is not None or service is None:
        return joined
    owned = [
        e for e in draft.entities.values() if e.owner == service and names.split(e.name)[-1:] == names.split(name)[-1:]
    ]
    return owned[0] if len(owned) == 1 and name and literal not in draft.words.groups["paths"]["summary"] else None


def main_entity(draft: Draft, path: str, service: str | None = None) -> EntityDraft | None:
    """The last entity that the path names."""
    found = [link.entity for link in chain(draft, path, service) if link.entity is not None]
    return found[-1] if found else None


def by_entity(draft: Draft) -> dict[str, list[EndpointDraft]]:
    """The endpoints of each entity, by the entity's name."""
    found: dict[str, list[EndpointDraft]] = {}
    for endpoint in draft.endpoints:
        entity = main_entity(draft, endpoint.path, endpoint.service)
        if entity is not None:
            found.setdefault(entity.name, []).append(endpoint)
    return found


def service_by_stem(draft: Draft, noun: str) -> str | None:
    """The service whose name is this noun: `order-service` for `orders`."""
    wanted = tuple(names.singular(word) for word in names.split(noun))
    for name in draft.services:
        if tuple(names.singular(word) for word in stem(names.split(name), draft.words)) == wanted:
            return name
    return None
