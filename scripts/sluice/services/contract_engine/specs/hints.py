"""The `x-sluice` extension of a contract against its own types; a builder must never find one that it cannot read."""

from collections.abc import Iterator

from pydantic import JsonValue, ValidationError

from sluice.model.base import JsonObject, Model
from sluice.model.contract import SpecError
from sluice.model.hints import EXTENSION, ConsumeHint, EntityHint, OperationHint, PropertyHint, PublishHint
from sluice.services.contract_engine.specs.operations import operations
from sluice.services.contract_engine.specs.pointers import Parts, fault, objects


def openapi_hints(document: JsonObject) -> list[SpecError]:
    """Faults of the hints of operations, entities and properties."""
    found = [_check(OperationHint, parts, operation) for parts, operation in operations(document)]
    for parts, node in objects(document):
        if parts[:2] == ("components", "schemas") and len(parts) == 3:  # noqa: PLR2004 - a component
            found.append(_check(EntityHint, parts, node))
        elif parts[-2:-1] == ("properties",):
            found.append(_check(PropertyHint, parts, node))
    return [error for errors in found for error in errors]


def asyncapi_hints(document: JsonObject) -> list[SpecError]:
    """Faults of the hints of published and consumed events."""
    table = document.get("operations")
    errors: list[SpecError] = []
    for name, operation in table.items() if isinstance(table, dict) else ():
        if isinstance(operation, dict):
            kind = PublishHint if operation.get("action") == "send" else ConsumeHint
            errors += _check(kind, ("operations", name), operation)
    return errors


def _check(kind: type[Model], parts: Parts, holder: dict[str, JsonValue]) -> Iterator[SpecError]:
    if EXTENSION not in holder:
        return
    try:
        kind.model_validate(holder[EXTENSION])
    except ValidationError as error:
        for item in error.errors():
            place = (*parts, EXTENSION, *item["loc"])
            yield fault(EXTENSION, place, item["msg"], f"write it as {kind.__name__}")
