"""What events carry."""

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.services.architect.contracts import bodies, schemas
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EntityDraft, EventDraft


def subject(draft: Draft, event: EventDraft) -> tuple[EntityDraft | None, str]:
    """The entity that the event is about, by the longest name it begins with, and the rest of its name."""
    words = names.split(event.name)
    best: EntityDraft | None = None
    for entity in draft.entities.values():
        own = names.split(entity.name)
        if words[: len(own)] == own and (best is None or len(own) > len(names.split(best.name))):
            best = entity
    rest = words[len(names.split(best.name)) :] if best else words
    if best is None and event.publisher:
        owned = [e for e in draft.entities.values() if e.owner == event.publisher and not e.embedded]
        best = owned[0] if len(owned) == 1 else None
    return best, "_".join(rest)


def payload(draft: Draft, event: EventDraft) -> JsonObject:
    """The schema of the event's data: the stored fields of its entity, and the fields that the text names."""
    entity, _ = subject(draft, event)
    properties: JsonObject = {}
    required: list[JsonValue] = []
    for field in _carried(event, entity):
        plain = field.model_copy(update={"default": None})
        if entity is not None and field.name in entity.fields:
            properties[field.name] = bodies.shown(entity, plain)
            required.append(field.name)
        elif key_of(field.name, entity):
            properties[field.name] = schemas.schema(plain)
            required.append(field.name)
        else:
            properties[field.name] = schemas.schema(plain, nullable=entity is not None)
    return {"type": "object", "properties": properties, "required": required or list(properties)}


def _carried(event: EventDraft, entity: EntityDraft | None) -> list[EntityField]:
    own = bodies.stored(entity) if entity else []
    known = {field.name for field in own}
    named = [_foreign_key(field, entity) for field in event.payload if field.name not in known]
    return [*own, *(field for field in named if field.type != "password")]


def key_of(name: str, entity: EntityDraft | None) -> bool:
    """Whether `order_id` is the key of an Order."""
    return entity is not None and name == f"{names.snake(entity.name)}_id"


def _foreign_key(field: EntityField, entity: EntityDraft | None) -> EntityField:
    """`order_id` in the payload of an event about an Order is its key."""
    update = {"type": "uuid", "read_only": False, "enum": ()}
    return field.model_copy(update=update) if key_of(field.name, entity) else field


def example(draft: Draft, event: EventDraft) -> JsonObject:
    """A payload that is valid by its schema."""
    entity, _ = subject(draft, event)
    found = dict(bodies.read_example(entity)) if entity else {}
    for field in _carried(event, entity):
        found.setdefault(field.name, schemas.example(field, entity.name if entity else event.name))
    return found
