"""AsyncAPI 3 and 2 documents as traffic over channels."""

from collections.abc import Iterator

from sluice.core.files import canonical_json
from sluice.services.contract_engine.changes.interface import Message, Traffic
from sluice.services.contract_engine.changes.source import Node, Nodes, Source

_JSON_SCHEMAS = ("application/vnd.aai.asyncapi", "application/schema", "application/vnd.oai.openapi")
_ACTIONS = {"publish": "RECEIVE", "subscribe": "SEND"}  # of version 2, which speaks of what others do


def traffic(source: Source) -> Iterator[Traffic]:
    """What goes over each channel; a channel without an operation counts as one that is sent to."""
    yield from _version_2(source) if source.version.startswith("2.") else _version_3(source)


def _version_2(source: Source) -> Iterator[Traffic]:
    for name, node in source.root.child("channels").items():
        channel = source.follow(node)
        for word, action in _ACTIONS.items():
            operation = channel.child(word)
            if isinstance(operation.raw, dict):
                holder = operation.child("message")
                several = list(holder.child("oneOf").elements()) or ([holder] if holder.raw else [])
                messages = tuple(_message(source, node, "") for node in several)
                yield Traffic(
                    action=action,
                    address=name,
                    channel=name,
                    node=operation,
                    operation_id=operation.text("operationId"),
                    messages=messages,
                )


def _version_3(source: Source) -> Iterator[Traffic]:
    used = set()
    for name, node in source.root.child("operations").items():
        operation = source.follow(node)
        channel = source.follow(operation.child("channel"))
        used.add(channel.place)
        chosen = [source.target(item) for item in operation.child("messages").elements()]
        listed = [(str(item.place[-1]), item) for item in chosen if item and item.place]
        if "messages" not in operation.table:
            listed = list(channel.child("messages").items())
        yield Traffic(
            action=operation.text("action").upper(),
            address=channel.text("address") or _key(channel),
            channel=_key(channel),
            node=operation,
            operation_id=name,
            messages=tuple(_message(source, item, key) for key, item in listed),
        )
    for name, node in source.root.child("channels").items():
        channel = source.follow(node)
        if channel.place not in used:
            messages = tuple(_message(source, item, key) for key, item in channel.child("messages").items())
            yield Traffic(
                action="SEND", address=channel.text("address") or name, channel=name, node=channel, messages=messages
            )


def _key(node: Node) -> str:
    return str(node.place[-1]) if node.place else ""


def _message(source: Source, node: Node, name: str) -> Message:
    real = source.follow(node)
    content_type = real.text("contentType")
    headers: Nodes = (real.child("headers"),) if isinstance(real.table.get("headers"), dict) else ()
    for item in real.child("traits").elements():
        trait = source.follow(item)
        content_type = content_type or trait.text("contentType")
        if isinstance(trait.table.get("headers"), dict):
            headers = (*headers, trait.child("headers"))
    payload, other = _payload(real)
    return Message(
        name=name or real.text("name") or real.text("messageId") or real.text("title") or _key(real),
        node=real,
        payload=payload,
        headers=headers,
        content_type=content_type or source.root.text("defaultContentType") or "application/json",
        other=other,
    )


def _payload(node: Node) -> tuple[Nodes, str]:
    """The payload's JSON Schema, or the canonical text of a payload in another language."""
    payload = node.child("payload")
    wrapped = "schemaFormat" in payload.table and "schema" in payload.table
    form = payload.text("schemaFormat") if wrapped else node.text("schemaFormat")
    payload = payload.child("schema") if wrapped else payload
    if form and not form.startswith(_JSON_SCHEMAS):
        return (), canonical_json(payload.raw)
    return ((payload,) if isinstance(payload.raw, dict | bool) else ()), ""
