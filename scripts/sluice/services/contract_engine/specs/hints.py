"""The `x-sluice` extension of a contract against its own types; a builder must never find one that it cannot read."""

from collections.abc import Iterator

from pydantic import JsonValue, ValidationError

from sluice.model.base import Model
from sluice.model.hints import EXTENSION, ConsumeHint, EntityHint, OperationHint, PropertyHint, PublishHint
from sluice.services.contract_engine.specs.faults import Fault
from sluice.services.contract_engine.specs.specification import Place, Specification, fault_at

_ENTITIES: Place = (((None, 0), "components"), "schemas")


def check_hints(spec: Specification) -> Iterator[Fault]:
    """Faults of the hints of operations, entities, properties and events."""
    for place, operation in spec.nodes["operation"]:
        if spec.kind == "asyncapi":
            kind: type[Model] = PublishHint if operation.get("action") == "send" else ConsumeHint
            yield from _check(kind, place, operation)
        else:
            yield from _check(OperationHint, place, operation)
    if spec.kind == "asyncapi":
        return
    for place, schema in spec.nodes["schema"]:
        if EXTENSION in schema:
            above = place[0]
            if above == _ENTITIES:
                yield from _check(EntityHint, place, schema)
            elif above is not None and above[1] == "properties":
                yield from _check(PropertyHint, place, schema)


def _check(kind: type[Model], place: Place, holder: dict[str, JsonValue]) -> Iterator[Fault]:
    if EXTENSION not in holder:
        return
    try:
        kind.model_validate(holder[EXTENSION])
    except ValidationError as error:
        for item in error.errors():
            fault = fault_at(EXTENSION, place, item["msg"], EXTENSION, *item["loc"])
            yield Fault(fault.rule, fault.parts, fault.message, fault.source, hint=f"write it as {kind.__name__}")
