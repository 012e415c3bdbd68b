"""Notes entities and fields in the draft: once each, with a question where the document is of two minds."""

import keyword
import re

from sluice.model.domain import EntityField
from sluice.model.service_map import Span
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EntityDraft
from sluice.services.architect.reading.tree import Section
from sluice.services.architect.reading.words import ENGLISH

MAX_ENTITIES = 500
MAX_FIELDS = 100


def entity(
    draft: Draft, written: str, section: Section, span: Span, owner: str | None = None, *, certain: bool = False
) -> EntityDraft:
    """The entity of this name, made when it is new; the place where its fields stand becomes its source."""
    name = names.entity_name(written)
    owner = owner or draft.scope(section) or owner_in(draft, section.name)
    known = draft.entities.get(name)
    if known is None:
        known = EntityDraft(name, written[:300], span=span)
        if not name or len(draft.entities) >= MAX_ENTITIES:
            draft.ask("document", f"Only {MAX_ENTITIES} entities with usable names are read.", span)
            return known
        draft.entities[name] = known
        if names.split(written)[:-1] != names.split(name)[: len(names.split(written)) - 1]:
            draft.ask(name, f"It was named {written[:120]!r} in the document; is {name!r} right?", span)
    if not known.fields and not certain:
        known.span = span
    if owner and known.owner and owner != known.owner:
        draft.ask(name, f"Both {known.owner} and {owner} seem to own it; {known.owner} was taken.", span)
    known.owner = known.owner or owner
    known.certain = known.certain or certain
    return known


def owner_in(draft: Draft, title: str) -> str | None:
    """`order-service` of `Order (owned by order-service)`, `Order — order-service`."""
    inside = re.search(r"[(\[:—\u2013-]\s*(?:owned by|owner:?)?\s*`?([\w -]+?)`?\s*[)\]]?\s*$", title)
    return draft.service_of(inside.group(1)) if inside else None


def add(draft: Draft, entity: EntityDraft, field: EntityField | None, span: Span, written: str) -> None:
    """Adds a field; the first description of it counts."""
    if field is None:
        draft.ask(entity.name, f"No usable field name is left of {written[:80]!r}; it was ignored.", span)
        return
    known = entity.fields.get(field.name)
    if known is not None:
        if known.model_copy(update={"description": ""}) != field.model_copy(update={"description": ""}):
            draft.ask(f"{entity.name}.{field.name}", "It is described twice, differently; the first was taken.", span)
    elif len(entity.fields) < MAX_FIELDS:
        entity.fields[field.name] = field
        head = re.split(r"[\s:(,?—\u2013]", written.strip("`* "), maxsplit=1)[0]
        plain = names.split(head)
        if plain != names.split(field.name)[: len(plain)] or keyword.iskeyword(head):
            draft.ask(f"{entity.name}.{field.name}", f"The field was written {written[:80]!r}.", span)
        elif names.FOREIGN.search(head):
            _transcribed(draft, entity, field, span, head)
        elif re.search(r"[a-z][A-Z]", head):
            draft.ask("document", "Names of fields are in camelCase in the document; JSON uses snake_case.", span)


def _transcribed(draft: Draft, entity: EntityDraft, field: EntityField, span: Span, head: str) -> None:
    """One question for a document in another script, one for each name in a script that is not the document's."""
    if draft.words.language == ENGLISH:
        draft.ask(f"{entity.name}.{field.name}", f"The field was written {head[:80]!r}.", span)
    else:
        draft.ask("document", "Names of fields are in another script; JSON uses their transcription.", None)
