import pytest

from sluice.phases.build.builders.template.samples import NoSample, accepts, invalid, sample
from sluice.phases.build.builders.template.shapes import Shape, shape


def of(schema: dict[str, object]) -> Shape:
    return shape({}, schema)  # type: ignore[arg-type]


SCHEMAS: list[dict[str, object]] = [
    {"type": "string"},
    {"type": "string", "minLength": 30, "maxLength": 30},
    {"type": "string", "pattern": "^[A-Z]{3}$"},
    {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
    {"type": "string", "maxLength": 3},
    {"type": "string", "format": "email"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "uuid"},
    {"type": "integer", "minimum": 7, "maximum": 7},
    {"type": "integer", "multipleOf": 5, "minimum": 3},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "boolean"},
    {"type": ["string", "null"], "enum": ["x", None]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
    {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string", "pattern": "^(?!)$"}},
    },
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("variant", [0, 1, 2])
def test_a_sample_is_allowed_by_its_schema(schema: dict[str, object], variant: int) -> None:
    found = of(schema)

    assert accepts(found, sample(found, variant))


def test_variants_differ_where_the_schema_leaves_room() -> None:
    found = of({"type": "string", "format": "email"})

    assert len({str(sample(found, variant)) for variant in range(8)}) == 8


def test_the_contract_s_own_example_comes_first() -> None:
    assert sample(of({"type": "string", "examples": ["R-101"]})) == "R-101"


def test_an_example_that_the_schema_forbids_is_not_used() -> None:
    assert sample(of({"type": "string", "maxLength": 10, "examples": ["much too long for it"]})) == "sample"


def test_there_is_no_sample_of_the_impossible() -> None:
    with pytest.raises(NoSample):
        sample(of({"type": "string", "pattern": "^(?!)$"}))


def test_an_invalid_body_is_refused_by_the_schema() -> None:
    found = of({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}})

    assert invalid(found, {"a": "x", "b": "y"}) == {"b": "y"}


def test_an_optional_property_gets_a_wrong_type() -> None:
    found = of({"type": "object", "properties": {"a": {"type": "string"}}})

    assert not accepts(found, invalid(found, {}))


def test_where_everything_is_allowed_nothing_is_invalid() -> None:
    with pytest.raises(NoSample):
        invalid(of({"type": "object", "properties": {"a": {}}}), {})
