"""Reading a specification: text (JSON or YAML) or an object, within limits, so that what follows is safe to walk."""

from collections.abc import Iterable

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Parts, Spot, Trie, UnreadableError, unreadable
from sluice.services.contract_engine.specs.json_text import json_spots, parse_json, spot_of
from sluice.services.contract_engine.specs.limits import MAX_DEPTH, MAX_NODES, MAX_TEXT, check_limits, check_shape
from sluice.services.contract_engine.specs.yaml_text import parse_yaml, yaml_spots

__all__ = ["MAX_DEPTH", "MAX_NODES", "MAX_TEXT", "UnreadableError", "decode", "read", "read_any", "spots"]


def read(document: JsonValue) -> JsonObject:
    """The specification as a JSON object that is neither too deep nor too large.

    Raises:
        UnreadableError: it is none.
    """
    value = read_any(document)
    if not isinstance(value, dict):
        raise unreadable("document.object", "a specification is a JSON object")
    return value


def read_any(document: JsonValue) -> JsonValue:
    """Any value within the limits; a string is JSON or YAML text.

    Raises:
        UnreadableError: it is none.
    """
    if not isinstance(document, str):
        check_limits(document)
        return document
    if len(document) > MAX_TEXT:
        raise unreadable("document.size", f"more than {MAX_TEXT} characters")
    text = document.removeprefix("\ufeff")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise unreadable("document.text", "half a surrogate pair", spot_of(text, error.start)) from error
    if is_json(text):
        value = parse_json(text)
        check = check_limits if "\\ud" in text.lower() else check_shape
        check(value)
        return value
    value = parse_yaml(text)
    check_limits(value)
    return value


def decode(data: bytes) -> str:
    """The text of a file, which is UTF-8.

    Raises:
        UnreadableError: it is not.
    """
    if len(data) > MAX_TEXT * 4:
        raise unreadable("document.size", f"more than {MAX_TEXT * 4} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise unreadable("document.encoding", message, spot_of(before, len(before))) from error


def is_json(text: str) -> bool:
    """Whether text is meant as JSON: it begins like an object or a list."""
    return text.lstrip(" \t\r\n")[:1] in {"{", "["}


def spots(text: str, places: Iterable[Parts]) -> dict[Parts, Spot]:
    """Line and column, from 1, of each place; of the nearest place above, where the text has no such place itself."""
    text = text.removeprefix("\ufeff")
    places = list(places)
    if not any(places):
        return dict.fromkeys(places, (1, 1))
    wanted: Trie = {}
    for parts in places:
        node = wanted
        for part in parts:
            node = node.setdefault(part, {})
    found = json_spots(text, wanted) if is_json(text) else yaml_spots(text, wanted)
    found.setdefault((), (1, 1))
    return {parts: next(found[parts[:n]] for n in range(len(parts), -1, -1) if parts[:n] in found) for parts in places}
