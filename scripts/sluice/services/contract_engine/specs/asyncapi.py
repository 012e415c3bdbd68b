"""AsyncAPI 3.0 and 2.6: the official JSON Schema, then what it cannot say about channels, messages and operations.

The schemas are the specification's own, without prose; see schemas/NOTICE.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

import jsonschema_rs
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.hints import asyncapi_hints
from sluice.services.contract_engine.specs.pointers import fault, target_parts
from sluice.services.contract_engine.specs.structure import check_structure

VERSIONS: Final = ("3.0.0", "2.6.0")
_PARAMETER = re.compile(r"\{([^{}]*)\}")


def check_asyncapi(document: JsonObject, *, stop: bool) -> list[SpecError]:
    """Faults of an AsyncAPI document; `stop`: its references are broken, so only its structure is judged."""
    version = document.get("asyncapi")
    if version not in VERSIONS:
        message = f"AsyncAPI {version!r} is not supported"
        return [fault("asyncapi.version", ("asyncapi",), message, f"use {' or '.join(VERSIONS)}")]
    errors = check_structure(_schema(str(version)), document, "asyncapi.structure")
    if errors or stop or version != "3.0.0":
        return errors
    return [*_channels(document), *_operations(document), *asyncapi_hints(document)]


@cache
def _schema(version: str) -> jsonschema_rs.Validator:
    text = files("sluice.services.contract_engine").joinpath("schemas", f"asyncapi-{version}.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text), offline=True)


def _table(node: JsonValue, key: str) -> JsonObject:
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def _channels(document: JsonObject) -> Iterator[SpecError]:
    addresses: dict[str, str] = {}
    for name, channel in _table(document, "channels").items():
        address = channel.get("address") if isinstance(channel, dict) else None
        if not isinstance(address, str):
            continue
        place = ("channels", name, "address")
        if address in addresses:
            message = f"channel {addresses[address]!r} has the address {address!r} too"
            yield fault("asyncapi.address", place, message, "give each channel its own address")
        addresses[address] = name
        declared = set(_table(channel, "parameters"))
        for parameter in sorted(set(_PARAMETER.findall(address)) ^ declared):
            message = f"parameter {parameter!r} stands in only one of address and parameters"
            yield fault("asyncapi.parameter", place, message, "declare each parameter of the address, and no other")


def _operations(document: JsonObject) -> Iterator[SpecError]:
    for name, operation in _table(document, "operations").items():
        place = ("operations", name)
        channel = _reference(_table(operation, "channel"))
        if channel is None:
            continue
        if len(channel) != 2 or channel[0] != "channels":  # noqa: PLR2004 - #/channels/<name>
            yield fault("asyncapi.channel", (*place, "channel"), "must refer to a channel of the document's root")
            continue
        messages = operation.get("messages") if isinstance(operation, dict) else None
        for index, message in enumerate(messages if isinstance(messages, list) else []):
            target = _reference(message) if isinstance(message, dict) else None
            if target is not None and target[:-1] != [*channel, "messages"]:
                where = (*place, "messages", index)
                hint = f"refer to #/channels/{channel[1]}/messages/…"
                yield fault("asyncapi.message", where, "is not a message of the operation's channel", hint)


def _reference(node: JsonObject) -> list[str] | None:
    reference = node.get("$ref")
    return target_parts(reference) if isinstance(reference, str) else None
