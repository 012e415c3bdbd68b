"""Requests from a contract's examples: references filled in, unique values varied."""

import random
import string
import uuid
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import JsonValue, ValidationError

from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION, PropertyHint
from sluice.phases.deploy.openapi import Operation, listing, mapping, resolve

_RANDOM = random.SystemRandom()
_ADDRESS_LENGTH = 12


def example(operation: Operation) -> JsonValue:
    """The contract's example of the request body, None when there is none."""
    media = operation.request
    schema = resolve(operation.document, media.get("schema"))
    if "example" in media:
        return media["example"]
    for item in mapping(media.get("examples")).values():
        return resolve(operation.document, item).get("value")
    if "example" in schema:
        return schema["example"]
    return next(iter(listing(schema.get("examples"))), None)


def request_body(operation: Operation, ids: Mapping[str, str], *, unique: tuple[str, ...] = ()) -> JsonValue:
    """The example, with references to entities in `ids` replaced and unique values (also `unique` by name) made new."""
    return _filled(operation.document, operation.request.get("schema"), example(operation), ids, unique)


def fresh_body(operation: Operation, ids: Mapping[str, str] | None = None) -> JsonValue:
    """The example with new unique values, the identity of an account among them."""
    identity = operation.hint.identity if operation.hint and operation.kind == "register" else None
    return request_body(operation, ids or {}, unique=(identity,) if identity else ())


def references(document: JsonObject, schema: JsonValue, *, depth: int = 5) -> frozenset[str]:
    """Names of the entities that a body refers to."""
    node = resolve(document, schema)
    found = {hint.references} if (hint := property_hint(node)).references else set()
    if depth:
        inner = [*mapping(node.get("properties")).values(), node.get("items")]
        for value in inner:
            found |= references(document, value, depth=depth - 1)
    return frozenset(name for name in found if name)


def path_entities(operation: Operation) -> dict[str, str]:
    """Which entity's id each path parameter holds, as far as the contract says."""
    found: dict[str, str] = {}
    schemas = mapping(mapping(operation.document.get("components")).get("schemas"))
    properties = mapping(resolve(operation.document, schemas.get(operation.entity)).get("properties"))
    parents = {parent.param: parent.field for parent in operation.hint.parents} if operation.hint else {}
    for parameter in operation.parameters:
        name = str(parameter.get("name"))
        own = property_hint(resolve(operation.document, parameter.get("schema"))).references
        parent = property_hint(resolve(operation.document, properties.get(parents.get(name, "")))).references
        key = operation.entity if operation.hint and operation.hint.key == name else ""
        if parameter.get("in") == "path" and (key or parent or own):
            found[name] = key or parent or own or ""
    return found


def filled_path(operation: Operation, ids: Mapping[str, str]) -> str:
    """The path with ids of entities made earlier; a parameter that no entity explains gets its example or a new id."""
    path, entities = operation.path, path_entities(operation)
    for parameter in operation.parameters:
        if parameter.get("in") == "path":
            name = str(parameter.get("name"))
            known = ids.get(entities.get(name, ""))
            value = known or str(parameter.get("example") or uuid.uuid4())
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path


def property_hint(schema: JsonObject) -> PropertyHint:
    """The hint of a property's schema."""
    try:
        return PropertyHint.model_validate(schema.get(EXTENSION, {}))
    except ValidationError:
        return PropertyHint()


def _filled(
    document: JsonObject, schema: JsonValue, value: JsonValue, ids: Mapping[str, str], unique: tuple[str, ...]
) -> JsonValue:
    node = resolve(document, schema)
    hint = property_hint(node)
    if hint.references and hint.references in ids and not isinstance(value, (dict, list)):
        return ids[hint.references]
    if isinstance(value, dict):
        properties = mapping(node.get("properties"))
        return {
            name: varied(inner, resolve(document, properties.get(name)))
            if name in unique
            else _filled(document, properties.get(name), inner, ids, ())
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_filled(document, node.get("items"), inner, ids, ()) for inner in value]
    return varied(value, node) if hint.unique else value


def varied(value: JsonValue, schema: JsonObject) -> JsonValue:
    """A new value of the same shape: digits stay digits, letters letters, the domain of an address stays."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return value
    if isinstance(value, int):
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**31 - 1)
        return _RANDOM.randint(int(low), int(high)) if isinstance(low, int) and isinstance(high, int) else value
    if schema.get("format") == "uuid":
        return str(uuid.UUID(int=_RANDOM.getrandbits(128), version=4))
    local, at, domain = value.partition("@")
    if schema.get("format") in {"uri", "url"}:
        head, slash, tail = value.rpartition("/")
        return f"{head}{slash}{_shuffled(tail or 'a' * 8)}"
    return _shuffled(local.ljust(_ADDRESS_LENGTH, "a") if at else local) + at + domain


def _shuffled(text: str) -> str:
    return "".join(_like(character) for character in text)


def _like(character: str) -> str:
    for alphabet in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if character in alphabet:
            return _RANDOM.choice(alphabet)
    return character
