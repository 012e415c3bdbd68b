import pytest

from sluice.commands.bench import main, many_services_prd, overhead, union
from sluice.core.paths import RunPaths
from sluice.engine.journal import Journal
from sluice.services.architect.decompose import decompose


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


@pytest.mark.parametrize("count", [3, 12])
def test_the_prd_of_many_services_reads_as_so_many(count):
    found = decompose(many_services_prd(count))
    services = [service.name for service in found.service_map.services]
    assert len(services) == len(found.domain_model.entities) == count
    assert services[:2] == ["account-service", "thing-a-service"]
    assert [len(service.endpoints) for service in found.service_map.services] == [2] + [3] * (count - 1)


def test_main_prints_what_was_measured(monkeypatch, capsys):
    from sluice.commands import bench

    figures = [bench.Figure(name="resume", value=1.23456, unit="s", aim="<= 1.5")]
    asked = []
    monkeypatch.setattr(bench, "measure", lambda _directory, *, quick: asked.append(quick) or figures)
    assert main(["--json", "--quick"]) == main([]) == 0
    as_json, _, text = capsys.readouterr().out.partition("]\n")
    assert '"value": 1.235' in as_json
    assert "resume" in text
    assert "aim <= 1.5" in text
    assert asked == [True, False]
