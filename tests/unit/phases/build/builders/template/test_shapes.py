import pytest

from sluice.core.errors import InputError
from sluice.phases.build.builders.template.shapes import shape

DOCUMENT = {
    "components": {
        "schemas": {
            "Name": {"type": "string", "maxLength": 9},
            "Alias": {"$ref": "#/components/schemas/Name"},
            "Ring": {"$ref": "#/components/schemas/Ring"},
            "a/b": {"type": "integer"},
        }
    }
}


def test_a_chain_of_references_is_followed_to_the_last_component() -> None:
    found = shape(DOCUMENT, {"$ref": "#/components/schemas/Alias"})

    assert (found.type, found.component, found.schema["maxLength"]) == ("string", "Name", 9)


def test_a_keyword_beside_a_reference_wins() -> None:
    assert shape(DOCUMENT, {"$ref": "#/components/schemas/Name", "maxLength": 3}).schema["maxLength"] == 3


def test_an_escaped_pointer_is_followed() -> None:
    assert shape(DOCUMENT, {"$ref": "#/components/schemas/a~1b"}).type == "integer"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "maxLength": 3},
        {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, {"type": "string", "maxLength": 3}]},
    ],
)
def test_null_is_set_apart_however_it_is_written(schema: dict[str, object]) -> None:
    found = shape(DOCUMENT, schema)

    assert (found.type, found.nullable, found.schema["maxLength"]) == ("string", True, 3)


def test_parts_of_all_of_are_one_object() -> None:
    found = shape(
        DOCUMENT,
        {
            "allOf": [
                {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                {"required": ["b"], "properties": {"b": {"$ref": "#/components/schemas/Name"}}},
            ]
        },
    )

    assert set(found.properties()) == {"a", "b"} == found.required


def test_null_is_no_value_of_an_enumeration() -> None:
    assert shape(DOCUMENT, {"type": ["string", "null"], "enum": ["a", None]}).enum == ("a",)


@pytest.mark.parametrize("reference", ["#/components/schemas/Ring", "#/nowhere", "https://example.com/x.json"])
def test_a_reference_that_leads_nowhere_is_an_input_error(reference: str) -> None:
    with pytest.raises(InputError):
        shape(DOCUMENT, {"$ref": reference})
