import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.services.contract_engine.specs.documents import read_any, spots
from sluice.services.contract_engine.specs.validate import validate

YAML = """\
# a comment
base: &base {one: 1}
list:
  - first
  - key: &deep
      - 10
merged:
  <<: *base
  "quoted key": *deep
"""
JSON = '{"a": [1, {"b\\"c": 2}],\n\t"d": {"e": null,\n  "f": "}"}}'


@pytest.mark.parametrize(
    ("text", "parts", "place"),
    [
        (YAML, ("base",), (2, 1)),
        (YAML, ("base", "one"), (2, 14)),
        (YAML, ("list", 1, "key", 0), (6, 9)),
        (YAML, ("merged", "quoted key"), (9, 3)),
        (YAML, ("merged", "one"), (7, 1)),
        (YAML, ("list", 7), (3, 1)),
        (JSON, ("a", 1, 'b"c'), (1, 12)),
        (JSON, ("d", "f"), (3, 3)),
        (JSON, ("a", 0), (1, 8)),
        (JSON, ("none", "x"), (1, 1)),
    ],
)
def test_a_place_is_that_of_the_key_or_item_or_of_the_nearest_above(text, parts, place):
    assert spots(text, [parts]) == {parts: place}


@settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=10,
    ),
    st.sampled_from([None, 0, 2]),
)
def test_at_the_place_of_every_value_of_json_that_value_or_its_key_begins(value, indent):
    import json

    text = json.dumps([value], indent=indent)
    places = list(_places([value]))
    lines = text.split("\n")
    for parts, (line, column) in spots(text, places).items():
        rest = lines[line - 1][column - 1 :]
        last = parts[-1] if parts else 0
        shown = json.dumps(last) if isinstance(last, str) else json.dumps(_at([value], parts), indent=indent)[:1]
        assert rest.startswith(shown)
    assert read_any(text) == [value]


def _places(node, parts=()):
    yield parts
    for key, below in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _places(below, (*parts, key))


def _at(node, parts):
    for part in parts:
        node = node[part]
    return node


def test_text_gives_places_and_an_object_gives_none():
    text = "openapi: 3.1.0\ninfo:\n  title: 5\n  version: '1'\npaths: {}\n"
    (fault,) = validate(text)[1].errors
    assert (fault.pointer, fault.line, fault.column) == ("/info/title", 3, 3)
    (fault,) = validate(read_any(text))[1].errors
    assert (fault.pointer, fault.line, fault.column) == ("/info/title", None, None)
