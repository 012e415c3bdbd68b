import pytest

from sluice.commands.bench.topics.pipeline import overhead, union
from sluice.core.paths import RunPaths
from sluice.engine.journal import Journal


@pytest.mark.parametrize(
    ("spans", "length"),
    [
        ([], 0),
        ([(1, 2)], 1),
        ([(1, 2), (3, 5)], 3),
        ([(3, 5), (1, 4)], 4),
        ([(1, 10), (2, 3), (4, 5)], 9),
        ([(1, 2), (2, 3), (1, 2)], 2),
    ],
)
def test_overlapping_spans_count_once(spans, length):
    assert union(spans) == length


def test_overhead_is_the_time_in_which_nobody_else_worked(tmp_path):
    paths = RunPaths(tmp_path / "20260101-000000-abcdef")
    journal = Journal(paths)
    journal.emit("span", kind="service_start", began=0.0, ended=4.0)
    journal.emit("span", kind="schemathesis", began=2, ended=8)
    journal.emit("span", kind="teardown", began=8.0, ended=10.0)
    journal.emit("note", kind="builder_tests", began=8.0, ended=10.0)
    journal.emit("span", kind="builder_tests", began="soon", ended=None)
    assert overhead(paths.journal, 10) == pytest.approx(0.2)


def test_more_work_of_others_than_time_is_no_negative_overhead(tmp_path):
    paths = RunPaths(tmp_path / "20260101-000000-abcdef")
    Journal(paths).emit("span", kind="service_start", began=0, ended=9)
    assert overhead(paths.journal, 3) == 0
