"""Python annotations for JSON Schemas, exact in both directions: what the schema allows is accepted, nothing else."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue
from pydantic_core import SchemaError, SchemaValidator, core_schema

from sluice.phases.build.builders.template.names import attribute, class_name, distinct, sentence
from sluice.phases.build.builders.template.shapes import Shape

Carrier = Literal["json", "text"]
"""Whether a value arrives as JSON or as text in a path, a query or a header."""

FORMATS = {
    "uuid": "JsonUuid",
    "date-time": "JsonDateTime",
    "date": "JsonDate",
    "time": "JsonTime",
    "email": "JsonEmail",
    "uri": "JsonUri",
    "hostname": "JsonHostname",
    "ipv4": "JsonIPv4",
    "ipv6": "JsonIPv6",
}
_SIMPLE = {
    ("integer", "json"): "JsonInt",
    ("integer", "text"): "TextInt",
    ("number", "json"): "JsonNumber",
    ("number", "text"): "TextNumber",
    ("boolean", "json"): "JsonBool",
    ("boolean", "text"): "TextBool",
}
_NUMBER_LIMITS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_ECMA = {"\\d": "[0-9]", "\\D": "[^0-9]", "\\w": "[A-Za-z0-9_]", "\\W": "[^A-Za-z0-9_]"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a generated pydantic class; `default` is Python source, '' when the field is required."""

    name: str
    wire: str
    annotation: str
    default: str = ""
    shape: Shape

    @property
    def declaration(self) -> str:
        """The line that declares it."""
        if self.name == self.wire:
            return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")
        default = f"default={self.default}, " if self.default else ""
        return f"{self.name}: {self.annotation} = Field({default}alias={self.wire!r})"


@dataclass(kw_only=True)
class ClassDef:
    """One generated pydantic class."""

    name: str
    doc: str
    fields: list[Field] = field(default_factory=list)

    def wire(self, name: str) -> Field | None:
        """The field with this name in JSON."""
        return next((field for field in self.fields if field.wire == name), None)


@dataclass
class Annotations:
    """Makes annotations, and the classes that they need, in the order in which they may be defined."""

    classes: dict[str, ClassDef] = field(default_factory=dict)
    components: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _open: set[str] = field(default_factory=set)

    def of(self, shape: Shape, name: str, carrier: Carrier = "json") -> str:
        """The annotation of a shape; `name` is used when it needs a class of its own."""
        bare = self._bare(shape, name, carrier)
        return f"{bare} | None" if shape.nullable and carrier == "json" and bare != "JsonValue" else bare

    def _bare(self, shape: Shape, name: str, carrier: Carrier) -> str:
        if shape.enum:
            return self._literal(shape, carrier)
        if simple := _SIMPLE.get((shape.type, carrier)):
            return _constrained(simple, _limits(shape))
        if shape.type == "string":
            return self._string(shape)
        if shape.type == "array":
            return self._array(shape, name, carrier)
        return self._object(shape, name) if shape.type == "object" else self._union(shape, name, carrier)

    def _literal(self, shape: Shape, carrier: Carrier) -> str:
        values = [value for value in shape.enum if isinstance(value, str | int | bool)]
        if carrier == "text" and not all(isinstance(value, str) for value in values):
            allowed = ", ".join(repr(value) for value in values)
            return _constrained(self._bare(_free(shape), "", carrier), [], [f"OneOf({allowed})"])
        return f"Literal[{', '.join(repr(value) for value in dict.fromkeys(values))}]" if values else "JsonValue"

    def _string(self, shape: Shape) -> str:
        if shape.format and shape.format not in FORMATS and shape.format != "password":
            self.notes.append(f"format {sentence(shape.format)} is not checked")
        base = FORMATS.get(shape.format, "str")
        if base in {"JsonUuid", "JsonDateTime", "JsonDate"}:
            pattern = shape.schema.get("pattern")
            return _constrained(base, [], [f"TextMatches({pattern!r})"] if isinstance(pattern, str) else [])
        limits = _lengths(shape, "minLength", "maxLength")
        extra = []
        pattern = shape.schema.get("pattern")
        if isinstance(pattern, str):
            text = ecma(pattern)
            if _rust(text):
                limits.append(f"pattern={text!r}")
            else:
                extra.append(f"Matches({text!r})")
        return _constrained(base, limits, extra)

    def _array(self, shape: Shape, name: str, carrier: Carrier) -> str:
        items = self.of(shape.items, f"{name}Item", carrier)
        extra = ["UniqueItems()"] if shape.schema.get("uniqueItems") is True else []
        return _constrained(f"list[{items}]", _lengths(shape, "minItems", "maxItems"), extra)

    def _object(self, shape: Shape, name: str) -> str:
        if shape.properties():
            return self.class_of(shape, name)
        values = shape.schema.get("additionalProperties")
        inner = self.of(shape.sub(values), f"{name}Value") if isinstance(values, dict) and values else "JsonValue"
        return _constrained(f"dict[str, {inner}]", _lengths(shape, "minProperties", "maxProperties"))

    def _union(self, shape: Shape, name: str, carrier: Carrier) -> str:
        for keyword in ("anyOf", "oneOf"):
            options = shape.schema.get(keyword)
            if isinstance(options, list) and options:
                parts = [self._bare(shape.sub(option), f"{name}{n}", carrier) for n, option in enumerate(options, 1)]
                return " | ".join(dict.fromkeys(parts))
        types = shape.schema.get("type")
        if isinstance(types, list):
            kinds = [kind for kind in types if kind != "null"]
            parts = [self._bare(shape.sub({**shape.schema, "type": kind}), name, carrier) for kind in kinds]
            return " | ".join(dict.fromkeys(parts)) or "None"
        return "str" if carrier == "text" else "JsonValue"

    def class_of(self, shape: Shape, name: str) -> str:
        """The name of the class of an object shape; made on first use."""
        if shape.component in self.components:
            known = self.components[shape.component]
            return f'"{known}"' if known in self._open else known
        known = distinct(class_name(shape.component or name), self._taken)
        if shape.component:
            self.components[shape.component] = known
        self._open.add(known)
        made = ClassDef(name=known, doc=sentence(shape.schema.get("description")) or f"{known}.")
        taken: set[str] = set()
        for wire, prop in shape.properties().items():
            made.fields.append(self._field(wire, prop, known, taken, required=wire in shape.required))
        self._open.discard(known)
        self.classes[known] = made
        return known

    def reserve(self, name: str) -> None:
        """Keep a component's name for a class that the generated code has anyway."""
        self.components[name] = name
        self._taken.add(name)

    def _field(self, wire: str, prop: Shape, owner: str, taken: set[str], *, required: bool) -> Field:
        name = distinct(attribute(wire), taken)
        annotation = self.of(prop, f"{owner}{class_name(wire)}")
        default = ""
        if not required:
            given = prop.schema.get("default")
            if given is not None and _simple(given, prop):
                default = repr(given)
            else:
                default = "None"
                annotation = annotation if prop.nullable or annotation == "JsonValue" else f"Omittable[{annotation}]"
        return Field(name=name, wire=wire, annotation=annotation, default=default, shape=prop)


