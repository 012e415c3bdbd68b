"""STATE.JSON of a builder: read whatever it may be, believe nothing."""

import json
import math
import os
import stat
from pathlib import Path

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.build import BuilderClaim, TestCounts
from sluice.phases.build.text import printable

MAX_BYTES = 1024 * 1024
_MAX_TEXT = 500
_MAX_ITEMS = 10_000
_MAX_DEPTH = 8
_MAX_COUNT = 10**9


class _UnreadableError(ValueError):
    """The file is not a STATE.JSON; the message says why."""


def parse_builder_state(path: Path) -> BuilderClaim:
    """The claim in a STATE.JSON; `missing` or `unreadable` where there is none.  Never raises for what the file is."""
    try:
        return _claim(_document(path))
    except FileNotFoundError:
        return BuilderClaim()
    except RecursionError:
        return _unreadable("nested too deeply")
    except _UnreadableError as error:
        return _unreadable(str(error))
    except OSError as error:
        return _unreadable(error.strerror or "cannot be opened")
    except ValueError:
        return _unreadable("not JSON")


def _unreadable(why: str) -> BuilderClaim:
    return BuilderClaim(status="unreadable", notes=(why,))


def _document(path: Path) -> JsonObject:
    """The JSON object in a regular file of at most MAX_BYTES."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as stream:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise _UnreadableError("not a regular file")
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _UnreadableError(f"larger than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _UnreadableError("not UTF-8") from None
    document = json.loads(text, parse_constant=_no_constant)
    if not isinstance(document, dict):
        raise _UnreadableError("not an object")
    return document


def _no_constant(name: str) -> None:
    raise _UnreadableError(f"{name} is not JSON")


def _claim(document: JsonObject) -> BuilderClaim:
    status = document.get("status")
    if not isinstance(status, str) or not status:
        raise _UnreadableError("`status` is not a string")
    return BuilderClaim(
        status=_text(status),
        summary=_summary(document.get("summary")),
        files=_texts(document.get("files")),
        tests=_counts(document.get("tests")),
        convergence=_share(document.get("convergence")),
        notes=_texts(document.get("notes")),
    )


def _text(value: str) -> str:
    """Printable and bounded: it ends up on terminals and in reports."""
    return printable(value[:_MAX_TEXT])


def _texts(value: JsonValue) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(_text(item) for item in items[:_MAX_ITEMS] if isinstance(item, str))


def _summary(value: JsonValue) -> JsonObject:
    if isinstance(value, str):
        return {"text": _text(value)}
    cleaned = _clean(value, _MAX_DEPTH)
    return cleaned if isinstance(cleaned, dict) else {}


def _clean(value: JsonValue, depth: int) -> JsonValue:
    """The value without what cannot be stored as JSON again: infinities, huge integers, surrogates, deep nests."""
    if isinstance(value, dict):
        return {_text(k): _clean(v, depth - 1) for k, v in value.items()} if depth else {}
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value[:_MAX_ITEMS]] if depth else []
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and abs(value) > 2**63:
        return None
    return value


def _counts(value: JsonValue) -> TestCounts:
    if not isinstance(value, dict):
        return TestCounts()
    total, passed, failed, skipped = (_count(value.get(k)) for k in ("total", "passed", "failed", "skipped"))
    return TestCounts(total=total, passed=passed, failed=failed, skipped=skipped)


def _count(value: JsonValue) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT else 0


def _share(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None
