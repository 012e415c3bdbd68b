"""References: local, present, and not running in circles.  Nothing outside the document is ever fetched."""

from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.pointers import Parts, fault, lookup, objects, target_parts

# What a reference under each key must lead to, where it leads into the components.
_SECTIONS: Final = {
    **dict.fromkeys(("schema", "items", "payload", "not", "additionalProperties"), "schemas"),
    **dict.fromkeys(("properties", "patternProperties", "allOf", "anyOf", "oneOf", "$defs", "prefixItems"), "schemas"),
    **{name: name for name in ("parameters", "responses", "headers", "links", "callbacks", "examples")},
    "requestBody": "requestBodies",
}


def check_references(document: JsonValue) -> list[SpecError]:
    """Faults of every `$ref` of the document."""
    return [error for parts, node in objects(document) for error in _check(document, parts, node)]


def _check(document: JsonValue, parts: Parts, node: dict[str, JsonValue]) -> Iterator[SpecError]:
    reference = node.get("$ref")
    if "$ref" not in node or isinstance(reference, dict):  # a property may be called "$ref"
        return
    place = (*parts, "$ref")
    if not isinstance(reference, str):
        yield fault(
            "ref.type", place, "$ref must be a string", "write a JSON pointer such as #/components/schemas/Name"
        )
    elif not reference.startswith("#"):
        hint = "move the target into this document; nothing outside it is read"
        yield fault("ref.external", place, f"{reference!r} leaves the document", hint)
    elif reference not in {"#", "#/"} and not reference.startswith("#/"):
        yield fault("ref.pointer", place, f"{reference!r} is not a JSON pointer", "write #/components/…")
    else:
        yield from _follow(document, place, reference)


def _follow(document: JsonValue, place: Parts, reference: str) -> Iterator[SpecError]:
    seen = {place[:-1]}
    while True:
        target = tuple(target_parts(reference))
        if target in seen:
            yield fault("ref.cycle", place, f"{reference!r} leads back to itself", "one of them must be a definition")
            return
        seen.add(target)
        try:
            node = lookup(document, target)
        except (LookupError, ValueError):
            yield fault("ref.dangling", place, f"{reference!r} leads nowhere", "define the target or correct the name")
            return
        following = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(following, str) or not following.startswith("#"):
            yield from _kind(place, target, reference)
            return
        reference = following


def _kind(place: Parts, target: Parts, reference: str) -> Iterator[SpecError]:
    holder = [part for part in place[-3:-1] if isinstance(part, str)]
    words = (holder[-1], holder[0] if len(place) > 2 else "") if holder else ()  # noqa: PLR2004 - holder, key, "$ref"
    wanted = next((_SECTIONS[word] for word in words if word in _SECTIONS), None)
    if wanted and len(target) == 3 and target[0] == "components" and target[1] != wanted:  # noqa: PLR2004 - a component
        yield fault("ref.kind", place, f"{reference!r} is not one of components.{wanted}", "refer to the right kind")
