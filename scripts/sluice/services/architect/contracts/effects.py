"""What events carry, which operations publish them, and what their consumers do."""

import re

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.model.hints import ConsumeHint, PublishHint, Value
from sluice.services.architect.contracts import bodies, payloads, schemas
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.meaning.operations import SIMILAR, Operation, alike
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EntityDraft, EventDraft
from sluice.services.architect.reading.fields import SERVER_SET


def publish(view: View, event: EventDraft) -> PublishHint:
    """The operations whose success is this event."""
    entity, rest = payloads.subject(view.draft, event)
    candidates = [op for op in view.operations if op.entity is entity and entity is not None]
    kinds = _kinds(view.draft, rest)
    fitting = (
        _by_action(candidates, rest) or [op for op in candidates if op.kind in kinds] or _by_sets(candidates, rest)
    )
    if not fitting:
        question = "No operation was found that publishes it. Which one does?"
        view.draft.ask(event.name, question, event.span)
    values = {
        f.name: Value(from_field="id")
        for f in event.payload
        if entity is not None and payloads.key_of(f.name, entity) and f.name not in entity.fields
    }
    return PublishHint(
        on=tuple(op.operation_id for op in fitting), entity=entity.name if entity else None, values=values
    )


def _kinds(draft: Draft, rest: str) -> set[str]:
    endings = draft.words.groups["event_endings"]
    if rest in endings["create"] or rest.replace("_", " ") in endings["create"]:
        return {"create", "register"}
    if rest in endings["update"]:
        return {"update", "replace"}
    return {"delete"} if rest in endings["delete"] else set()


def _by_action(candidates: list[Operation], rest: str) -> list[Operation]:
    """The action whose verb or whose new value is the event's last word."""
    found = []
    for op in candidates:
        verb = op.endpoint.path.rsplit("/", 1)[-1]
        values = [str(value) for value in op.sets.values()]
        if op.kind == "action" and (
            alike(verb, rest) >= SIMILAR or any(alike(rest, value) >= SIMILAR for value in values)
        ):
            found.append(op)
    return found


def _by_sets(candidates: list[Operation], rest: str) -> list[Operation]:
    """`OrderShipped`, where only an update can set the status to shipped."""
    has_value = any(
        alike(rest, v) >= SIMILAR for op in candidates if op.entity for f in op.entity.fields.values() for v in f.enum
    )
    return (
        [op for op in candidates if op.kind in {"update", "replace"}] if has_value or rest.endswith("changed") else []
    )


def settle(view: View) -> None:
    """Rows that only an event makes cannot require what no event brings: such fields become optional."""
    for event in view.draft.events.values():
        target = _created(view, event) if view.service in event.consumers else None
        if target is None or any(op.kind == "create" and op.entity is target for op in view.operations):
            continue
        values = _values(view, target, event)
        for field in bodies.stored(target):
            if field.name not in values and field.required and field.default is None and not field.read_only:
                question = f"{event.name} does not bring it; it was made optional."
                view.draft.ask(f"{target.name}.{field.name}", question, event.span)
                target.fields[field.name] = field.model_copy(update={"required": False})


def consume(view: View, event: EventDraft) -> ConsumeHint:
    """What the event does at this consumer."""
    changed = _changed(view, event)
    if changed is not None:
        return changed
    target = _created(view, event)
    if target is None:
        return ConsumeHint()
    values = _values(view, target, event)
    needed = [f for f in bodies.stored(target) if f.required and f.default is None and not f.read_only]
    if all(field.name in values for field in needed):
        return ConsumeHint(creates=target.name, values=values)
    about = f"{view.service} on {event.name}"
    view.draft.ask(about, "What does it do with the event? It is only recorded.", event.span)
    return ConsumeHint()


def _changed(view: View, event: EventDraft) -> ConsumeHint | None:
    """`marks the slot as taken`: a row of this service that the payload has the key of."""
    effect = event.effects.get(view.service, "")
    if not view.draft.words.pattern("verbs", "update").search(effect):
        return None
    about, rest = payloads.subject(view.draft, event)
    known = _known(view.draft, event)
    for entity in [e for e in view.entities if _mentions(effect, e)] or view.entities:
        key = _key(entity, about, known)
        changes = _changes(entity, effect, rest)
        if key is not None and changes:
            return ConsumeHint(updates=entity.name, key=key, values=changes)
    return None


