import json
from importlib.resources import files

import jsonschema
import pytest

from sluice.commands import runs
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError
from sluice.engine import manifest
from sluice.engine.store import Store
from unit.reports.runs import a_build, a_finding, a_gate, an_integration, some_contracts

JSON = Options(json=True)
A, B = "20260101-000000-abcdef", "20260102-000000-abcdef"


@pytest.mark.usefixtures("here")
def test_an_empty_workspace_has_no_runs(printed_json, here):
    assert runs.runs(JSON) == 0
    assert printed_json() == []
    assert list(here.iterdir()) == []


def test_runs_are_listed_newest_first_and_damaged_ones_too(make_run, printed_json):
    make_run("20260101-000000-abcdef")
    make_run("20260102-000000-abcdef").manifest.write_text("{")
    (make_run("20260103-000000-abcdef").root.parent / "not-a-run").mkdir()
    runs.runs(JSON)
    rows = printed_json()
    assert [(row["run"], row["verdict"], row["prd"]) for row in rows] == [
        ("20260103-000000-abcdef", "unfinished", "things.md"),
        ("20260102-000000-abcdef", "unfinished", ""),
        ("20260101-000000-abcdef", "unfinished", "things.md"),
    ]


@pytest.mark.req("R4-13")
def test_the_reports_of_a_killed_run_can_be_written(make_run, printed_json):
    paths = make_run(events=[("phase.started", {"name": "health"})])
    assert runs.report(JSON, markdown=False, diff=[]) == 0
    written = {row["report"]: row["path"] for row in printed_json()}
    assert set(written) >= {"html", "junit", "markdown", "sarif", "summary"}
    summary = json.loads((paths.reports / "summary.json").read_text())
    assert (summary["verdict"], summary["reason"]) == ("failed", "interrupted in phase 1 (health)")


@pytest.mark.usefixtures("here")
def test_there_is_nothing_to_report_without_a_run():
    with pytest.raises(InputError, match="no run yet"):
        runs.report(JSON, markdown=False, diff=[])


def stored(make_run, run_id, *artifacts, verdict=""):
    paths = make_run(run_id)
    for artifact in artifacts:
        Store(paths).save(artifact, {})
    if verdict:
        ended = {"verdict": verdict, "ended": "2026-01-01T00:01:00.000Z", "seconds": 60.0}
        manifest.save(manifest.load(paths).model_copy(update=ended), paths)
    return paths


def test_a_run_that_ended_says_how_when_and_where(make_run, printed_json):
    stored(make_run, A, verdict="partial")
    runs.runs(JSON)
    (row,) = printed_json()
    assert (row["verdict"], row["seconds"], row["runtime"]) == ("partial", 60.0, "embedded")
    assert row["started"].endswith("Z")


def test_runs_for_people_name_the_prd_without_its_folder(make_run, capsys):
    stored(make_run, A, verdict="passed")
    runs.runs(Options())
    told = capsys.readouterr().out
    assert "1 min 00 s" in told
    assert "things.md" in told


def test_the_difference_of_two_runs_is_what_its_schema_says(make_run, printed_json):
    stored(make_run, A, some_contracts(), a_build(), an_integration(), a_gate(), verdict="passed")
    stored(make_run, B, some_contracts(), an_integration("GET /loans"), a_gate("failed", a_finding()))
    assert runs.report(JSON, markdown=False, diff=[A, B]) == 0
    told = printed_json()
    schema = json.loads(files("sluice.reports").joinpath("diff.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    assert (told["before"]["verdict"], told["after"]["verdict"]) == ("passed", "unfinished")
    assert [finding["check"] for finding in told["findings"]["new"]] == ["LOG-001"]
    assert [(c["operation"], c["before"], c["after"]) for c in told["compliance"]["changed"]] == [
        ("GET /loans", True, False)
    ]
    assert [change["name"] for change in told["digests"]] == ["loan-service", "member-service", "notice-service"]


def test_a_difference_is_said_in_words_too(make_run, capsys):
    stored(make_run, A, a_gate("failed", a_finding()), verdict="failed")
    stored(make_run, B, a_gate(), verdict="passed")
    runs.report(Options(), markdown=False, diff=[A, B])
    told = " ".join(capsys.readouterr().out.split())
    assert "Findings: 0 new, 1 fixed, 0 as before" in told
    assert "Contracts and sources are the same." in told


@pytest.mark.parametrize(
    ("diff", "problem"), [([A, ""], "two runs"), ([""], "two runs"), ([A, "../x"], "no run '../x'"), ([B, A], "no run")]
)
def test_a_difference_needs_two_runs_that_exist(make_run, diff, problem):
    make_run(A)
    with pytest.raises(InputError, match=problem):
        runs.report(JSON, markdown=False, diff=diff)


def test_the_markdown_summary_is_printed_alone(make_run, capsys):
    stored(make_run, A, verdict="failed")
    runs.report(Options(), markdown=True, diff=[])
    assert capsys.readouterr().out.startswith("## Sluice: failed\n")
