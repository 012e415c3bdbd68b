"""RFC 6901 JSON pointers, and walking a document without ever treating example data as specification."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from pydantic import JsonValue

from sluice.model.contract import SpecError

Parts = tuple[str | int, ...]

# Keys whose value maps free names to objects: there, a name such as "example" is only a name.
_NAME_MAPS: Final = frozenset({
    "properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "paths", "webhooks", "responses",
    "schemas", "headers", "parameters", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems",
    "content", "encoding", "mapping", "variables", "servers", "channels", "messages", "operations", "replies",
})  # fmt: skip
_DATA: Final = frozenset({"example", "default", "enum", "const", "value"})


def pointer(parts: Iterable[str | int]) -> str:
    """The JSON pointer of a path of keys and indexes; '' is the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def fault(rule: str, parts: Iterable[str | int], message: str, hint: str = "") -> SpecError:
    """A fault at a place of the document; long messages are cut."""
    return SpecError(rule=rule, pointer=pointer(parts), message=message[:500], hint=hint)


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
        if isinstance(part, str) and not part.isdecimal():
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


def located(document: JsonValue, parts: Sequence[str | int]) -> Parts:
    """The place where a path that runs through references really ends; cut where it leaves the document."""
    place, node = _followed(document, (), document)
    for part in parts:
        try:
            node = child(node, part)
        except LookupError:
            break
        place, node = _followed(document, (*place, part), node)
    return place


def _followed(document: JsonValue, place: Parts, node: JsonValue) -> tuple[Parts, JsonValue]:
    """What the references at a place lead to; those of the document have been found to end."""
    while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
        place = tuple(target_parts(reference))
        node = lookup(document, place)
    return place, node


def objects(document: JsonValue) -> Iterator[tuple[Parts, dict[str, JsonValue]]]:
    """Every object of the specification itself with its place, in document order; data and extensions are left out."""
    stack: list[tuple[Parts, JsonValue, bool]] = [((), document, False)]
    while stack:
        parts, node, names = stack.pop()
        children: list[tuple[Parts, JsonValue, bool]] = []
        if isinstance(node, dict):
            yield parts, node
            for key, value in node.items():
                if names or not _is_data(key, value):
                    children.append(((*parts, key), value, not names and key in _NAME_MAPS))
        elif isinstance(node, list):
            children = [((*parts, index), value, False) for index, value in enumerate(node)]
        stack.extend(reversed(children))


def _is_data(key: str, value: JsonValue) -> bool:
    return key in _DATA or key.startswith("x-") or (key == "examples" and isinstance(value, list))
