"""From the contract documents to the plan of a service."""

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.phases.build.builders.template import behaviour
from sluice.phases.build.builders.template.annotations import Annotations
from sluice.phases.build.builders.template.entities import entities, read_classes
from sluice.phases.build.builders.template.events import consume_into, events, publish_from
from sluice.phases.build.builders.template.names import sentence
from sluice.phases.build.builders.template.operations import groups
from sluice.phases.build.builders.template.plan import Entity, Operation, Plan
from sluice.phases.build.builders.template.shapes import as_object
from sluice.phases.build.builders.template.soundness import drop_without_account, drop_without_source

_ERRORS = ("Error", "ValidationError")


def read(service: str, openapi: JsonObject, asyncapi: JsonObject | None) -> Plan:
    """The plan of a service.

    Raises:
        InputError: the contract cannot be served, e.g. a dangling reference or a path that is none.
    """
    if not as_object(openapi.get("paths")):
        raise InputError("the contract has no paths", hint="register an OpenAPI 3.1 document with operations")
    notes: list[str] = []
    found = entities(openapi, notes)
    annotations = Annotations()
    for name in _ERRORS:
        annotations.reserve(name)
    read_classes(found, openapi, annotations)
    made = groups(openapi, found, annotations, notes)
    operations = [operation for group in made for operation in group.operations]
    account = _account(operations)
    drop_without_account(operations, account, notes)
    drop_without_source(operations, found, account, notes)
    event_annotations = Annotations()
    published, received = events(asyncapi or {}, event_annotations)
    publish_from(published, operations, notes)
    consumed = consume_into(received, found, notes)
    info = as_object(openapi.get("info"))
    return Plan(
        service=service,
        title=sentence(info.get("title")) or service,
        description=sentence(info.get("description"), 300),
        version=sentence(info.get("version")) or "1.0.0",
        entities=found,
        groups=made,
        classes=[made for made in annotations.classes.values() if made.name not in _ERRORS],
        event_classes=list(event_annotations.classes.values()),
        published=published,
        consumed=consumed,
        account=account,
        notes=list(dict.fromkeys([*notes, *annotations.notes, *event_annotations.notes])),
    )


def _account(operations: list[Operation]) -> Entity | None:
    """The entity that registers or logs in; its table gets a column for the password's hash."""
    for operation in operations:
        entity = operation.entity
        if operation.kind not in {"register", "login"} or entity is None:
            continue
        field = behaviour.secret_field(entity, operation.body_class)
        if field is None or behaviour.identity(operation, entity) is None:
            continue
        entity.secret = "password_hash"  # noqa: S105  the name of a column
        return entity
    return None
