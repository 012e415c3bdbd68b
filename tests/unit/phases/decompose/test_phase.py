import pytest

from sluice.core.errors import InputError
from sluice.core.mcp import ToolRejected
from sluice.phases.decompose.phase import _refusal, cycle
from sluice.services.architect.decompose import decompose
from sluice.services.architect.errors import PrdRefused


@pytest.mark.req("R0-034")
def test_what_the_architect_has_against_a_document_is_its_author_s_business():
    with pytest.raises(PrdRefused) as refused:
        decompose("nothing of use")
    error = _refusal(ToolRejected("the architect", "decompose", str(refused.value)))
    assert isinstance(error, InputError)
    assert error.brief == "the Architect refused the PRD: This is not a PRD that services can be derived from"
    assert error.details == refused.value.details
    assert error.hint == refused.value.hint


@pytest.mark.parametrize("text", ["", "it fell over", "Traceback\nline"])
def test_another_failure_of_the_architect_stays_what_it_is(text):
    rejected = ToolRejected("the architect", "decompose", text)
    assert _refusal(rejected) is rejected
    assert rejected.exit_code == 4


def test_a_circle_of_dependencies_is_named_and_a_chain_is_none():
    assert set(cycle({"a": ("b",), "b": ("c",), "c": ("a",)})) == {"a", "b", "c"}
    assert cycle({"a": ("b",), "b": ("c",), "c": ()}) == []
