import json

from sluice.reports.write import all_reports, write_reports


def test_every_report_is_written_and_named_relative_to_the_run(tmp_path, any_view):
    paths = write_reports(tmp_path / "reports", any_view)
    assert set(paths) == {"summary", "junit", "sarif", "html", "markdown"}
    assert all((tmp_path / path).stat().st_size for path in paths.values())
    assert len(list((tmp_path / "reports").iterdir())) == len(paths)


def test_the_written_summary_names_the_reports_beside_it(tmp_path, passed_view):
    paths = write_reports(tmp_path / "reports", passed_view)
    assert json.loads((tmp_path / paths["summary"]).read_text(encoding="utf-8"))["reports"] == paths


def test_the_same_run_gives_the_same_bytes(tmp_path, partial_view):
    first, second = tmp_path / "a" / "reports", tmp_path / "b" / "reports"
    write_reports(first, partial_view)
    write_reports(second, partial_view)
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in second.iterdir()}


def test_file_names_and_help_of_reports_are_distinct():
    reports = all_reports().values()
    assert len({report.filename for report in reports}) == len(reports) == len({report.help for report in reports})
