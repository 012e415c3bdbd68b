"""STATE.JSON is a claim, whatever stands in it."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.model.build import BuilderClaim, TestCounts
from sluice.phases.build.state import MAX_BYTES, parse_builder_state

WHOLE = {
    "status": "success",
    "summary": {"endpoints": 5, "notes": ["a", {"b": 1.5}]},
    "files": ["app/main.py"],
    "tests": {"total": 12, "passed": 11, "failed": 0, "skipped": 1},
    "convergence": 0.5,
    "notes": ["all good"],
}


def parsed(tmp_path: Path, content: bytes) -> BuilderClaim:
    path = tmp_path / "STATE.JSON"
    path.write_bytes(content)
    return parse_builder_state(path)


@pytest.mark.req("R0-054", "R0-223")
def test_a_whole_state_is_read_as_it_stands(tmp_path: Path) -> None:
    claim = parsed(tmp_path, json.dumps(WHOLE).encode())

    assert claim == BuilderClaim(
        status="success",
        summary={"endpoints": 5, "notes": ["a", {"b": 1.5}]},
        files=("app/main.py",),
        tests=TestCounts(total=12, passed=11, failed=0, skipped=1),
        convergence=0.5,
        notes=("all good",),
    )


def test_no_file_is_a_missing_claim(tmp_path: Path) -> None:
    assert parse_builder_state(tmp_path / "STATE.JSON") == BuilderClaim(status="missing")


@pytest.mark.req("R0-223")
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (json.dumps(WHOLE).encode()[:-20], "not JSON"),
        (b'{"status": "succ\xff"}', "not UTF-8"),
        (b"[1, 2]", "not an object"),
        (b'"success"', "not an object"),
        (b'{"status": NaN}', "NaN is not JSON"),
        (b'{"status": "success", "convergence": -Infinity}', "-Infinity is not JSON"),
        (b'{"status": true}', "`status` is not a string"),
        (b"{}", "`status` is not a string"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"status": "success", "summary": ' + b'{"a":' * 100_000, "nested too deeply"),
        (b'{"status": "success", "tests": {"total": ' + b"9" * 5000 + b"}}", "not JSON"),
        (b" " * (MAX_BYTES + 1), f"larger than {MAX_BYTES} bytes"),
    ],
)
def test_a_broken_file_is_unreadable_and_says_why(content: bytes, why: str, tmp_path: Path) -> None:
    assert parsed(tmp_path, content) == BuilderClaim(status="unreadable", notes=(why,))


@pytest.mark.req("R0-223")
def test_what_is_not_a_regular_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(json.dumps(WHOLE))
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")

    for name in ("link", "directory", "pipe"):
        assert parse_builder_state(tmp_path / name).status == "unreadable"
    assert parse_builder_state(tmp_path / "real" / "STATE.JSON").status == "unreadable"


def test_values_of_wrong_types_are_left_out(tmp_path: Path) -> None:
    state = {
        "status": "success",
        "summary": [1],
        "files": [1, None, "app/main.py", ["x"]],
        "tests": {"total": "12", "passed": True, "failed": -1, "skipped": 1.0},
        "convergence": 7,
        "notes": {"a": 1},
    }

    claim = parsed(tmp_path, json.dumps(state).encode())

    assert claim == BuilderClaim(status="success", files=("app/main.py",))


def test_a_summary_may_be_a_sentence(tmp_path: Path) -> None:
    claim = parsed(tmp_path, b'{"status": "success", "summary": "five endpoints"}')

    assert claim.summary == {"text": "five endpoints"}


def test_texts_are_printable_and_bounded(tmp_path: Path) -> None:
    state = {"status": "\x1b[2Jsuccess\ud800", "notes": ["n" * 100_000], "summary": {"\x07": "\x1b]0;title"}}

    claim = parsed(tmp_path, json.dumps(state).encode())

    assert claim.status == " [2Jsuccess "
    assert len(claim.notes[0]) == 500
    assert claim.summary == {" ": " ]0;title"}


def test_numbers_that_json_cannot_carry_are_left_out(tmp_path: Path) -> None:
    claim = parsed(tmp_path, b'{"status": "s", "summary": {"a": 1e999, "b": 1' + b"0" * 30 + b', "c": 2}}')

    assert claim.summary == {"a": None, "b": None, "c": 2}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys(WHOLE, JSON))
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(tmp_path: Path, content: bytes) -> None:
    """It is a claim, and one that can be stored."""
    claim = parsed(tmp_path, content)
    assert BuilderClaim.model_validate_json(claim.model_dump_json()) == claim


@pytest.mark.req("R0-223")
@QUIET
@given(content=st.binary(max_size=400))
def test_any_bytes_give_a_claim(content: bytes, tmp_path: Path) -> None:
    survives(tmp_path, content)


@pytest.mark.req("R0-223")
@QUIET
@given(state=FIELDS)
def test_any_json_gives_a_claim(state: dict[str, object], tmp_path: Path) -> None:
    survives(tmp_path, json.dumps(state).encode("utf-8", "surrogatepass"))


@pytest.mark.req("R0-223")
@QUIET
@given(cut=st.integers(0, 250), noise=st.binary(max_size=6))
def test_a_torn_state_gives_a_claim(cut: int, noise: bytes, tmp_path: Path) -> None:
    survives(tmp_path, json.dumps(WHOLE).encode()[:cut] + noise)
