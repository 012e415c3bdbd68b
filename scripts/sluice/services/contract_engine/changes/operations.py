"""Two versions of one HTTP operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Final

from sluice.services.contract_engine.changes.alternatives import Side
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.interface import Body, Operation, Parameter, Response
from sluice.services.contract_engine.changes.openapi import by_location
from sluice.services.contract_engine.changes.rules import Direction
from sluice.services.contract_engine.changes.schemas import Found, SchemaComparison
from sluice.services.contract_engine.changes.security import security_changes
from sluice.services.contract_engine.changes.source import Node, Nodes

_ALIKE: Final = 0.6


@dataclass(frozen=True)
class Comparisons:
    """Schema comparisons of two documents by direction, shared by all operations."""

    old: Side
    new: Side
    request: SchemaComparison
    response: SchemaComparison

    @property
    def cut(self) -> bool:
        """Whether some differences were told for their first use only."""
        return self.request.cut or self.response.cut


class OperationComparison:
    """Compares one operation; `request` and `response` are exchanged where the provider is the caller."""

    def __init__(self, schemas: Comparisons, old: Operation, new: Operation) -> None:
        self._schemas = schemas
        self._old = old
        self._new = new
        self._in: Direction = "response" if new.reverse else "request"
        self._out: Direction = "request" if new.reverse else "response"

    def changes(self) -> Iterator[Change]:
        """All differences."""
        yield from self._general()
        yield from self._parameters()
        yield from self._body(self._old.body, self._new.body)
        yield from self._responses()

    def _change(self, rule: str, text: str, node: Node, direction: Direction = "", part: str = "") -> Change:
        return Change(
            rule=rule,
            direction=direction,
            method=self._new.method,
            path=self._new.path,
            old_path=self._old.path,
            names=(self._old.operation_id,),
            pointer=node.pointer,
            part=part,
            text=text,
        )

    def _schema(self, old: Nodes, new: Nodes, node: Node, direction: Direction, part: str) -> Iterator[Change]:
        comparison = self._schemas.request if direction == "request" else self._schemas.response
        for found in comparison.changes(old, new):
            yield self._found(found, node, direction, part)

    def _found(self, found: Found, node: Node, direction: Direction, part: str) -> Change:
        change = self._change(found.local.rule, found.local.text, node, direction, part)
        change.pointer, change.fields = found.local.pointer or node.pointer, (found.field,)
        return change

    def _general(self) -> Iterator[Change]:
        old, new = self._old, self._new
        if old.deprecated != new.deprecated:
            rule = "operation-deprecated" if new.deprecated else "operation-undeprecated"
            until = f", until {new.sunset}" if new.sunset else ""
            yield self._change(rule, f"is deprecated{until}" if new.deprecated else "is no longer deprecated", new.node)
        if old.sunset and old.sunset != new.sunset:
            rule = "sunset-earlier" if new.sunset and new.sunset < old.sunset else "sunset-later"
            yield self._change(rule, f"its end moved from {old.sunset} to {new.sunset or 'never'}", new.node)
        if old.operation_id != new.operation_id:
            yield self._change(*_renamed(old.operation_id, new.operation_id), new.node)
        for rule, text in security_changes(old.security, new.security):
            yield self._change(rule, text, new.node)

    def _parameters(self) -> Iterator[Change]:
        before = by_location({p.key: p for p in self._old.parameters}, self._old.path)
        after = by_location({p.key: p for p in self._new.parameters}, self._new.path)
        for key in before.keys() & after.keys():
            yield from self._parameter(before[key], after[key])
        gone = {key: before[key] for key in before if key not in after}
        came = {key: after[key] for key in after if key not in before}
        for key, parameter in gone.items():
            yield self._gone(parameter, self._successor(key, parameter, came))
        for parameter in came.values():
            required = "required-" if parameter.required else ""
            text = "was added and is required" if required else "was added"
            yield self._change(f"{required}parameter-added", text, parameter.node, self._in, _named(parameter))

    def _parameter(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        part = _named(new)
        if old.required != new.required:
            word = "required" if new.required else "optional"
            yield self._change(f"parameter-became-{word}", f"became {word}", new.node, self._in, part)
        if old.name != new.name and new.location == "path":
            yield self._change("path-parameter-renamed", f"was called {old.name!r} before", new.node, self._in, part)
        if old.style != new.style:
            yield self._change("parameter-style-changed", "is written in another style", new.node, self._in, part)
        if new.deprecated and not old.deprecated:
            yield self._change("parameter-deprecated", "is deprecated", new.node, self._in, part)
        yield from self._schema(old.schema, new.schema, new.node, self._in, part)

    def _successor(
        self, key: tuple[str, str], gone: Parameter, came: dict[tuple[str, str], Parameter]
    ) -> Parameter | None:
        """What the parameter has become: the same name elsewhere, or a like name with the same meaning."""
        location, name = key
        for other, parameter in list(came.items()):
            if other[0] != location and parameter.name.lower() == gone.name.lower():
                return came.pop(other)
        meaning = self._schemas.old.prints.of(gone.schema)
        for other, parameter in list(came.items()):
            same = other[0] == location and self._schemas.new.prints.of(parameter.schema) == meaning
            if same and SequenceMatcher(None, name, other[1]).ratio() >= _ALIKE:
                return came.pop(other)
        return None

    def _gone(self, old: Parameter, new: Parameter | None) -> Change:
        if new is None:
            return self._change("parameter-removed", "was removed", old.node, self._in, _named(old))
        if new.location != old.location:
            text = f"moved from {old.location} to {new.location}"
            return self._change("parameter-moved", text, new.node, self._in, _named(new))
        return self._change("parameter-renamed", f"is called {new.name!r} now", new.node, self._in, _named(old))

    def _body(self, old: Body | None, new: Body | None) -> Iterator[Change]:
        if old and not new:
            yield self._change("request-body-removed", "the body is no longer read", old.node, self._in)
        elif new and not old:
            required = "required-" if new.required else ""
            text = "a body is required now" if required else "an optional body was added"
            yield self._change(f"{required}request-body-added", text, new.node, self._in)
        elif old and new:
            if old.required != new.required:
                word = "required" if new.required else "optional"
                yield self._change(f"request-body-became-{word}", f"the body became {word}", new.node, self._in)
            yield from self._media(old.media, new.media, (old.node, new.node), self._in, "request body")

    def _media(
        self,
        old: Mapping[str, Nodes],
        new: Mapping[str, Nodes],
        nodes: tuple[Node, Node],
        direction: Direction,
        part: str,
    ) -> Iterator[Change]:
        compared = set()
        for name, schema in old.items():
            other = name if name in new else next((wide for wide in new if fnmatchcase(name, wide)), "")
            if not other:
                yield self._change(
                    "media-type-removed", f"the media type {name} was removed", nodes[0], direction, part
                )
                continue
            suffix = f" {name}" if len(old) > 1 and "json" not in name else ""
            both = (_identity(schema), _identity(new[other]))
            if both not in compared:  # the same schema under two media types is one difference
                yield from self._schema(schema, new[other], nodes[1], direction, part + suffix)
            compared.add(both)
        for name in new:
            if name not in old:
                yield self._change("media-type-added", f"the media type {name} was added", nodes[1], direction, part)

    def _responses(self) -> Iterator[Change]:
        old, new = self._old.responses, self._new.responses
        for status, response in old.items():
            other = new.get(status) or new.get(f"{status[0]}XX") or new.get("default")
            if other:
                yield from self._response(response, other)
            else:
                rule = "error-response-removed" if _is_error(status) else "response-removed"
                yield self._change(rule, "was removed", response.node, self._out, f"response {status}")
        for status, response in new.items():
            if status not in old:
                rule = "error-response-added" if _is_error(status) else "response-added"
                yield self._change(rule, "was added", response.node, self._out, f"response {status}")

    def _response(self, old: Response, new: Response) -> Iterator[Change]:
        part = f"response {old.status}"
        if old.media and not new.media:
            yield self._change("response-body-removed", "has no body any more", new.node, self._out, part)
        elif new.media and not old.media:
            yield self._change("response-body-added", "has a body now", new.node, self._out, part)
        else:
            yield from self._media(old.media, new.media, (old.node, new.node), self._out, part)
        for name, header in old.headers.items():
            yield from self._header(header, new.headers.get(name), f"{part} header {header.name}")
        for name, header in new.headers.items():
            if name not in old.headers:
                yield self._change("header-added", "was added", header.node, self._out, f"{part} header {header.name}")

    def _header(self, old: Parameter, new: Parameter | None, part: str) -> Iterator[Change]:
        if new is None:
            yield self._change("header-removed", "was removed", old.node, self._out, part)
            return
        if old.required != new.required:
            word = "required" if new.required else "optional"
            yield self._change(f"header-became-{word}", f"became {word}", new.node, self._out, part)
        yield from self._schema(old.schema, new.schema, new.node, self._out, part)


def _named(parameter: Parameter) -> str:
    return f"{parameter.location} parameter `{parameter.name}`"


def _identity(nodes: Nodes) -> tuple[int, ...] | str:
    reference = nodes[0].text("$ref") if len(nodes) == 1 else ""
    return reference or tuple(id(node.raw) for node in nodes)


def _is_error(status: str) -> bool:
    return status[:1] in {"4", "5"} or status == "default"


def _renamed(old: str, new: str) -> tuple[str, str]:
    """Rule and text of another operationId; '' where there is none."""
    if not old:
        return "operation-id-added", f"operationId is now {new}"
    if not new:
        return "operation-id-removed", f"operationId {old} is gone"
    return "operation-id-changed", f"operationId changed from {old} to {new}"
