"""Who uses what of a contract, and what a change means for them.

A table of needs maps each consumer to the operations that it uses (`GET /users/{id}`, an operationId, an event or the
address of a channel, or `*`) and each of them to the fields that it reads or sends (`email`, `items.price`, or `*`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue, ValidationError

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.decomposition import Decomposition
from sluice.model.hints import EXTENSION, ConsumeHint
from sluice.services.contract_engine.changes.asyncapi import traffic
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.source import Source
from sluice.services.contract_engine.changes.views import Views

ALL: Final = "*"
Needs = Mapping[str, Mapping[str, tuple[str, ...]]]
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_INDEX: Final = re.compile(r"\[\d*\]")
_GONE: Final = ("-removed", "-forbidden", "-removed-after-sunset")
_EXAMPLE: Final = '{"order-service": {"GET /users/{id}": ["id", "email"], "UserRegistered": "*"}}'


class Hit(NamedTuple):
    """A consumer that a change concerns; `field` is '' when it is the whole operation."""

    consumer: str
    verb: str
    field: str = ""
    named: bool = False

    def __str__(self) -> str:
        return f"{self.consumer}: {self.verb} {self.field or 'it'}"


def needs_in(value: JsonObject, provider: str) -> Needs:
    """Needs as a file gives them: a table, or a Decomposition (artifact or answer), of which `provider` is a service.

    Raises:
        InputError: it is neither.
    """
    inner = value.get("body", value) if "artifact" in value else value
    if isinstance(inner, dict) and "service_map" in inner:
        return _decomposed(inner, provider)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for consumer, operations in value.items():
        if not isinstance(operations, dict):
            raise _misshapen(consumer)
        found[consumer] = {operation: _fields(consumer, fields) for operation, fields in operations.items()}
    return found


def _fields(consumer: str, value: JsonValue) -> tuple[str, ...]:
    if value == ALL:
        return (ALL,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _misshapen(consumer)
    return tuple(str(item) for item in value)


def _misshapen(consumer: str) -> InputError:
    return InputError(f"the needs of {consumer!r} cannot be read", hint=f"write them like {_EXAMPLE}")


def _decomposed(value: JsonObject, provider: str) -> Needs:
    try:
        plan = Decomposition.model_validate(value)
    except ValidationError as error:
        raise InputError("the decomposition cannot be read", details=[str(error)[:300]]) from error
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for service in plan.service_map.services:
        if provider in service.depends_on:
            found[service.name][ALL] = (ALL,)
    for event in plan.events:
        for consumer in event.consumers if event.publisher == provider else ():
            found[consumer][event.name] = (ALL,)
    return dict(found)


def needs_of_consumer(document: JsonObject) -> Mapping[str, tuple[str, ...]]:
    """What the AsyncAPI contract of a consumer says that it reads: by channel address, the fields of the payloads."""
    source = Source(document)
    views = Views(source)
    found: dict[str, tuple[str, ...]] = {}
    for item in traffic(source):
        if item.action == "RECEIVE":
            names = {name for message in item.messages for name in views.of(message.payload).properties}
            hinted = _hinted(item.node.table.get(EXTENSION))
            found[item.address] = tuple(sorted(hinted or names)) or (ALL,)
    return found


def _hinted(value: JsonValue) -> set[str]:
    """Fields that an update by an event reads; other effects may copy any field."""
    try:
        hint = ConsumeHint.model_validate(value)
    except ValidationError:
        return set()
    values = [*hint.values.values(), *([hint.key] if hint.key else [])] if hint.updates else []
    return {item.from_field for item in values if item.from_field}


def hits(change: Change, needs: Needs) -> Iterator[Hit]:
    """Consumers that a change concerns; compatible changes concern nobody."""
    if change.severity == "info":
        return
    names = _names(change)
    for consumer in sorted(needs):
        used = [fields for operation, fields in needs[consumer].items() if _shape(operation) in names]
        if used:
            yield from _uses(change, consumer, {field for fields in used for field in fields})


def _uses(change: Change, consumer: str, used: set[str]) -> Iterator[Hit]:
    verb = {"request": "sends", "response": "reads"}.get(change.direction, "uses")
    touched = [field for field in change.fields if field]
    if not touched:
        yield Hit(consumer, "uses")
        return
    named = [field for field in touched if any(_overlap(_plain(field), _plain(one)) for one in used - {ALL})]
    if named or ALL in used or change.direction == "request":
        yield Hit(consumer, verb, (named or touched)[0], named=bool(named))


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _plain(field: str) -> str:
    return _INDEX.sub("", field).strip(".")


def _names(change: Change) -> set[str]:
    called = {f"{change.method} {path}" for path in (change.path, change.old_path)}
    return {_shape(name) for name in (*called, *change.names, ALL)}


def _shape(name: str) -> str:
    return _PARAMETER.sub("{}", name)


def summary(found: Iterable[tuple[Change, Hit]]) -> list[str]:
    """`order-service: reads 2 removed fields; calls 1 removed operation`, one line a consumer."""
    counts: dict[str, dict[tuple[str, str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for change, hit in found:
        state = "removed" if change.rule.endswith(_GONE) else "changed"
        what = "field" if hit.field else "operation"
        thing = f"{change.method} {change.path} {hit.field}"
        counts[hit.consumer][hit.verb, state, what].add(thing)
    return [f"{consumer}: {'; '.join(_counted(kinds))}" for consumer, kinds in sorted(counts.items())]


def _counted(kinds: Mapping[tuple[str, str, str], set[str]]) -> Iterator[str]:
    for (verb, state, what), things in sorted(kinds.items(), key=lambda item: (item[0][1] != "removed", item[0])):
        yield f"{verb} {len(things)} {state} {what}{'s' if len(things) > 1 else ''}"
