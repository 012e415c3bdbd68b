"""The journal of a run: every event fsynced to `run_events.jsonl`, repeated for people in `run_log.txt`."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue, ValidationError

from sluice.core.paths import RunPaths
from sluice.model.base import JsonObject, Model


class Event(Model):
    """Something that happened; `time` is UTC (RFC 3339), `seq` counts from 1 without gaps."""

    seq: int
    time: str
    type: str
    message: str = ""
    data: JsonObject = Field(default_factory=dict)


Sink = Callable[[Event], None]


class Journal:
    """Appends events; thread-safe.  What cannot be read (the writer was killed, somebody edited it) is dropped first.

    Everything after a damaged line is dropped with it: the plan believes what it reads, never what may be missing.
    """

    def __init__(self, paths: RunPaths, sinks: Sequence[Sink] = ()) -> None:
        self._paths = paths
        self._sinks = tuple(sinks)
        self._lock = threading.RLock()
        paths.root.mkdir(parents=True, exist_ok=True)
        self._seq, damaged = _keep_readable(paths.journal)
        if damaged:
            self.emit("warning", f"the journal was damaged: {damaged} lines after event {self._seq} were dropped")

    def emit(self, type_: str, message: str = "", **data: JsonValue) -> None:
        """Record one event, then hand it to the sinks."""
        with self._lock:
            self._seq += 1
            event = Event(seq=self._seq, time=now(), type=type_, **_encodable({"message": message, "data": data}))
            _append(self._paths.journal, event.model_dump_json() + "\n", sync=True)
            if event.message:
                line = f"{event.time} {level(event):7} {event.type} {_one_line(event.message)}\n"
                _append(self._paths.log, line, sync=False)
            for sink in self._sinks:
                sink(event)


def now() -> str:
    """The current UTC time, RFC 3339 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def level(event: Event) -> str:
    """INFO, WARNING or ERROR, by the event's type and outcome."""
    if event.type == "error" or event.data.get("status") in {"error", "refused"}:
        return "ERROR"
    return "WARNING" if event.type == "warning" else "INFO"


def read_events(path: Path) -> Iterator[Event]:
    """The events of a journal; stops at the first line that is not one."""
    if not path.is_file():
        return
    with path.open("rb") as stream:
        for line in stream:
            event = _event(line)
            if event is None:
                return
            yield event


def _event(line: bytes) -> Event | None:
    try:
        return Event.model_validate_json(line)
    except ValidationError:
        return None


def _encodable(value: JsonObject) -> dict[str, Any]:
    """The value with '?' for lone surrogates, which no file can hold."""
    clean: dict[str, Any] = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return clean


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _append(path: Path, line: str, *, sync: bool) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(line)
        stream.flush()
        if sync:
            os.fsync(stream.fileno())


def _keep_readable(path: Path) -> tuple[int, int]:
    """The last number of a journal that now ends where it stops being readable; and how many whole lines that cost."""
    if not path.is_file():
        return 0, 0
    raw = path.read_bytes()
    size, last = 0, 0
    for line in raw.splitlines(keepends=True):
        event = _event(line) if line.endswith(b"\n") else None
        if event is None:
            break
        size, last = size + len(line), event.seq
    if size < len(raw):
        with path.open("r+b") as stream:
            stream.truncate(size)
    return last, raw.count(b"\n", size)
