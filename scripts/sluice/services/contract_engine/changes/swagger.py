"""What Swagger 2.0 says in other places than OpenAPI 3: bodies, forms and media types."""

from collections.abc import Sequence
from typing import Final

from sluice.model.base import JsonObject
from sluice.services.contract_engine.changes.interface import Body
from sluice.services.contract_engine.changes.source import Node, Nodes, Source

STYLES: Final = {
    ("query", "csv"): ("form", False),
    ("query", "multi"): ("form", True),
    ("query", "ssv"): ("spaceDelimited", False),
    ("query", "pipes"): ("pipeDelimited", False),
    ("path", "csv"): ("simple", False),
    ("header", "csv"): ("simple", False),
}
_JSON: Final = "application/json"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def body(source: Source, node: Node, parameters: Sequence[Node]) -> Body | None:
    """The body that `in: body` or `in: formData` parameters describe."""
    types = _types(source, node, "consumes")
    for parameter in parameters:
        if parameter.text("in") == "body":
            media: dict[str, Nodes] = {name: (parameter.child("schema"),) for name in types or [_JSON]}
            return Body(required=parameter.table.get("required") is True, node=parameter, media=media)
    fields = [parameter for parameter in parameters if parameter.text("in") == "formData"]
    if not fields:
        return None
    required = [parameter.text("name") for parameter in fields if parameter.table.get("required") is True]
    properties: JsonObject = {parameter.text("name"): _form_field(parameter) for parameter in fields}
    form: JsonObject = {"type": "object", "properties": properties, "required": [*required]}
    schema = Node((*node.place, "parameters"), form)
    chosen = [name for name in types if name in _FORMS] or [_FORMS[0]]
    return Body(required=bool(required), node=schema, media=dict.fromkeys(chosen, (schema,)))


def answer(source: Source, node: Node, response: Node) -> dict[str, Nodes]:
    """Schema of a response by each media type that the operation produces."""
    if "schema" not in response.table:
        return {}
    return dict.fromkeys(_types(source, node, "produces") or [_JSON], (response.child("schema"),))


def _types(source: Source, node: Node, key: str) -> list[str]:
    holder = node if key in node.table else source.root
    names = [item.raw for item in holder.child(key).elements()]
    return [name.split(";", 1)[0].strip().lower() for name in names if isinstance(name, str)]


def _form_field(parameter: Node) -> JsonObject:
    """As a property: a file is a binary text, and `required` is the form's business."""
    raw = {key: value for key, value in parameter.table.items() if key not in {"required", "in", "name"}}
    return {**raw, "type": "string", "format": "binary"} if raw.get("type") == "file" else raw
