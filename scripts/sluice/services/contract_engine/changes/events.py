"""Two AsyncAPI documents.

What a service sends is received by others (a response, in this package's words); what it receives, others send.
"""

from collections.abc import Iterator, Mapping

from sluice.services.contract_engine.changes.asyncapi import traffic
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.http import comparisons
from sluice.services.contract_engine.changes.interface import Message, Traffic
from sluice.services.contract_engine.changes.rules import Direction
from sluice.services.contract_engine.changes.source import Node, Nodes, Source
from sluice.services.contract_engine.changes.unchanged import unchanged


class EventComparison:
    """Compares two documents."""

    def __init__(self, old: Source, new: Source) -> None:
        self._old = old
        self._new = new
        self._schemas = comparisons(old, new, unchanged(old, new))

    @property
    def cut(self) -> bool:
        """Whether some differences were told for their first use only."""
        return self._schemas.cut

    def changes(self) -> Iterator[Change]:
        """All differences, in the order of the old document, new channels last."""
        before, after = _by_address(self._old), _by_address(self._new)
        moved = {(item.action, item.channel): item for key, item in after.items() if key not in before}
        for key, item in before.items():
            other = after.get(key)
            if other is None:
                other = moved.pop((item.action, item.channel), None)
                if other is None:
                    yield _change("channel-removed", "is no longer used", item, item.node)
                    continue
                text = f"the address changed from {item.address} to {other.address}"
                yield _change("channel-address-changed", text, item, other.node)
            yield from self._messages(item, other)
        for item in moved.values():
            yield _change("channel-added", "was added", item, item.node)

    def _messages(self, old: Traffic, new: Traffic) -> Iterator[Change]:
        direction: Direction = "request" if old.action == "RECEIVE" else "response"
        before, after = {m.name: m for m in old.messages}, {m.name: m for m in new.messages}
        if len(before) == len(after) == 1:  # its name does not travel
            after = {next(iter(before)): next(iter(after.values()))}
        for name, message in before.items():
            if name not in after:
                yield _change(
                    "message-removed", "was removed", old, message.node, direction=direction, part=f"message {name}"
                )
            else:
                yield from self._message(old, message, after[name], direction)
        for name, message in after.items():
            if name not in before:
                yield _change(
                    "message-added", "was added", old, message.node, direction=direction, part=f"message {name}"
                )

    def _message(self, item: Traffic, old: Message, new: Message, direction: Direction) -> Iterator[Change]:
        part = f"message {old.name}"
        if old.content_type != new.content_type:
            text = f"the content type changed from {old.content_type} to {new.content_type}"
            yield _change("content-type-changed", text, item, new.node, direction=direction, part=part)
        if old.other != new.other:
            yield _change(
                "payload-format-changed", "has another payload", item, new.node, direction=direction, part=part
            )
        elif not old.other:
            yield from self._schema(item, old.payload, new.payload, direction, part)
        yield from self._schema(item, old.headers, new.headers, direction, f"{part} headers")

    def _schema(self, item: Traffic, old: Nodes, new: Nodes, direction: Direction, part: str) -> Iterator[Change]:
        comparison = self._schemas.request if direction == "request" else self._schemas.response
        for found in comparison.changes(old, new):
            change = _change(found.local.rule, found.local.text, item, item.node, direction=direction, part=part)
            change.pointer, change.fields = found.local.pointer or change.pointer, (found.field,)
            yield change


def _by_address(source: Source) -> Mapping[tuple[str, str], Traffic]:
    """Operations on one channel in one direction count together."""
    found: dict[tuple[str, str], Traffic] = {}
    for item in traffic(source):
        key = (item.action, item.address)
        known = found.get(key)
        if known is None:
            found[key] = item
        else:
            names = {message.name for message in known.messages}
            more = tuple(message for message in item.messages if message.name not in names)
            found[key] = Traffic(
                action=known.action,
                address=known.address,
                channel=known.channel,
                node=known.node,
                operation_id=known.operation_id,
                messages=(*known.messages, *more),
            )
    return found


def _change(rule: str, text: str, item: Traffic, node: Node, *, direction: Direction = "", part: str = "") -> Change:
    return Change(
        rule=rule,
        direction=direction,
        method=item.action,
        path=item.address,
        old_path=item.address,
        names=(item.operation_id, item.channel, item.address, part.removeprefix("message ").removesuffix(" headers")),
        pointer=node.pointer,
        part=part,
        text=text,
    )
