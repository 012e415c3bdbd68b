import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.model.domain import EntityField
from sluice.services.architect.contracts import schemas

TYPES = ["string", "text", "integer", "number", "boolean", "uuid", "email", "uri", "date", "datetime", "password"]

BOUNDS = st.dictionaries(
    st.sampled_from(["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"]),
    st.integers(-(10**20), 10**20),
    max_size=3,
)


def valid(schema, value):
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


def fields(constraints):
    return st.builds(
        EntityField,
        name=st.sampled_from(["thing", "quantity", "price", "total", "email"]),
        type=st.sampled_from([*TYPES, "array", "object"]),
        required=st.booleans(),
        item_type=st.sampled_from([None, "string", "integer", "email"]),
        constraints=constraints,
    )


@given(fields(st.just({})))
def test_every_type_has_a_valid_schema_and_a_valid_example(field):
    schema = schemas.schema(field)
    assert valid(schema, schemas.example(field))
    assert valid(schemas.schema(field, nullable=True), None)


@given(fields(BOUNDS))
def test_no_bounds_of_a_document_make_a_schema_that_storage_cannot_hold(field):
    schema = schemas.schema(field)
    assert schema.get("maxLength", 0) <= 100_000
    assert schema.get("maxItems", 0) <= 1000
    for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if low in schema and high in schema:
            assert schema[low] <= schema[high]
    if schema["type"] == "integer":
        assert -(2**31) <= schema["minimum"] <= schema["maximum"] < 2**31


@pytest.mark.parametrize("kind", ["string", "text", "password"])
def test_texts_are_bounded_and_refuse_nul(kind):
    schema = schemas.schema(EntityField(name="thing", type=kind))
    assert not valid(schema, "abcdefgh\x00")
    assert not valid(schema, "x" * 100_001)
    assert valid(schema, "Grüße, 世界! \n\t 12345678")


@pytest.mark.parametrize("address", ["a@example.com", "a.b+c@mail.example.co.uk", "x_y@a-b.io"])
def test_ordinary_addresses_are_valid(address):
    assert valid(schemas.schema(EntityField(name="email", type="email")), address)


@pytest.mark.parametrize("address", ["a", "a@", "@b.c", "a@b", "a b@c.de", "a@b..c"])
def test_what_is_no_address_is_refused(address):
    assert not valid(schemas.schema(EntityField(name="email", type="email")), address)


@pytest.mark.parametrize(("moment", "ok"), [("2030-02-28T10:00:00Z", True), ("0001-01-01T00:00:00Z", False)])
def test_moments_stay_where_time_zones_cannot_leave_the_calendar(moment, ok):
    assert valid(schemas.schema(EntityField(name="at", type="datetime")), moment) is ok


def test_values_and_defaults_are_kept():
    field = EntityField(name="state", type="string", enum=("a", "b"), default="b")
    assert schemas.schema(field, nullable=True) == {
        "type": ["string", "null"],
        "enum": ["a", "b", None],
        "default": "b",
    }
    assert schemas.schema(EntityField(name="n", type="integer", default="x")).get("default") is None


def test_a_total_beside_quantities_and_prices_is_computed():
    inner = (EntityField(name="quantity", type="integer"), EntityField(name="unit_price", type="number"))
    lines = EntityField(name="lines", type="array", item_type="object", items=inner)
    total = EntityField(name="total", type="number")
    assert schemas.computed(total, [total, lines]).factors == ("quantity", "unit_price")
    assert schemas.computed(total, [total]) is None
    assert schemas.computed(EntityField(name="weight", type="number"), [lines]) is None


def test_examples_are_the_same_on_every_run():
    field = EntityField(name="id", type="uuid")
    assert schemas.example(field, "Order") == schemas.example(field, "Order") != schemas.example(field, "User")
