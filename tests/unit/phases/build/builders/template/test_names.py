import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.phases.build.builders.template.names import (
    attribute,
    class_name,
    distinct,
    docstring,
    sentence,
    snake,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("OrderItem", "order_item"), ("HTTPServer", "http_server"), ("due-date", "due_date"), ("a b", "a_b"), ("…", "")],
)
def test_words_are_joined_by_underscores(text: str, expected: str) -> None:
    assert snake(text) == expected


@pytest.mark.parametrize("text", ["class", "match", "list", "json", "copy", "model_dump", "metadata", "self", "dt"])
def test_a_name_that_would_shadow_gets_an_underscore(text: str) -> None:
    assert attribute(text) == f"{text}_"


def test_the_name_of_a_key_is_kept() -> None:
    assert attribute("id") == "id"


@given(st.text(max_size=80))
def test_whatever_a_property_is_called_the_attribute_is_an_unreserved_identifier(text: str) -> None:
    name = attribute(text)

    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)
    assert not name.startswith("_")
    assert len(name) < 63


@given(st.text(max_size=80))
def test_whatever_a_schema_is_called_the_class_is_an_identifier(text: str) -> None:
    name = class_name(text)

    assert name.isidentifier()
    assert name.isascii()
    assert name[0].isupper()


@pytest.mark.parametrize("text", ["Error", "Exception", "ValueError", "None", "Base", "Outbox"])
def test_a_class_does_not_take_the_name_of_another(text: str) -> None:
    assert class_name(text) != text


def test_equal_names_are_numbered() -> None:
    taken: set[str] = set()

    assert [distinct("name", taken) for _ in range(3)] == ["name", "name_2", "name_3"]


@given(st.text(max_size=300))
def test_no_sentence_ends_a_docstring_or_opens_a_table_cell(text: str) -> None:
    line = sentence(text)

    assert len(line) <= 90
    assert not set(line) & set('"\\`|<>\n\r\x00')


def test_a_docstring_is_a_sentence() -> None:
    assert (docstring("lists orders"), docstring("Why?")) == ("Lists orders.", "Why?")
