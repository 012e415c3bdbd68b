import re

import pytest

from sluice.phases.build.builders.template.annotations import Annotations, ecma
from sluice.phases.build.builders.template.shapes import shape


def annotation(schema: dict[str, object], **more: object) -> str:
    return Annotations().of(shape(more, schema), "Made")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "maxLength": 5, "minLength": 0}, "Annotated[str, Field(max_length=5)]"),
        ({"type": "integer", "minimum": 1, "maximum": 9.0}, "Annotated[JsonInt, Field(ge=1, le=9)]"),
        ({"type": "number", "exclusiveMaximum": 2.5}, "Annotated[JsonNumber, Field(lt=2.5)]"),
        ({"type": ["boolean", "null"]}, "JsonBool | None"),
        ({"type": "string", "format": "uuid"}, "JsonUuid"),
        ({"type": "string", "enum": ["it's", 'a"b']}, "Literal[\"it's\", 'a\"b']"),
        (
            {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
            "Annotated[list[JsonInt], Field(max_length=2)]",
        ),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "dict[str, JsonBool]"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "JsonInt | str"),
        ({}, "JsonValue"),
    ],
)
def test_a_schema_has_its_annotation(schema: dict[str, object], expected: str) -> None:
    assert annotation(schema) == expected


def test_text_parameters_are_parsed_not_guessed() -> None:
    made = Annotations().of(shape({}, {"type": "integer", "enum": [1, 2]}), "Made", "text")

    assert made == "Annotated[TextInt, OneOf(1, 2)]"


def test_a_pattern_that_the_fast_engine_lacks_is_left_to_python() -> None:
    assert annotation({"type": "string", "pattern": "^(?=a)b"}) == "Annotated[str, Matches('^(?=a)b')]"


def test_the_pattern_of_a_moment_is_checked_on_its_text() -> None:
    found = annotation({"type": "string", "format": "date-time", "pattern": "^2"})

    assert found == "Annotated[JsonDateTime, TextMatches('^2')]"


@pytest.mark.parametrize(("pattern", "digits"), [(r"^\d$", "٣"), (r"^[\d-]$", "٣"), (r"^\w$", "é")])
def test_classes_of_characters_are_those_of_ascii(pattern: str, digits: str) -> None:
    assert re.search(ecma(pattern), "3")
    assert not re.search(ecma(pattern), digits)


def test_an_object_gets_a_class_with_safe_names() -> None:
    annotations = Annotations()
    schema = {
        "type": "object",
        "required": ["class"],
        "properties": {"class": {"type": "string"}, "due-date": {"type": "string"}, "due_date": {"type": "string"}},
    }

    name = annotations.of(shape({}, schema), "Made")

    lines = [field.declaration for field in annotations.classes[name].fields]
    assert lines == [
        "class_: str = Field(alias='class')",
        "due_date: Omittable[str] = Field(default=None, alias='due-date')",
        "due_date_2: Omittable[str] = Field(default=None, alias='due_date')",
    ]


def test_a_component_has_one_class_even_when_it_contains_itself() -> None:
    annotations = Annotations()
    document = {
        "components": {
            "schemas": {
                "Node": {
                    "type": "object",
                    "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}},
                }
            }
        }
    }

    annotations.of(shape(document, {"$ref": "#/components/schemas/Node"}), "Made")

    assert list(annotations.classes) == ["Node"]
    assert annotations.classes["Node"].fields[0].annotation == 'Omittable[list["Node"]]'


def test_a_format_that_is_not_checked_is_noted() -> None:
    annotations = Annotations()
    annotations.of(shape({}, {"type": "string", "format": "iri"}), "Made")

    assert annotations.notes == ["format iri is not checked"]
