"""How large a document may be, and whether all of it has a JSON form: known before anything walks it."""

import math
from typing import Final

from pydantic import JsonValue

from sluice.services.contract_engine.specs.faults import Fault, UnreadableError

MAX_TEXT: Final = 32 * 1024 * 1024
MAX_NODES: Final = 3_000_000
MAX_DEPTH: Final = 200


def check_limits(document: JsonValue) -> None:
    """Refuse what is too deep, too large, or no JSON; shared parts (YAML aliases) count each time they stand there.

    Raises:
        UnreadableError: with the place of the first such value.
    """
    if not _is_sound(document):
        raise UnreadableError(_first_fault(document))


def _is_sound(document: JsonValue) -> bool:
    """Level by level, without places, because nearly every document is sound."""
    level, nodes = [document], 1
    for _ in range(MAX_DEPTH + 1):
        below: list[JsonValue] = []
        for node in level:
            if isinstance(node, dict):
                if not all(map(_is_key, node)):
                    return False
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
            elif not _is_scalar(node):
                return False
            if len(below) > MAX_NODES:
                return False
        nodes += len(below)
        if not below:
            return True
        if nodes > MAX_NODES:
            return False
        level = below
    return False


def check_shape(document: JsonValue) -> None:
    """Refuse what is too deep or too large; for a document whose values are known to be sound.

    Raises:
        UnreadableError: with the place of the first such value.
    """
    level, nodes = [document], 1
    for _ in range(MAX_DEPTH + 1):
        below: list[JsonValue] = []
        for node in level:
            below.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
        nodes += len(below)
        level = [node for node in below if type(node) is dict or type(node) is list]
        if not level or nodes > MAX_NODES:
            break
    if level or nodes > MAX_NODES:
        check_limits(document)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and (key.isascii() or _is_text(key))


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or _is_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, int)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _first_fault(document: JsonValue) -> Fault:
    stack: list[tuple[tuple[str | int, ...], JsonValue]] = [((), document)]
    nodes = 0
    while stack:
        parts, node = stack.pop()
        nodes += 1
        if len(parts) > MAX_DEPTH:
            return Fault("document.depth", parts[:8], f"nested deeper than {MAX_DEPTH} levels")
        if nodes > MAX_NODES:
            break
        if isinstance(node, dict):
            for key in node:
                if not _is_key(key):
                    return _wrong(parts, key)
            stack.extend(((*parts, key), node[key]) for key in reversed(node))
        elif isinstance(node, list):
            stack.extend(((*parts, index), node[index]) for index in reversed(range(len(node))))
        elif not _is_scalar(node):
            return _wrong(parts, node)
    return Fault("document.size", (), f"more than {MAX_NODES} values")


def _wrong(parts: tuple[str | int, ...], value: object) -> Fault:
    if isinstance(value, float):
        return Fault("document.number", parts, f"{value} is not a JSON number")
    if isinstance(value, str):
        return Fault("document.text", parts, "half a surrogate pair")
    return Fault("document.type", parts, f"a {type(value).__name__} has no JSON form")
