"""Entities of a contract as tables."""

from collections.abc import Iterable
from dataclasses import replace

from pydantic import JsonValue, ValidationError

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION, EntityHint, PropertyHint
from sluice.phases.build.builders.template.annotations import Annotations
from sluice.phases.build.builders.template.names import attribute, class_name, distinct, sentence, snake
from sluice.phases.build.builders.template.plan import Column, ComputedProperty, Entity
from sluice.phases.build.builders.template.shapes import Shape, as_object, shape

_INT32 = 2**31 - 1
_LONG = 1000
_STAMPS = ("created", "updated", "modified", "changed")
_ZERO: dict[str, str] = {"integer": "0", "number": "0.0", "boolean": "False", "array": "list", "object": "dict"}


def entities(document: JsonObject, notes: list[str]) -> list[Entity]:
    """All component schemas that carry an entity hint."""
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    hinted = {
        name: hint for name, node in schemas.items() if (hint := _entity_hint(name, shape(document, node))) is not None
    }
    classes: set[str] = set()
    tables = {"outbox", "processed_event", "alembic_version"}
    found = []
    for name, hint in hinted.items():
        cls = distinct(class_name(hint.entity), classes)
        table = distinct(snake(cls) or "entity", tables)
        found.append(_entity(shape(document, schemas[name]), hint, cls, table, notes))
    _keep_local(found, notes)
    return found


def _entity_hint(name: str, of: Shape) -> EntityHint | None:
    raw = of.hint
    if not raw or "entity" not in raw:
        return None
    try:
        return EntityHint.model_validate(raw)
    except ValidationError as error:
        raise InputError(f"bad {EXTENSION} in schema {name!r}", details=str(error).splitlines()) from error


def property_hint(of: Shape) -> PropertyHint:
    """What a property's extension says."""
    try:
        return PropertyHint.model_validate(of.hint)
    except ValidationError:
        return PropertyHint()


def _entity(of: Shape, hint: EntityHint, cls: str, table: str, notes: list[str]) -> Entity:
    taken: set[str] = {"password_hash"}
    made = Entity(name=hint.entity, cls=cls, table=table, variable=attribute(snake(cls), "row"), columns=[])
    for wire, prop in of.properties().items():
        name = distinct(attribute(wire), taken)
        ready = property_hint(prop)
        if ready.computed:
            python = "int" if prop.type == "integer" else "float"
            over = attribute(ready.computed.over)
            most = prop.schema.get("maximum")
            bound = most if isinstance(most, int | float) else None
            made.computed.append(
                ComputedProperty(name=name, wire=wire, python=python, over=over, hint=ready.computed, maximum=bound)
            )
            continue
        made.columns.append(_column(wire, name, prop, ready, required=wire in of.required))
        if hint.owner_field == wire:
            made.owner = name
    if not any(column.primary for column in made.columns):
        made.columns.insert(0, Column(
            name=distinct("id", taken), wire="id", python="UUID", sql="Uuid()", shape=shape({}, {"type": "string"}),
            primary=True, default="uuid4", hidden=True,
        ))  # fmt: skip
    if hint.owner_field and not made.owner:
        notes.append(f"{cls}: owner field {sentence(hint.owner_field)} is not a property, rows are not owned")
    return made


def _column(wire: str, name: str, prop: Shape, hint: PropertyHint, *, required: bool) -> Column:
    primary = wire == "id"
    python, sql = column_types(wire, prop)
    nullable = not primary and (prop.nullable or not required)
    unique = "" if primary or not hint.unique else "folded" if prop.format == "email" else "exact"
    return Column(
        name=name,
        wire=wire,
        python=python,
        sql=sql,
        shape=prop,
        hint=hint,
        nullable=nullable,
        primary=primary,
        unique=unique,
        target=hint.references or "" if hint.local else "",
        default=_key_default(prop) if primary else _default(prop, nullable=nullable),
        onupdate="utc_now" if _is_stamp(wire, prop) and not wire.lower().startswith("created") else "",
    )


def _is_stamp(wire: str, prop: Shape) -> bool:
    return prop.read_only and prop.format == "date-time" and wire.lower().startswith(_STAMPS)


def column_types(wire: str, prop: Shape) -> tuple[str, str]:
    """Python and SQLAlchemy types of a property, as source."""
    if prop.type == "string" and not (prop.enum and prop.format):
        return _text_types(prop)
    if prop.type == "integer":
        if wire == "id":
            return "int", 'BigInteger().with_variant(Integer, "sqlite")'
        small = all(abs(_limit(prop, key)) <= _INT32 for key in ("minimum", "maximum"))
        return ("int", "Integer()") if small else ("int", "BigInteger()")
    plain = {"number": ("float", "Double()"), "boolean": ("bool", "Boolean()")}
    if prop.type in plain:
        return plain[prop.type]
    document = {"array": "list[Any]", "object": "dict[str, Any]"}
    return document.get(prop.type, "Any"), "JSON"


def _text_types(prop: Shape) -> tuple[str, str]:
    formats = {"uuid": ("UUID", "Uuid()"), "date-time": ("dt.datetime", "UtcDateTime()"), "date": ("dt.date", "Date()")}
    if prop.format in formats:
        return formats[prop.format]
    longest = max((len(str(value)) for value in prop.enum), default=0) or prop.schema.get("maxLength")
    bounded = isinstance(longest, int) and 0 < longest <= _LONG
    return "str", f"String({longest})" if bounded else "Text()"


def _limit(prop: Shape, key: str) -> float:
    value = prop.schema.get(key)
    return value if isinstance(value, int | float) else _INT32 + 1


def _key_default(prop: Shape) -> str:
    if prop.type == "integer":
        return ""
    return "uuid4" if prop.format == "uuid" else "new_text_id"


def _default(prop: Shape, *, nullable: bool) -> str:
    given = prop.schema.get("default")
    if given is not None:
        return literal_default(given, prop)
    if not prop.read_only or nullable:
        return ""
    if prop.enum:
        return repr(prop.enum[0])
    if prop.type == "string":
        return {"uuid": "uuid4", "date-time": "utc_now", "date": "utc_today"}.get(prop.format, "''")
    return _ZERO.get(prop.type, "dict")


def literal_default(value: JsonValue, prop: Shape) -> str:
    """Source of a constant for a property's column; '' when it is of no use there."""
    if isinstance(value, list | dict):
        return f"lambda: {value!r}" if value else ("list" if isinstance(value, list) else "dict")
    if prop.type == "string" and prop.format in {"uuid", "date-time", "date"}:
        return "utc_now" if prop.format == "date-time" else ""
    return repr(value)


def _keep_local(found: Iterable[Entity], notes: list[str]) -> None:
    """References are local only if their entity has a table here with a key of the same type."""
    by_name = {entity.name: entity for entity in found}
    for entity in by_name.values():
        for number, column in enumerate(entity.columns):
            target = by_name.get(column.target)
            if target:
                entity.targets[column.target] = target
            if column.target and (target is None or target.key.python != column.python):
                notes.append(f"{entity.cls}.{column.name}: {sentence(column.target)} has no table here")
                entity.columns[number] = replace(column, target="")


def read_classes(found: Iterable[Entity], document: JsonObject, annotations: Annotations) -> None:
    """Makes the read class of every entity, so that it exists even when only an event writes it."""
    for entity in found:
        node: JsonObject = {"$ref": f"#/components/schemas/{entity.name}"}
        schemas = as_object(as_object(document.get("components")).get("schemas"))
        if entity.name in schemas:
            annotations.of(shape(document, node), entity.cls)
