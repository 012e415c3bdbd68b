"""RFC 6901 JSON pointers."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

from pydantic import JsonValue

from sluice.services.contract_engine.specs.faults import Parts

__all__ = ["Parts", "child", "fragment", "lookup", "pointer", "target_parts"]
_UNQUOTED: Final = "/~!$&'()*+,;=:@?"


def pointer(parts: Iterable[str | int]) -> str:
    """The JSON pointer of a path of keys and indexes; '' is the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def fragment(parts: Iterable[str | int]) -> str:
    """The JSON pointer as the fragment of a URI."""
    return quote(pointer(parts), safe=_UNQUOTED)


def target_parts(reference: str) -> list[str]:
    """Keys of a local reference (`#/a/b~1c` → `a`, `b/c`), percent-decoded."""
    return [part.replace("~1", "/").replace("~0", "~") for part in unquote(reference[1:]).split("/")[1:]]


def child(node: JsonValue, part: str | int) -> JsonValue:
    """One step down.

    Raises:
        LookupError: there is nothing there.
    """
    if isinstance(node, dict):
        return node[str(part)]
    if isinstance(node, list):
        if isinstance(part, str) and not (part.isascii() and part.isdecimal() and len(part) < 10):  # noqa: PLR2004 - digits
            raise KeyError(part)
        return node[int(part)]
    raise KeyError(part)


def lookup(document: JsonValue, parts: Iterable[str | int]) -> JsonValue:
    """The value at a path; references on the way are not followed.

    Raises:
        LookupError: there is nothing there.
    """
    node = document
    for part in parts:
        node = child(node, part)
    return node
