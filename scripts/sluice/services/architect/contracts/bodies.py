"""The component schemas of one service: read models, inputs, figures, tokens, errors."""

from dataclasses import dataclass, field

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.model.hints import EXTENSION, EntityHint, PropertyHint
from sluice.services.architect.contracts import schemas
from sluice.services.architect.meaning import accounts, routes
from sluice.services.architect.meaning.operations import Operation
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EntityDraft
from sluice.services.architect.reading.fields import SERVER_SET


@dataclass(slots=True)
class View:
    """One service's view of its entities: the account, and per entity the owner field."""

    draft: Draft
    service: str
    account: EntityDraft | None
    operations: list[Operation]
    owners: dict[str, str | None] = field(default_factory=dict)

    @property
    def entities(self) -> list[EntityDraft]:
        """What the service stores, in the order of the document."""
        return [e for e in self.draft.entities.values() if e.owner == self.service and not e.embedded]


def view(draft: Draft, service: str, account: EntityDraft | None, operations: list[Operation]) -> View:
    """The view, after every entity was made fillable by the requests that the document names."""
    found = View(draft, service, account, operations)
    spoken = routes.by_entity(draft)
    for entity in found.entities:
        found.owners[entity.name] = accounts.owner_field(draft, entity, account, spoken.get(entity.name, []))
        _fill(found, entity)
    return found


def _fill(view: View, entity: EntityDraft) -> None:
    """A required field that no create request names, and nothing else sets, cannot be required."""
    creates = [op for op in view.operations if op.entity is entity and op.kind in {"create", "register"}]
    for name, declared in list(entity.fields.items()):
        if declared.read_only and not _is_set(view, entity, declared):
            entity.fields[name] = declared.model_copy(update={"required": False})
        free = (
            declared.required
            and not declared.read_only
            and declared.default is None
            and name != view.owners[entity.name]
        )
        if not free:
            continue
        missing = any(op.endpoint.request is not None and not _given(op, name) for op in creates)
        if missing and _moment_of_creation(view, declared):
            entity.fields[name] = declared.model_copy(update={"read_only": True})
            continue
        if declared.type == "boolean" and (missing or not creates):
            entity.fields[name] = declared.model_copy(update={"default": False})
        elif missing and declared.enum:
            entity.fields[name] = declared.model_copy(update={"default": declared.enum[0]})
        elif missing:
            view.draft.ask(f"{entity.name}.{name}", "No request sets it; it was made optional.", entity.span)
            entity.fields[name] = declared.model_copy(update={"required": False})


def _given(op: Operation, name: str) -> bool:
    return name in {f.name for f in op.endpoint.request or []} or name in {parent.field for parent in op.parents}


def _is_set(view: View, entity: EntityDraft, declared: EntityField) -> bool:
    """Whether the service itself knows the value of a read-only field."""
    known = declared.name in SERVER_SET or declared.default is not None or _moment_of_creation(view, declared)
    return known or schemas.computed(declared, entity.fields.values()) is not None


def _moment_of_creation(view: View, declared: EntityField) -> bool:
    """`requested_at`, `placed_at`: when the row was made."""
    stem = declared.name.removesuffix("_at")
    return declared.type == "datetime" and stem in view.draft.words.groups["event_endings"]["create"]


def stored(entity: EntityDraft) -> list[EntityField]:
    """The fields that a read shows: all but secrets."""
    return [f for f in entity.fields.values() if f.type != "password"]


def nullable(declared: EntityField) -> bool:
    """Whether a stored value may be missing."""
    return not declared.required and declared.default is None


def hint(view: View, entity: EntityDraft, declared: EntityField) -> PropertyHint:
    """What a property means beyond its schema."""
    target = view.draft.entities.get(declared.references or "")
    return PropertyHint(
        references=target.name if target else None,
        local=target is not None and target.owner == view.service,
        unique=declared.unique,
        computed=schemas.computed(declared, entity.fields.values()),
    )


def shown(entity: EntityDraft, declared: EntityField, *, hint: PropertyHint | None = None) -> JsonObject:
    """The schema of a stored property as others see it: a computed sum has no bound of its own."""
    found = schemas.schema(declared, nullable=nullable(declared), hint=hint)
    by = schemas.computed(declared, entity.fields.values())
    if by is None:
        return found
    least: JsonObject = {"minimum": 0} if schemas.never_negative(entity.fields[by.over], by) else {}
    return {key: value for key, value in found.items() if key not in {"minimum", "maximum"}} | least


