"""Events of an AsyncAPI document: payload classes, what is published by which operation, what a consumed event does."""

from pydantic import ValidationError

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION, ConsumeHint, PublishHint, Value
from sluice.phases.build.builders.template.annotations import Annotations, Field
from sluice.phases.build.builders.template.behaviour import constant, literal_fallback
from sluice.phases.build.builders.template.entities import column_types
from sluice.phases.build.builders.template.names import attribute, distinct, sentence, snake
from sluice.phases.build.builders.template.plan import (
    Column,
    Consumed,
    Entity,
    Event,
    Operation,
    Publication,
    Published,
)
from sluice.phases.build.builders.template.shapes import as_list, as_object, resolved, shape

_CONVERSIONS = {
    ("str", "UUID"): "UUID({})",
    ("UUID", "str"): "str({})",
    ("int", "str"): "str({})",
    ("float", "str"): "str({})",
    ("int", "float"): "float({})",
    ("dt.datetime", "str"): "{}.isoformat()",
    ("dt.date", "str"): "{}.isoformat()",
}
_WRITING = frozenset({"create", "update", "replace", "delete", "action", "register"})


def events(document: JsonObject, annotations: Annotations) -> tuple[list[Published], list[tuple[Event, ConsumeHint]]]:
    """Published and received events, by name."""
    published, received = [], []
    for name, node in sorted(as_object(document.get("operations")).items()):
        operation = as_object(node)
        event = _event(document, operation, annotations)
        if event is None:
            continue
        raw = operation.get(EXTENSION, {})
        try:
            if operation.get("action") == "send":
                published.append(Published(event=event, hint=PublishHint.model_validate(raw)))
            else:
                received.append((event, ConsumeHint.model_validate(raw)))
        except ValidationError as error:
            raise InputError(f"bad {EXTENSION} of {sentence(name)}", details=str(error).splitlines()) from error
    return published, received


def _event(document: JsonObject, operation: JsonObject, annotations: Annotations) -> Event | None:
    channel = resolved(document, operation.get("channel"))
    messages = [*as_list(operation.get("messages")), *as_object(channel.get("messages")).values()]
    message = resolved(document, messages[0]) if messages else {}
    address, payload = channel.get("address"), shape(document, message.get("payload"))
    name = str(message.get("name") or payload.component)
    if not isinstance(address, str) or not name or payload.type != "object":
        return None
    annotation = annotations.of(payload, name)
    made = annotations.classes.get(annotation)
    if made is None:
        return None
    examples = as_list(message.get("examples"))
    example = as_object(examples[0]).get("payload") if examples else None
    return Event(name=name, cls=made.name, address=address, fields=made, shape=payload, example=example)


def publish_from(published: list[Published], operations: list[Operation], notes: list[str]) -> None:
    """Ties every published event to its operations; one that cannot be filled is not published, and a note says so."""
    by_id = {operation.operation_id: operation for operation in operations}
    for item in published:
        sources = [by_id[name] for name in item.hint.on if name in by_id]
        if not sources:
            notes.append(f"event {sentence(item.event.name)}: no operation of this service publishes it")
        for operation in sources:
            if operation.kind not in _WRITING or operation.entity is None:
                notes.append(f"event {sentence(item.event.name)}: {operation.function} writes nothing")
                continue
            values, missing = _payload(item, operation.entity)
            if missing:
                names = ", ".join(map(sentence, missing))
                notes.append(f"event {sentence(item.event.name)}: no source for {names}, it is not published")
                continue
            operation.publications.append(Publication(event=item.event.name, cls=item.event.cls, values=values))


def _payload(item: Published, entity: Entity) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    values, missing = [], []
    for field in item.event.fields.fields:
        source = _row_source(field, entity, item.hint.values.get(field.wire))
        if source:
            values.append((field.wire, source))
        elif not field.default:
            missing.append(field.wire)
    return tuple(values), missing


def _row_source(field: Field, entity: Entity, given: Value | None) -> str:
    if given is not None and given.from_field is None:
        return repr(given.const)
    name = entity.attribute(given.from_field if given and given.from_field else field.wire)
    if name:
        return f"row.{name}"
    words = snake(field.wire)
    if words in {f"{snake(entity.cls)}_id", f"{entity.table}_id"}:
        return f"row.{entity.key.name}"
    if field.shape.format == "date-time":
        return "utc_now()"
    return ""


def consume_into(received: list[tuple[Event, ConsumeHint]], entities: list[Entity], notes: list[str]) -> list[Consumed]:
    """What each received event does."""
    by_name = {entity.name: entity for entity in entities}
    functions: set[str] = set()
    found = []
    for event, hint in received:
        function = distinct(attribute(f"on_{snake(event.name)}"), functions)
        entity = by_name.get(hint.creates or hint.updates or "")
        key = _key_source(event, entity, hint.key) if hint.updates and entity else ""
        if (hint.creates or hint.updates) and (entity is None or (hint.updates and not key)):
            notes.append(f"event {sentence(event.name)}: its effect cannot be followed, it is only recorded")
            entity = None
        values = _effects(event, hint, entity, notes) if entity else ()
        found.append(Consumed(event=event, hint=hint, function=function, entity=entity, key=key, values=values))
    return found


def _key_source(event: Event, entity: Entity, given: Value | None) -> str:
    if given is None:
        return ""
    return _value_source(event, given, entity.key)


def _value_source(event: Event, given: Value, column: Column) -> str:
    if given.from_field is None:
        return constant(column, given.const)
    field = event.fields.wire(given.from_field)
    return _taken(field, column) if field else ""


def _taken(field: Field, column: Column) -> str:
    """Source of a payload's property as a column's value; '' when its type does not fit."""
    value = f"event.{field.name}"
    converted = _converted(value, column_types(field.wire, field.shape)[0], column)
    optional = "None" in field.annotation or field.annotation.startswith("Omittable")
    if not converted or not optional or (column.nullable and converted == value):
        return converted
    fallback = "None" if column.nullable else literal_fallback(column)
    return f"{converted} if {value} is not None else {fallback}"


def _converted(value: str, given: str, column: Column) -> str:
    if column.is_json:
        return f"as_json({value})"
    if given == column.python:
        return value
    return _CONVERSIONS.get((given, column.python), "").format(value)


def _effects(event: Event, hint: ConsumeHint, entity: Entity, notes: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for column in entity.columns:
        given = hint.values.get(column.wire) if not column.hidden else None
        source = _value_source(event, given, column) if given else ""
        if given is None and hint.creates and not column.primary:
            source = _same_name(event, column)
        if given and not source:
            notes.append(f"event {sentence(event.name)}: {sentence(given.from_field)} does not fit {column.name}")
        if source:
            found.append((column.name, source))
        elif hint.creates and not (column.primary or column.nullable or column.default):
            notes.append(f"event {sentence(event.name)}: nothing fills {entity.cls}.{column.name}, a default does")
            found.append((column.name, literal_fallback(column)))
    return tuple(found)


def _same_name(event: Event, column: Column) -> str:
    """A required column without default takes the event's property of its name."""
    field = None if column.nullable or column.default else event.fields.wire(column.wire)
    return _taken(field, column) if field else ""
