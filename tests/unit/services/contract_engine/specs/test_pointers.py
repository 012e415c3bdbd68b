import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.services.contract_engine.specs.pointers import located, lookup, objects, pointer, target_parts

STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@STEADY
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_pointer_read_back_gives_the_same_keys(parts):
    escaped = pointer(parts).replace("%", "%25")
    assert target_parts("#" + escaped) == parts


def test_rfc_6901_escapes():
    assert pointer(["a/b", "m~n", 0]) == "/a~1b/m~0n/0"
    assert pointer([]) == ""


@pytest.mark.parametrize("parts", [["none"], ["list", "x"], ["list", 5], ["text", 0]])
def test_a_path_to_nowhere_is_a_lookup_error(parts):
    with pytest.raises(LookupError):
        lookup({"list": [1], "text": "abc"}, parts)


def test_a_path_through_references_ends_where_the_value_stands():
    document = {"a": {"$ref": "#/b"}, "b": {"c": {"$ref": "#/d"}}, "d": {"e": [1]}}
    assert located(document, ["a", "c", "e", 0]) == ("d", "e", 0)
    assert located(document, ["a"]) == ("b",)
    assert located(document, ["a", "none", "x"]) == ("b",)


def test_data_and_extensions_are_not_walked_but_properties_of_such_names_are():
    document = {
        "example": {"inside": {}},
        "x-note": {"inside": {}},
        "properties": {"example": {"type": "string"}, "default": {"default": {"inside": {}}}},
        "examples": [{"inside": {}}],
    }
    places = [pointer(parts) for parts, _ in objects(document)]
    assert places == ["", "/properties", "/properties/example", "/properties/default"]
