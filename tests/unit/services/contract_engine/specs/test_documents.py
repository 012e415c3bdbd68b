import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.services.contract_engine.specs.documents import MAX_DEPTH, UnreadableError, read
from sluice.services.contract_engine.specs.validate import validate

STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

BOMB = "\n".join(
    [
        f"{name}: &{name} [{', '.join([previous] * 10)}]"
        for name, previous in zip("abcdefg", ["x", *(f"*{c}" for c in "abcdef")], strict=True)
    ]
)


def rule_of(document):
    with pytest.raises(UnreadableError) as caught:
        read(document)
    return caught.value.fault


def test_json_and_yaml_text_give_the_same_document():
    assert read('{"openapi": "3.1.0", "x": [1, null]}') == read("openapi: 3.1.0\nx: [1, null]")


def test_yaml_keys_are_strings_and_dates_and_yes_stay_text():
    assert read("200: 2020-01-01\non: yes\nnull: ~") == {"200": "2020-01-01", "on": "yes", "null": None}


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ("", "document.object"),
        ("[1]", "document.object"),
        (["a"], "document.object"),
        (7, "document.object"),
        ("a: 1\na: 2", "document.duplicate-key"),
        ('{"a": 1, "a": 2}', "document.duplicate-key"),
        ('{"a": NaN}', "document.number"),
        ('{"a": ' + "1" * 5000 + "}", "document.number"),
        ("a: !!python/object/apply:os.system [id]", "document.tag"),
        ("a: &a\n  b: *a", "document.alias"),
        ("? [a]\n: b", "document.syntax"),
        ("--- 1\n--- 2", "document.syntax"),
        ("\0", "document.syntax"),
        ("a: .inf", "document.number"),
        ({"a": float("nan")}, "document.number"),
        ({"a": "\ud800"}, "document.text"),
        ({"\ud800": 1}, "document.text"),
        ("[" * 100_000, "document.depth"),
        ("- " * 100_000, "document.depth"),
        (BOMB, "document.size"),
    ],
)
def test_what_is_no_readable_object_is_named(document, rule):
    assert rule_of(document).rule == rule


def test_depth_is_limited_for_objects_too():
    document = {"a": 1}
    for _ in range(MAX_DEPTH + 1):
        document = {"a": document}
    error = rule_of(document)
    assert error.rule == "document.depth"
    assert error.parts[:2] == ("a", "a")


@STEADY
@given(st.text())
def test_any_text_ends_in_a_report(text):
    _, report = validate(text)
    assert not report.valid
    assert report.errors


@STEADY
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["$ref", "paths", "get", "schema", "components", "/x", "properties"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_object_under_a_specification_ends_in_a_report(value):
    for root in ({"openapi": "3.1.0"}, {"openapi": "3.0.3"}, {"asyncapi": "3.0.0"}):
        body = value if isinstance(value, dict) else {"paths": value, "channels": value, "info": value}
        _, report = validate({**body, **root})
        assert report.valid == (not report.errors)
