"""JSON Schemas as the generator sees them: references resolved, `allOf` merged, null set apart."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION

_COMPONENT = "#/components/schemas/"
_DEPTH = 40


def as_object(value: JsonValue) -> JsonObject:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """The value when it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def pointed(document: JsonObject, reference: str) -> JsonObject:
    """The object that a local reference (`#/a/b`) names.

    Raises:
        InputError: not local, or it leads nowhere.
    """
    node: JsonValue = document
    for part in reference.removeprefix("#/").split("/"):
        node = as_object(node).get(part.replace("~1", "/").replace("~0", "~"))
    if not reference.startswith("#/") or not isinstance(node, dict):
        raise InputError(f"the contract's reference {reference!r} leads nowhere", hint="validate the contract first")
    return node


def resolved(document: JsonObject, node: JsonValue) -> JsonObject:
    """The object, with a chain of `$ref` followed."""
    found = as_object(node)
    for _ in range(_DEPTH):
        reference = found.get("$ref")
        if not isinstance(reference, str):
            return found
        found = pointed(document, reference)
    raise InputError("the contract's references form a circle", hint="validate the contract first")


@dataclass(frozen=True)
class Shape:
    """One schema: `type` is a JSON type or 'any'; `component` is its name when it stands under components.schemas."""

    document: JsonObject
    schema: JsonObject
    component: str = ""
    nullable: bool = False
    type: str = "any"
    hint: JsonObject = field(default_factory=dict)

    @property
    def format(self) -> str:
        """The format keyword, '' when there is none."""
        return str(self.schema.get("format") or "")

    @property
    def enum(self) -> tuple[JsonValue, ...]:
        """Values allowed by `enum` or `const`, without null; empty when free."""
        if "const" in self.schema:
            return (self.schema["const"],)
        return tuple(value for value in as_list(self.schema.get("enum")) if value is not None)

    @property
    def read_only(self) -> bool:
        """Set by the service."""
        return self.schema.get("readOnly") is True

    @property
    def required(self) -> frozenset[str]:
        """Names of the required properties."""
        return frozenset(name for name in as_list(self.schema.get("required")) if isinstance(name, str))

    def properties(self) -> dict[str, "Shape"]:
        """Shapes of the properties, in the contract's order."""
        return {name: self.sub(node) for name, node in as_object(self.schema.get("properties")).items()}

    def sub(self, node: JsonValue) -> "Shape":
        """The shape of a schema below this one."""
        return shape(self.document, node)

    @property
    def items(self) -> "Shape":
        """The shape of an array's items."""
        return self.sub(self.schema.get("items") or {})


def shape(document: JsonObject, node: JsonValue) -> Shape:
    """The shape of a schema."""
    given = as_object(node)
    schema, component = _flattened(document, given)
    types = schema.get("type")
    names = [str(name) for name in types] if isinstance(types, list) else [str(types)] if types else []
    nullable = "null" in names
    rest = [name for name in names if name != "null"]
    kind = rest[0] if len(rest) == 1 else _guessed(schema) if not rest else "any"
    hint = as_object(given.get(EXTENSION)) or as_object(schema.get(EXTENSION))
    return Shape(document, schema, component, nullable, kind, hint)


def _guessed(schema: JsonObject) -> str:
    if "properties" in schema:
        return "object"
    values = [*as_list(schema.get("enum")), *([schema["const"]] if "const" in schema else [])]
    return "string" if values and all(isinstance(value, str) for value in values if value is not None) else "any"


def _flattened(document: JsonObject, node: JsonObject, depth: int = 0) -> tuple[JsonObject, str]:
    """One schema object: references followed, `allOf` and a null alternative folded in; and its component name."""
    if depth > _DEPTH:
        raise InputError("the contract's references form a circle", hint="validate the contract first")
    merged = {key: value for key, value in node.items() if key not in {"$ref", "allOf"}}
    component = ""
    reference = node.get("$ref")
    if isinstance(reference, str):
        below, inner = _flattened(document, pointed(document, reference), depth + 1)
        component = inner or (reference.removeprefix(_COMPONENT) if reference.startswith(_COMPONENT) else "")
        merged = {**below, **merged}
    for part in as_list(node.get("allOf")):
        below, inner = _flattened(document, as_object(part), depth + 1)
        component = component or inner
        merged = _both(merged, below)
    return _without_null_alternative(document, merged, component, depth)


def _both(left: JsonObject, right: JsonObject) -> JsonObject:
    properties = {**as_object(left.get("properties")), **as_object(right.get("properties"))}
    required = list(dict.fromkeys([*as_list(left.get("required")), *as_list(right.get("required"))]))
    both = {**right, **left}
    return {
        **both,
        **({"properties": properties} if properties else {}),
        **({"required": required} if required else {}),
    }


def _without_null_alternative(
    document: JsonObject, schema: JsonObject, component: str, depth: int
) -> tuple[JsonObject, str]:
    for keyword in ("anyOf", "oneOf"):
        options = as_list(schema.get(keyword))
        rest = [option for option in options if as_object(option).get("type") != "null"]
        if len(options) > 1 and len(rest) == 1 and len(rest) < len(options):
            below, inner = _flattened(document, as_object(rest[0]), depth + 1)
            base = {key: value for key, value in schema.items() if key != keyword}
            types = below.get("type", _guessed(below))
            listed = list(types) if isinstance(types, list) else [types]
            return {**below, **base, "type": [*listed, "null"]}, component or inner
    return schema, component
