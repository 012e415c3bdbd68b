import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.services.contract_engine.specs.pointers import lookup, pointer, target_parts

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
