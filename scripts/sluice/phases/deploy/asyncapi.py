"""Reads registered AsyncAPI contracts: which service publishes and which consumes an event."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from sluice.model.base import JsonObject
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.hints import EXTENSION, ConsumeHint, PublishHint
from sluice.phases.deploy.openapi import Operation, contained, mapping, resolve


@dataclass(frozen=True, kw_only=True)
class Publication:
    """An event that a service publishes to the stream `address`; `payload` is its JSON Schema."""

    event: str
    service: str
    address: str
    hint: PublishHint
    payload: JsonObject = field(repr=False, hash=False, compare=False)
    properties: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The payload property that holds the id of the written entity, '' when the payload does not carry it."""
        mapped = (name for name, value in self.hint.values.items() if value.from_field == "id")
        return next(mapped, "id" if "id" in self.properties and "id" not in self.hint.values else "")

    def caused_by(self, operation: Operation) -> bool:
        """Whether the operation publishes it."""
        return self.service == operation.service and operation.operation_id in self.hint.on


@dataclass(frozen=True, kw_only=True)
class Consumption:
    """An event that a service consumes, and what it then does."""

    event: str
    service: str
    address: str
    hint: ConsumeHint


def publications(contracts: ContractSet) -> tuple[Publication, ...]:
    """What is published, by service and then in the order of the documents."""
    return tuple(item for contract in _asyncapi(contracts) for item in _sent(contract))


def consumptions(contracts: ContractSet) -> tuple[Consumption, ...]:
    """What is consumed, by service and then in the order of the documents."""
    return tuple(item for contract in _asyncapi(contracts) for item in _received(contract))


def _asyncapi(contracts: ContractSet) -> list[RegisteredContract]:
    return [contract for contract in contracts.contracts if contract.kind == "asyncapi"]


def _sent(contract: RegisteredContract) -> Iterator[Publication]:
    for operation, event, address, message in _operations(contract, "send"):
        payload = message.get("payload", {})
        schema = resolve(contract.document, payload)
        yield Publication(
            event=event,
            service=contract.service,
            address=address,
            hint=_publish_hint(operation),
            payload=contained(contract.document, payload),
            properties=tuple(mapping(schema.get("properties"))),
        )


def _received(contract: RegisteredContract) -> Iterator[Consumption]:
    for operation, event, address, _ in _operations(contract, "receive"):
        hint = _consume_hint(operation)
        yield Consumption(event=event, service=contract.service, address=address, hint=hint)


def _operations(contract: RegisteredContract, action: str) -> Iterator[tuple[JsonObject, str, str, JsonObject]]:
    document = contract.document
    for value in mapping(document.get("operations")).values():
        operation = resolve(document, value)
        if operation.get("action") == action:
            channel = resolve(document, operation.get("channel"))
            for key, reference in mapping(channel.get("messages")).items():
                message = resolve(document, reference)
                yield operation, str(message.get("name", key)), str(channel.get("address", "")), message


def _publish_hint(operation: JsonObject) -> PublishHint:
    try:
        return PublishHint.model_validate(operation.get(EXTENSION, {}))
    except ValidationError:
        return PublishHint()


def _consume_hint(operation: JsonObject) -> ConsumeHint:
    try:
        return ConsumeHint.model_validate(operation.get(EXTENSION, {}))
    except ValidationError:
        return ConsumeHint()
