"""Reads event streams in Redis: what was published, whether it is valid, and who consumed it."""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import redis

from sluice.core.errors import ServiceCallFailed
from sluice.model.base import JsonObject
from sluice.model.integration import EventCheck
from sluice.phases.deploy.asyncapi import Publication
from sluice.phases.deploy.gateway import schema_fault
from sluice.phases.deploy.openapi import mapping

_TIMEOUT = 5.0
_START = "0-0"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a stream, its fields as text."""

    id: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> JsonObject:
        """The payload, {} when it is not a JSON object."""
        try:
            return mapping(json.loads(self.fields.get("data", "")))
        except ValueError:
            return {}


class Bus:
    """The streams of one Redis server; every method raises ServiceCallFailed when it does not answer."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, decode_responses=True, socket_timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def mark(self, address: str) -> str:
        """The id of the last entry, `0-0` in an empty stream."""
        with _reading():
            last = self._client.xrevrange(address, count=1)
        return str(last[0][0]) if last else _START

    def since(self, address: str, mark: str) -> list[Entry]:
        """Entries after `mark`, oldest first."""
        with _reading():
            found = self._client.xrange(address, min=f"({mark}") or []
        return [_entry(key, fields) for key, fields in found]

    def consumed(self, address: str, entry: Entry, groups: Sequence[str]) -> tuple[str, ...]:
        """Those of `groups` that have read and acknowledged the entry, and did not park it as undeliverable."""
        with _reading():
            known = {str(group["name"]): str(group["last-delivered-id"]) for group in _groups(self._client, address)}
            read = [group for group in groups if group in known and _order(known[group]) >= _order(entry.id)]
            done = [group for group in read if not self._client.xpending_range(address, group, entry.id, entry.id, 1)]
            parked = [_entry(key, fields) for key, fields in self._client.xrange(f"{address}.dead") or []]
        dead = {(gone.fields.get("id"), gone.fields.get("group", "")) for gone in parked}
        return tuple(g for g in done if not {(entry.fields.get("id"), g), (entry.fields.get("id"), "")} & dead)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise ServiceCallFailed("cannot read the event streams", details=[str(error)]) from error


def _entry(key: object, fields: object) -> Entry:
    found = fields if isinstance(fields, dict) else {}
    return Entry(id=str(key), fields={str(name): str(value) for name, value in found.items()})


def _groups(client: redis.Redis, address: str) -> list[JsonObject]:
    return list(client.xinfo_groups(address)) if client.exists(address) else []


def _order(entry_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence or 0)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A publication to look for since `mark`, about the entity with this id ('' when the payload does not say)."""

    publication: Publication
    consumers: tuple[str, ...]
    mark: str
    entity_id: str = ""

    def matching(self, bus: Bus) -> list[Entry]:
        """The entries about that entity."""
        key = self.publication.key if self.entity_id else ""
        entries = bus.since(self.publication.address, self.mark)
        return [entry for entry in entries if not key or entry.data.get(key) == self.entity_id]

    def check(self, bus: Bus) -> EventCheck:
        """How it stands now."""
        found = self.matching(bus)
        problem = fault(self.publication, found[0]) if found else "it was not published"
        consumed = bus.consumed(self.publication.address, found[0], self.consumers) if found else ()
        if not problem and len(found) > 1:
            problem = f"it was published {len(found)} times"
        missing = sorted(set(self.consumers) - set(consumed))
        return EventCheck(
            event=self.publication.event,
            publisher=self.publication.service,
            consumers=self.consumers,
            published=len(found),
            valid=bool(found) and not fault(self.publication, found[0]),
            consumed_by=consumed,
            detail=problem or (f"not consumed by {', '.join(missing)}" if missing else ""),
        )


def fault(publication: Publication, entry: Entry) -> str:
    """What is wrong with an entry by its contract, '' when nothing is."""
    fields = entry.fields
    for name, wanted in (("type", publication.event), ("source", publication.service)):
        if fields.get(name) != wanted:
            return f"field {name!r} is {fields.get(name)!r}, not {wanted!r}"
    try:
        uuid.UUID(fields.get("id", ""))
    except ValueError:
        return "field 'id' is not a UUID"
    try:
        datetime.fromisoformat(fields.get("time", ""))
    except ValueError:
        return "field 'time' is not a RFC 3339 time"
    try:
        payload = json.loads(fields.get("data", ""))
    except ValueError:
        return "field 'data' is not JSON"
    return schema_fault(publication.payload, payload)