def read_schema(view: View, entity: EntityDraft) -> JsonObject:
    """The read model; everything in it is always present."""
    owner = view.owners[entity.name]
    properties: JsonObject = {}
    for declared in stored(entity):
        found = shown(entity, declared, hint=hint(view, entity, declared))
        if declared.read_only or declared.name == owner or schemas.computed(declared, entity.fields.values()):
            found["readOnly"] = True
        properties[declared.name] = found
    extension = EntityHint(entity=entity.name, owner_field=owner).model_dump(mode="json", exclude_defaults=True)
    description = {"description": entity.description} if entity.description else {}
    return {
        "type": "object",
        **description,
        "properties": properties,
        "required": list(properties),
        EXTENSION: extension,
    }


def inputs(view: View, entity: EntityDraft) -> list[EntityField]:
    """The fields that a client may write."""
    siblings = entity.fields.values()
    owner = view.owners[entity.name]
    return [f for f in siblings if not f.read_only and f.name != owner and schemas.computed(f, siblings) is None]


def create_fields(view: View, op: Operation) -> list[EntityField]:
    """What the body of a create, register or replace holds: what the document names, else all that can be written."""
    if op.entity is None:
        return []
    from_path = {parent.field for parent in op.parents}
    named = {f.name for f in op.endpoint.request or []}
    return [f for f in inputs(view, op.entity) if f.name not in from_path and (not named or f.name in named)]


def update_fields(view: View, op: Operation) -> list[EntityField]:
    """What the body of an update may hold."""
    if op.entity is None:
        return []
    named = {f.name for f in op.endpoint.request or []} or set(op.only)
    from_path = {parent.field for parent in op.parents}
    free = [f for f in inputs(view, op.entity) if f.name not in from_path]
    return [f for f in free if f.name in named] or [f for f in free if f.type != "password"]


def input_schema(
    view: View, entity: EntityDraft, listed: list[EntityField], *, partial: bool, only: bool = False
) -> JsonObject:
    """An input object; with `partial` nothing is required, with `only` everything is."""
    properties: JsonObject = {}
    for declared in listed:
        plain = declared.model_copy(update={"default": None}) if partial else declared
        found = schemas.schema(plain, nullable=nullable(declared), hint=hint(view, entity, declared))
        if declared.type == "password":
            found["writeOnly"] = True
        properties[declared.name] = found
    required = [f.name for f in listed if f.required and f.default is None]
    found_schema: JsonObject = {"type": "object", "properties": properties}
    if only or (required and not partial):
        found_schema["required"] = [f.name for f in listed] if only else list(required)
    return found_schema


def credentials_schema(listed: list[EntityField]) -> JsonObject:
    """What a login takes: the rules for new passwords do not matter here."""
    properties: JsonObject = {}
    for declared in listed:
        plain = declared.model_copy(update={"constraints": {}, "description": "", "default": None})
        properties[declared.name] = schemas.schema(plain) | ({"minLength": 1} if declared.type == "password" else {})
    return {"type": "object", "properties": properties, "required": [f.name for f in listed]}


def input_example(entity: EntityDraft, listed: list[EntityField]) -> JsonObject:
    """A body that is valid by the input schema."""
    return {f.name: schemas.example(f, entity.name) for f in listed if f.required or f.references is None}


def read_example(entity: EntityDraft) -> JsonObject:
    """A stored row."""
    found: JsonObject = {}
    for declared in stored(entity):
        found[declared.name] = schemas.example(declared, entity.name)
        by = schemas.computed(declared, entity.fields.values())
        rows = found.get(by.over) if by else None
        if by and isinstance(rows, list):
            found[declared.name] = sum(_product(row, by.factors) for row in rows)
    return found


def _product(row: object, factors: tuple[str, ...]) -> float:
    result = 1.0
    for factor in factors:
        value = row.get(factor, 0) if isinstance(row, dict) else 0
        result *= value if isinstance(value, int | float) else 0
    return result


def figures(entity: EntityDraft) -> JsonObject:
    """The schema of a summary: `count`, and per enum field one number per value."""
    properties: JsonObject = {"count": {"type": "integer", "minimum": 0}}
    for declared in stored(entity):
        if declared.enum:
            numbers: JsonObject = {value: {"type": "integer", "minimum": 0} for value in declared.enum}
            properties[declared.name] = {"type": "object", "properties": numbers, "required": list(numbers)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def plural_words(entity: EntityDraft) -> str:
    """`order items` of OrderItem, for sentences."""
    *head, last = names.split(entity.name)
    return " ".join([*head, names.plural(last)])
