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
    """Appends events; thread-safe.  A torn last line (the writer was killed) is dropped when it is opened."""

    def __init__(self, paths: RunPaths, sinks: Sequence[Sink] = ()) -> None:
        self._paths = paths
        self._sinks = tuple(sinks)
        self._lock = threading.RLock()
        paths.root.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(paths.journal)
        self._seq = max((event.seq for event in read_events(paths.journal)), default=0)

    def emit(self, type_: str, message: str = "", **data: JsonValue) -> None:
        """Record one event, then hand it to the sinks."""
        with self._lock:
            self._seq += 1
            event = Event(seq=self._seq, time=now(), type=type_, **_encodable({"message": message, "data": data}))
            _append(self._paths.journal, event.model_dump_json() + "\n", sync=True)
            _append(
                self._paths.log, f"{event.time} {level(event):7} {event.type} {_one_line(event.message)}\n", sync=False
            )
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
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                yield Event.model_validate(json.loads(line))
            except (ValueError, ValidationError):
                return


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


def _drop_torn_line(path: Path) -> None:
    if not path.is_file():
        return
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        with path.open("r+b") as stream:
            stream.truncate(len(whole))
