"""JSON text: read in C, with keys that must differ; places are looked up only where something is wrong."""

import json
import math
import re
from json.decoder import scanstring  # type: ignore[attr-defined] # the standard library's own, in C
from typing import Final, cast

from pydantic import JsonValue

from sluice.services.contract_engine.specs.faults import Parts, Spot, Trie, UnreadableError, unreadable
from sluice.services.contract_engine.specs.limits import MAX_DEPTH, check_limits

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_LONG: Final = re.compile(r"-?[0-9]{4301,}")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]')


class _RepeatedKeyError(ValueError):
    pass


class _NotFiniteError(ValueError):
    pass


def parse_json(text: str) -> JsonValue:
    """The value of JSON text.

    Raises:
        UnreadableError: it is not JSON, repeats a key, is nested too deep, or has an endless integer.
    """
    try:
        return cast("JsonValue", _DECODER.decode(text))
    except json.JSONDecodeError as error:
        raise unreadable("document.syntax", error.msg, (error.lineno, error.colno)) from error
    except RecursionError as error:
        raise too_deep(text) from error
    except _NotFiniteError as error:
        check_limits(cast("JsonValue", json.loads(text)))
        raise unreadable("document.number", "a number that JSON has not") from error
    except _RepeatedKeyError as error:
        raise _repeated(text) from error
    except ValueError as error:
        digits = _LONG.search(text)
        spot = spot_of(text, digits.start()) if digits else None
        raise unreadable("document.number", "an integer of thousands of digits", spot) from error


def json_spots(text: str, wanted: Trie) -> dict[Parts, Spot]:
    """Line and column of each wanted place that there is: of the key of a member, of the first character of an item."""
    found: dict[Parts, int] = {}
    try:
        found[()] = _skip(text, 0)
        _visit(text, found[()], (), wanted, found)
    except (ValueError, IndexError):
        pass  # the text is not JSON up to its end; what was found stays
    return _spots_of(text, found)


def spot_of(text: str, offset: int) -> Spot:
    """Line and column, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _spots_of(text: str, found: dict[Parts, int]) -> dict[Parts, Spot]:
    """Lines are counted once, from one place to the next."""
    spots: dict[Parts, Spot] = {}
    line, last = 1, 0
    for parts, offset in sorted(found.items(), key=lambda item: item[1]):
        line += text.count("\n", last, offset)
        last = offset
        spots[parts] = line, offset - text.rfind("\n", 0, offset)
    return spots


def too_deep(text: str) -> UnreadableError:
    """The fault of brackets nested deeper than documents may be, at the first that is."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            return unreadable("document.depth", message, spot_of(text, token.start()))
    return unreadable("document.depth", f"nested deeper than {MAX_DEPTH} levels")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NotFiniteError
    return value


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _RepeatedKeyError
    return result


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)
_RAW: Final = json.JSONDecoder().raw_decode


def _skip(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def _visit(text: str, offset: int, parts: Parts, wanted: Trie, found: dict[Parts, int]) -> int:
    """The end of the value at an offset; members that nobody wants are skipped in C."""
    opening = text[offset]
    if opening not in "{[" or not wanted:
        return _RAW(text, offset)[1]
    offset, index = _skip(text, offset + 1), 0
    while text[offset] not in "}]":
        start, key = offset, cast("str | int", index)
        if opening == "{":
            key, offset = scanstring(text, offset + 1)
            offset = _skip(text, _skip(text, offset) + 1)
        if key in wanted:
            found[*parts, key] = start
            offset = _visit(text, offset, (*parts, key), wanted[key], found)
        else:
            offset = _RAW(text, offset)[1]
        offset = _skip(text, offset)
        if text[offset] == ",":
            offset = _skip(text, offset + 1)
        index += 1
    return offset + 1


def _repeated(text: str) -> UnreadableError:
    """The first key that stands twice in one object."""
    open_objects: list[tuple[set[str], bool]] = []
    tokens = _TOKEN.finditer(text)
    for token in tokens:
        first = token[0][0]
        if first in "{[":
            open_objects.append((set(), first == "{"))
        elif first in "}]":
            open_objects.pop()
        elif open_objects[-1][1] and text[_skip(text, token.end())] == ":":
            key = scanstring(text, token.start() + 1)[0]
            if key in open_objects[-1][0]:
                message = f"key {key[:100]!r} stands twice in one object"
                return unreadable("document.duplicate-key", message, spot_of(text, token.start()))
            open_objects[-1][0].add(key)
    return unreadable("document.duplicate-key", "a key stands twice in one object")