def _free(shape: Shape) -> Shape:
    schema = {key: value for key, value in shape.schema.items() if key not in {"enum", "const"}}
    return Shape(shape.document, schema, "", shape.nullable, shape.type, shape.hint)


def _simple(value: JsonValue, prop: Shape) -> bool:
    plain = isinstance(value, str | bool | int | float)
    return plain and prop.format not in {"uuid", "date-time", "date"} and prop.type != "any"


def _constrained(base: str, limits: list[str], extra: list[str] | None = None) -> str:
    parts = [*(extra or []), *([f"Field({', '.join(limits)})"] if limits else [])]
    return f"Annotated[{base}, {', '.join(parts)}]" if parts else base


def _limits(shape: Shape) -> list[str]:
    found = []
    for keyword, argument in _NUMBER_LIMITS.items():
        value = shape.schema.get(keyword)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found.append(f"{argument}={_number(value, shape)}")
    return found


def _number(value: float, shape: Shape) -> str:
    whole = shape.type == "integer" and float(value).is_integer()
    return repr(int(value)) if whole else repr(value)


def _lengths(shape: Shape, least: str, most: str) -> list[str]:
    found = []
    for keyword, argument in ((least, "min_length"), (most, "max_length")):
        value = shape.schema.get(keyword)
        if isinstance(value, int | float) and not isinstance(value, bool) and not (value == 0 and keyword == least):
            found.append(f"{argument}={int(value)}")
    return found


def ecma(pattern: str) -> str:
    r"""The pattern with ECMA 262's meaning of `\d` and `\w` (ASCII only) for engines where they mean more."""
    found, inside, position = [], False, 0
    while position < len(pattern):
        pair = pattern[position : position + 2]
        if pair[0] == "\\":
            text = _ECMA.get(pair, pair)
            found.append(text[1:-1] if inside and text != pair and "^" not in text else text)
            position += 2
            continue
        inside = pair[0] == "[" or (inside and pair[0] != "]")
        found.append(pair[0])
        position += 1
    return "".join(found)


def _rust(pattern: str) -> bool:
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True
