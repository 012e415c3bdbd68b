"""Makes entities whole: keys, references, embedded objects, fields that only a path or a body names."""

from sluice.model.domain import EntityField
from sluice.services.architect.meaning import routes
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft
from sluice.services.architect.reading.fields import SERVER_SET

TOKENS = ("access_token", "refresh_token", "token_type", "expires_in", "token")
ID = EntityField(name="id", type="uuid", read_only=True, description="Key, set by the service.")


def settle(draft: Draft) -> None:
    """Resolves what `fields` left as words; unknown nouns become questions."""
    for endpoint in draft.endpoints:
        _from_bodies(draft, endpoint)
    _named_enums(draft)
    for entity in draft.entities.values():
        entity.fields = {name: _resolved(draft, entity, field) for name, field in entity.fields.items()}
    _embed(draft)
    for entity in draft.entities.values():
        _key(draft, entity)
    for endpoint in draft.endpoints:
        _nested(draft, endpoint)
    for entity in draft.entities.values():
        if len(entity.fields) == 1 and not entity.embedded:
            draft.ask(entity.name, "The document names no fields of it; it has only an id.", entity.span)


def _from_bodies(draft: Draft, endpoint: EndpointDraft) -> None:
    """Fields that only a request or a response names; the fields of objects that only a body spells out."""
    entity = routes.main_entity(draft, endpoint.path, endpoint.service)
    if entity is None or entity.owner != endpoint.service:
        return
    given = {field.name for field in endpoint.request or []}
    for field in [*(endpoint.request or []), *(endpoint.response or [])]:
        known = entity.fields.get(field.name)
        if known is None and field.name not in {"id", *TOKENS}:
            about = f"{entity.name}.{field.name}"
            told = "request" if field.name in given else "response"
            draft.ask(about, f"Only the {told} of {endpoint.key} names it; it was added as optional.", endpoint.span)
            shown = {"required": field.name in SERVER_SET, "read_only": told == "response"}
            entity.fields[field.name] = field.model_copy(update=shown)
        elif known is not None and field.items and not known.items:
            entity.fields[field.name] = known.model_copy(update={"items": field.items, "item_type": "object"})


def _named_enums(draft: Draft) -> None:
    for entity in draft.entities.values():
        for name, field in entity.fields.items():
            keys = (
                "".join(names.split(entity.name + " " + name)),
                "".join(names.split(field.description.split(";")[0])),
            )
            values = next((draft.enums[key] for key in keys if key in draft.enums), ())
            if values and not field.enum and field.type == "string":
                entity.fields[name] = field.model_copy(update={"enum": values})


def _resolved(draft: Draft, entity: EntityDraft, field: EntityField) -> EntityField:
    about = f"{entity.name}.{field.name}"
    if field.references is not None and field.references not in draft.entities:
        explicit = field.name != f"{names.snake(field.references)}_id"
        if explicit:
            draft.ask(about, f"It refers to {field.references}, which is no entity of the document.", entity.span)
        return field.model_copy(update={"references": None})
    known = {"string", "text", "integer", "number", "boolean", "uuid", "email", "uri", "date", "datetime", "object"}
    if field.type == "array" and field.item_type not in known and field.item_type not in draft.entities:
        draft.ask(about, f"It is a list of {field.item_type}, which is not known; strings were taken.", entity.span)
        return field.model_copy(update={"item_type": "string"})
    if field.default is None and field.enum and field.required and field.name in {"status", "state"}:
        return field.model_copy(update={"default": field.enum[0]})
    return field


def _embed(draft: Draft) -> None:
    """An entity that only exists inside another one's array is part of it."""
    spoken = routes.by_entity(draft)
    for entity in draft.entities.values():
        for name, field in entity.fields.items():
            inner = draft.entities.get(field.item_type or "")
            if inner is None:
                continue
            skipped = {"id", "created_at", "updated_at", f"{names.snake(entity.name)}_id"}
            items = tuple(f for n, f in inner.fields.items() if n not in skipped and f.references != entity.name)
            entity.fields[name] = field.model_copy(update={"items": items, "item_type": "object"})
            inner.embedded = inner.name not in spoken


def _key(draft: Draft, entity: EntityDraft) -> None:
    declared = entity.fields.pop("id", None)
    alias = f"{names.snake(entity.name)}_id"
    if declared is None and alias in entity.fields and entity.fields[alias].references in {None, entity.name}:
        declared = entity.fields.pop(alias)
        draft.ask(f"{entity.name}.{alias}", "It is the key; services call it `id`.", entity.span)
    if declared is not None and declared.type not in {"uuid", "string"}:
        draft.ask(f"{entity.name}.id", f"The document wants {declared.type} ids; services keep UUIDs.", entity.span)
    entity.fields = {"id": ID, **entity.fields}


def _nested(draft: Draft, endpoint: EndpointDraft) -> None:
    """`/doctors/{id}/slots` says that a slot has a doctor, and two `{id}` in one path need two names."""
    links = routes.chain(draft, endpoint.path, endpoint.service)
    entity = routes.main_entity(draft, endpoint.path, endpoint.service)
    for position, link in enumerate(links):
        if link.param is None or link.entity is None:
            continue
        later = any(other.param == link.param for other in links[position + 1 :])
        name = f"{names.snake(link.entity.name)}_id"
        if later:
            endpoint.path = endpoint.path.replace(f"{{{link.param}}}", f"{{{name}}}", 1)
        if entity is not None and entity is not link.entity and parent_field(entity, link.entity) is None:
            field = EntityField(name=name, type="uuid", references=link.entity.name, description="From the path.")
            entity.fields.setdefault(name, field)


def parent_field(entity: EntityDraft, parent: EntityDraft) -> str | None:
    """The field of `entity` that refers to `parent`."""
    preferred = f"{names.snake(parent.name)}_id"
    if preferred in entity.fields:
        return preferred
    found = [name for name, field in entity.fields.items() if field.references == parent.name]
    return found[0] if len(found) == 1 else None