def _created(view: View, event: EventDraft) -> EntityDraft | None:
    """The entity that the text says is created, or the only one, if the payload brings something for it."""
    effect = event.effects.get(view.service, "")
    told = bool(view.draft.words.pattern("verbs", "create").search(effect))
    named = [entity for entity in view.entities if told and _mentions(effect, entity)]
    if named or len(view.entities) != 1:
        return named[0] if named else None
    only = view.entities[0]
    values = _values(view, only, event)
    return only if told or any(value.from_field for value in values.values()) else None


def _known(draft: Draft, event: EventDraft) -> JsonObject:
    properties = payloads.payload(draft, event).get("properties")
    return properties if isinstance(properties, dict) else {}


def _mentions(text: str, entity: EntityDraft) -> bool:
    plain = " ".join(names.split(entity.name))
    lower = f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
    return f" {plain} " in lower or f" {bodies.plural_words(entity)} " in lower or entity.name in text


def _key(entity: EntityDraft, about: EntityDraft | None, known: JsonObject) -> Value | None:
    """The payload property that holds the row's id."""
    name = f"{names.snake(entity.name)}_id"
    if name in known:
        return Value(from_field=name)
    return Value(from_field="id") if about is entity and "id" in known else None


def _changes(entity: EntityDraft, effect: str, rest: str) -> dict[str, Value]:
    """`marks the order as paid`: the enum value or flag that the text, or else the event's name, speaks of."""
    text = effect.lower().replace("_", " ")
    choices = [(f.name, value) for f in entity.fields.values() for value in f.enum]
    told = [
        (n, v)
        for n, v in choices
        if re.search(rf"\b(?:as|to|=|becomes|is)\s+[`'\"]?{re.escape(v.lower().replace('_', ' '))}\b", text)
    ]
    found = told or [(n, v) for n, v in choices if alike(rest, v) >= SIMILAR]
    if found:
        return {found[0][0]: Value(const=found[0][1])}
    flag = next(
        (f for f in entity.fields.values() if f.type == "boolean" and f" {names.split(f.name)[-1]}" in text), None
    )
    return {flag.name: Value(const=True)} if flag else {}


def _values(view: View, target: EntityDraft, event: EventDraft) -> dict[str, Value]:
    """Where each field of the new row comes from, as far as anything is known."""
    about, _ = payloads.subject(view.draft, event)
    known = _known(view.draft, event)
    fields = [f for f in bodies.stored(target) if f.name not in SERVER_SET]
    values = {field.name: _value(view, field, event, about, known) for field in fields}
    return {name: value for name, value in values.items() if value is not None}


def _value(
    view: View, field: EntityField, event: EventDraft, about: EntityDraft | None, known: JsonObject
) -> Value | None:
    """From the payload if it fits, else a constant for what the row needs."""
    if about is not None and (payloads.key_of(field.name, about) or field.references == about.name):
        return Value(from_field=field.name if field.name in known else "id")
    if field.name in known and field.name != "id" and _compatible(field, known[field.name]):
        return Value(from_field=field.name)
    if field.references is not None:
        alike_fields = [f.name for f in (about.fields.values() if about else ()) if f.references == field.references]
        return Value(from_field=alike_fields[0]) if alike_fields and alike_fields[0] in known else None
    return _constant(view, field, event)


def _constant(view: View, field: EntityField, event: EventDraft) -> Value | None:
    needed = field.required and field.default is None
    if field.enum:
        _, rest = payloads.subject(view.draft, event)
        fitting = [value for value in field.enum if alike(rest, value) >= SIMILAR or names.same(value, event.name)]
        chosen = fitting or list(field.enum if needed else ())
        return Value(const=chosen[0]) if chosen else None
    plain: JsonObject = {"string": event.name, "text": event.name, "boolean": False}
    return Value(const=plain[field.type]) if needed and field.type in plain else None


def _compatible(field: EntityField, carried: object) -> bool:
    """The payload's value fits the column: same kind, and for an enum one of its values."""
    schema = carried if isinstance(carried, dict) else {}
    own = schemas.schema(field)
    types = {schema.get("type")} if isinstance(schema.get("type"), str) else set(schema.get("type") or []) - {"null"}
    values = set(map(str, schema.get("enum") or [])) - {"None"}
    return {own.get("type")} == types and (not field.enum or bool(values and values <= set(field.enum)))
