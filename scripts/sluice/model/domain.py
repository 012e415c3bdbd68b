"""Entities and events as the Architect sees them."""

from pydantic import Field, JsonValue, StrictBool, StrictFloat

from sluice.model.base import JsonObject, Model
from sluice.model.service_map import Span


class EntityField(Model):
    """One field of an entity.

    `type` is a word of the Architect's vocabulary (see `services/architect`): string, text, integer, number, boolean,
    uuid, email, uri, date, datetime, password, array, object.  `references` names an entity.  `items` are the
    fields of the objects in an array.
    """

    name: str
    type: str
    required: StrictBool = True
    enum: tuple[str, ...] = ()
    references: str | None = None
    items: tuple["EntityField", ...] = ()
    item_type: str | None = None
    read_only: StrictBool = False
    unique: StrictBool = False
    default: JsonValue = None
    constraints: JsonObject = Field(default_factory=dict)
    description: str = ""


class Entity(Model):
    """A noun that one service owns."""

    name: str
    owner: str
    fields: tuple[EntityField, ...] = ()
    description: str = ""
    requirement: str | None = None
    source: Span | None = None
    confidence: StrictFloat = 1.0


class Event(Model):
    """A fact that one service publishes and others consume; `payload` is its JSON Schema."""

    name: str
    publisher: str | None = None
    consumers: tuple[str, ...] = ()
    payload: JsonObject = Field(default_factory=dict)
    requirement: str | None = None
    source: Span | None = None
    confidence: StrictFloat = 1.0


class DomainModel(Model):
    """All entities of a decomposition, in the order of the document."""

    entities: tuple[Entity, ...] = ()

    def named(self, name: str) -> Entity | None:
        """The entity with this name."""
        return next((entity for entity in self.entities if entity.name == name), None)
