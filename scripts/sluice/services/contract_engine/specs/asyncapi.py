"""AsyncAPI 2.x and 3.x: what its JSON Schema cannot say about channels, messages, operations and servers."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Fault
from sluice.services.contract_engine.specs.operations import row, table
from sluice.services.contract_engine.specs.pointers import target_parts
from sluice.services.contract_engine.specs.specification import Place, Specification, fault_at

VERSIONS: Final = ("3.1.0", "3.0.0", "2.6.0", "2.5.0", "2.4.0", "2.3.0", "2.2.0", "2.1.0", "2.0.0")
_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
_CHANNELS: Final[Place] = ((None, 0), "channels")
_OPERATIONS: Final[Place] = ((None, 0), "operations")


def check_channels(spec: Specification) -> Iterator[Fault]:
    """Addresses, and the parameters in them."""
    newer = spec.version.startswith("3.")
    addresses: dict[str, str] = {}
    for name, given in table(spec.document, "channels").items():
        channel = spec.final(_CHANNELS, given)
        address = (channel.get("address") if isinstance(channel, dict) else None) if newer else name
        if not isinstance(address, str):
            continue
        place: Place = (_CHANNELS, name)
        below = ("address",) if newer and channel is given else ()
        if address in addresses:
            message = f"channel {addresses[address]!r} has the address {address!r} too"
            yield fault_at("asyncapi.address", place, message, *below)
        addresses[address] = name
        for parameter in sorted(set(_PARAMETER.findall(address)) ^ set(table(channel, "parameters"))):
            message = f"parameter {parameter!r} stands in only one of address and parameters"
            yield fault_at("asyncapi.parameter", place, message, *below)


def check_operations(spec: Specification) -> Iterator[Fault]:
    """Channels and messages of the operations of AsyncAPI 3.x."""
    if not spec.version.startswith("3."):
        return
    for place, operation in spec.nodes["operation"]:
        channel = _reference(operation.get("channel"))
        yield from _messages(spec, place, operation, channel)
        is_root = channel is None or channel[:-1] == ["channels"]
        if not is_root and place[0] == _OPERATIONS:
            message = "must refer to a channel of the document's root"
            yield fault_at("asyncapi.channel", place, message, "channel")
    for place, reply in spec.nodes["operationReply"]:
        yield from _messages(spec, place, reply, _reference(reply.get("channel")))


def check_names(spec: Specification) -> Iterator[Fault]:
    """Ids that are unique, and names of servers and security schemes that are declared (AsyncAPI 2.x)."""
    for kind, key, rule in (
        ("operation", "operationId", "asyncapi.operation-id"),
        ("message", "messageId", "asyncapi.message-id"),
    ):
        seen: dict[str, int] = {}
        for place, node in spec.nodes[kind]:
            name = node.get(key)
            if isinstance(name, str) and seen.setdefault(name, id(node)) != id(node):
                yield fault_at(rule, place, f"{key} {name!r} stands twice", key)
    if spec.version.startswith("3."):
        return
    servers = table(spec.document, "servers")
    for place, channel in spec.nodes["channel"]:
        for index, name in enumerate(row(channel, "servers")):
            if isinstance(name, str) and name not in servers:
                yield fault_at("asyncapi.server", place, f"no server is called {name!r}", "servers", index)
    yield from _security(spec)


def _security(spec: Specification) -> Iterator[Fault]:
    schemes = table(table(spec.document, "components"), "securitySchemes")
    for kind in ("server", "operation", "operationTrait"):
        for place, node in spec.nodes[kind]:
            for index, requirement in enumerate(row(node, "security")):
                for name in requirement if isinstance(requirement, dict) else ():
                    if name not in schemes:
                        below = ("security", index, name)
                        yield fault_at("asyncapi.security", place, f"no security scheme is called {name!r}", *below)


def _messages(spec: Specification, place: Place, node: JsonObject, channel: list[str] | None) -> Iterator[Fault]:
    """Messages of an operation or reply are those of its channel."""
    if channel is None or spec.end(0, _text(node.get("channel"))) is None:
        return
    for index, message in enumerate(row(node, "messages")):
        target = _reference(message)
        if target is not None and target[:-1] != [*channel, "messages"]:
            said = "is not a message of the operation's channel"
            yield fault_at("asyncapi.message", place, said, "messages", index)


def _text(node: JsonValue) -> str:
    reference = node.get("$ref") if isinstance(node, dict) else None
    return reference if isinstance(reference, str) else ""


def _reference(node: JsonValue) -> list[str] | None:
    """The keys that a local reference leads to."""
    reference = _text(node)
    return target_parts(reference) if reference.startswith("#") else None
