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
