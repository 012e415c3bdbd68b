"""Which values of a document stand beside the schema that they should satisfy."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Parts
from sluice.services.contract_engine.specs.operations import row, table
from sluice.services.contract_engine.specs.specification import Place, Specification

_SWAGGER_WORDS: Final = frozenset({
    "type", "format", "items", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "multipleOf",
})  # fmt: skip


class Case(NamedTuple):
    """A value at `below` of `place`, and its schema with its place; `by_place`: the schema itself stands there."""

    rule: str
    place: Place
    below: Parts
    value: JsonValue
    schema_at: tuple[Place, JsonValue]
    by_place: bool = True


def cases(spec: Specification) -> Iterator[Case]:
    """Every default and example."""
    prefix = "asyncapi" if spec.kind == "asyncapi" else "openapi"
    for place, schema in spec.nodes["schema"]:
        for below, value in _of_schema(spec, schema):
            word = "default" if below[0] == "default" else "example"
            yield Case(f"{prefix}.{word}", place, below, value, (place, schema))
    if spec.kind == "swagger":
        yield from _swagger(spec)
    elif spec.kind == "openapi":
        for kind in ("mediaType", "parameter", "header"):
            for place, node in spec.nodes[kind]:
                if "schema" in node and (kind != "mediaType" or _is_json(place)):
                    yield from _shown(spec, place, node)
    else:
        yield from _messages(spec)


def _of_schema(spec: Specification, schema: JsonObject) -> Iterator[tuple[Parts, JsonValue]]:
    if "default" in schema and not (schema["default"] is None and schema.get("nullable") is True):
        yield ("default",), schema["default"]
    if "example" in schema:
        yield ("example",), schema["example"]
    if "examples" in schema and spec.family not in {"2.0", "3.0"}:
        for index, value in enumerate(row(schema, "examples")):
            yield ("examples", index), value


def _is_json(place: Place) -> bool:
    """Whether a media type is JSON; of others, the example is text in another language."""
    name = str(place[1]).split(";")[0].strip().lower()
    return name.endswith(("/json", "+json")) or "*" in name


def _shown(spec: Specification, place: Place, node: JsonObject) -> Iterator[Case]:
    schema_at: tuple[Place, JsonValue] = ((place, "schema"), node["schema"])
    if "example" in node:
        yield Case("openapi.example", place, ("example",), node["example"], schema_at)
    for name, given in table(node, "examples").items():
        example = spec.final(place, given)
        for word in ("value", "dataValue"):
            if isinstance(example, dict) and word in example:
                below = ("examples", name, word) if example is given else ("examples", name)
                yield Case("openapi.example", place, below, example[word], schema_at)


def _swagger(spec: Specification) -> Iterator[Case]:
    for place, response in spec.nodes["response"]:
        for name, value in table(response, "examples").items():
            if "schema" in response and _is_json((None, name)):
                schema = response["schema"]
                if not (isinstance(schema, dict) and schema.get("type") == "file"):
                    below = ("examples", name)
                    yield Case("openapi.example", place, below, value, ((place, "schema"), schema))
    for kind in ("parameter", "header"):
        for place, node in spec.nodes[kind]:
            if "default" in node and node.get("type") != "file":
                schema = {word: value for word, value in node.items() if word in _SWAGGER_WORDS}
                yield Case("openapi.default", place, ("default",), node["default"], (place, schema), by_place=False)


def _messages(spec: Specification) -> Iterator[Case]:
    for place, message in spec.nodes["message"]:
        native = "schemaFormat" not in message and "schemaFormat" not in table(message, "payload")
        for index, example in enumerate(row(message, "examples")):
            for word in ("payload", "headers"):
                if native and isinstance(example, dict) and word in example and word in message:
                    below = ("examples", index, word)
                    schema_at: tuple[Place, JsonValue] = ((place, word), message[word])
                    yield Case("asyncapi.example", place, below, example[word], schema_at)
