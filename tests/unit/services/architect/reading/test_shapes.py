import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.services.architect.reading import shapes


def named(found):
    return [field.name for field in found]


@pytest.mark.parametrize(
    "text",
    ["{id, email, created_at}", '{"id": 1, "email": "a@b.c", "created_at": "2030-01-01T00:00:00Z"}', "{ id; }{", "{id"],
)
def test_braces_hold_fields_whatever_the_notation(text):
    assert named(shapes.parse(text)[0])[0] == "id"


def test_nested_objects_keep_their_fields():
    found, is_list = shapes.parse("{id, items: [{product, quantity: integer, price: number}], total?}")
    items = found[1]
    assert not is_list
    assert (items.type, items.item_type, named(items.items)) == ("array", "object", ["product", "quantity", "price"])
    assert [field.required for field in found] == [True, True, False]


def test_an_array_of_objects_is_told():
    assert shapes.parse("[{id, name}]") == (shapes.parse("{id, name}")[0], True)


def test_examples_tell_types():
    found, _ = shapes.parse(
        '{"name": "x", "price": 9.5, "open": true, "on": "2030-01-01", "tags": ["a", "b"], "n": null}'
    )
    assert {field.name: field.type for field in found} == {
        "name": "string", "price": "number", "open": "boolean", "on": "date", "tags": "array", "n": "string",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id, email and name", ["id", "email", "name"]),
        ("id, status: open | closed, rider_id → User (optional)", ["id", "status", "rider_id"]),
        ("`id`, `email` (unique)", ["id", "email"]),
        ("email, password (8+ characters) and name. More text follows.", ["email", "password", "name"]),
        ("an account of a person who pays", []),
        ("see the table, which lists everything that is stored", []),
    ],
)
def test_a_row_of_names_is_fields_and_prose_is_not(text, expected):
    assert named(shapes.names_in_row(text)) == expected


def test_items_are_found_in_words():
    field = shapes.field("lines", "array of objects with product name, quantity (1 to 99) and unit price")
    assert named(field.items) == ["product_name", "quantity", "unit_price"]
    assert field.items[1].constraints == {"minimum": 1, "maximum": 99}


@given(st.text(alphabet='{}[]":,? ab1\\\n', max_size=200))
def test_whatever_a_group_holds_its_names_are_identifiers(text):
    found = named(field for _, group in shapes.braces(text) for field in shapes.parse(group)[0])
    found += named(shapes.names_in_row(text))
    assert all(name.isidentifier() and name == name.lower() for name in found)


def test_depth_is_bounded():
    assert named(shapes.parse("{a: " * 500 + "{b}" + "}" * 500)[0]) == ["a"]
