import json

import pytest

from sluice.core.paths import RunPaths
from sluice.engine.journal import Journal, read_events


@pytest.fixture
def paths(tmp_path):
    return RunPaths(tmp_path / "20260101-000000-abcdef")


@pytest.mark.req("R4-14")
def test_events_are_numbered_and_reach_file_log_and_sinks(paths):
    seen = []
    journal = Journal(paths, [seen.append])
    journal.emit("note", "first", answer=42)
    journal.emit("warning", "second\nline")
    assert [(event.seq, event.type, event.message) for event in read_events(paths.journal)] == [
        (1, "note", "first"),
        (2, "warning", "second\nline"),
    ]
    assert [event.data for event in seen] == [{"answer": 42}, {}]
    log = paths.log.read_text().splitlines()
    assert len(log) == 2
    assert "WARNING" in log[1]
    assert log[1].endswith("second line")


@pytest.mark.req("R0-212", "R0-162")
def test_a_torn_last_line_is_dropped_and_numbering_goes_on(paths):
    Journal(paths).emit("note", "whole")
    with paths.journal.open("a") as stream:
        stream.write('{"seq": 2, "time": "2026')
    Journal(paths).emit("note", "after the crash")
    lines = [json.loads(line) for line in paths.journal.read_text().splitlines()]
    assert [(line["seq"], line["message"]) for line in lines] == [(1, "whole"), (2, "after the crash")]


def test_text_that_is_no_unicode_is_written_all_the_same(paths):
    Journal(paths).emit("note", "broken \ud800 surrogate", detail="\udfff")
    assert "broken ? surrogate" in paths.log.read_text()
    assert [event.data for event in read_events(paths.journal)] == [{"detail": "?"}]


@pytest.mark.req("R0-162")
@pytest.mark.parametrize("damage", [b"\xff\xfe\n", b"{}\n", b"[1]\n", b'{"seq": "x"}\n', b"\x00\n"])
def test_what_follows_a_damaged_line_is_dropped_with_a_warning(paths, damage):
    for number in range(3):
        Journal(paths).emit("note", f"number {number}")
    first, *rest = paths.journal.read_bytes().splitlines(keepends=True)
    paths.journal.write_bytes(first + damage + b"".join(rest))
    Journal(paths).emit("note", "later")
    events = list(read_events(paths.journal))
    assert [(event.seq, event.type) for event in events] == [(1, "note"), (2, "warning"), (3, "note")]
    assert "3 lines after event 1 were dropped" in events[1].message


def test_an_event_without_words_is_not_in_the_log_for_people(paths):
    Journal(paths).emit("span", kind="teardown")
    Journal(paths).emit("note", "said")
    assert len(paths.log.read_text().splitlines()) == 1
    assert [event.type for event in read_events(paths.journal)] == ["span", "note"]
