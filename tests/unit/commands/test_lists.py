import json

import pytest

from sluice.commands import lists
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError

JSON = Options(json=True)


@pytest.mark.usefixtures("here")
def test_an_empty_workspace_has_no_runs(printed_json, here):
    assert lists.runs(JSON) == 0
    assert printed_json() == []
    assert list(here.iterdir()) == []


def test_runs_are_listed_newest_first_and_damaged_ones_too(make_run, printed_json):
    make_run("20260101-000000-abcdef")
    make_run("20260102-000000-abcdef").manifest.write_text("{")
    (make_run("20260103-000000-abcdef").root.parent / "not-a-run").mkdir()
    lists.runs(JSON)
    rows = printed_json()
    assert [(row["run"], row["verdict"], row["prd"]) for row in rows] == [
        ("20260103-000000-abcdef", "unfinished", "things.md"),
        ("20260102-000000-abcdef", "unfinished", ""),
        ("20260101-000000-abcdef", "unfinished", "things.md"),
    ]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("listing", "key", "some"),
    [
        (lists.checks, "id", {"SEC-SCAN-001", "CORS-001", "LOG-001", "HEALTH-001", "SCHEMA-001"}),
        (lists.builders, "name", {"template", "command"}),
        (lists.runtimes, "name", {"embedded"}),
        (lists.phases, "name", {"health", "gate"}),
    ],
)
def test_plug_ins_are_listed_live_with_a_word_on_each(listing, key, some, printed_json):
    assert listing(JSON) == 0
    rows = printed_json()
    assert {row[key] for row in rows} >= some
    assert all(row.get("title") or row.get("help") or row.get("number") for row in rows)


@pytest.mark.req("R4-13")
def test_the_reports_of_a_killed_run_can_be_written(make_run, printed_json):
    paths = make_run(events=[("phase.started", {"name": "health"})])
    assert lists.report(JSON) == 0
    written = {row["report"]: row["path"] for row in printed_json()}
    assert set(written) >= {"html", "junit", "markdown", "sarif", "summary"}
    summary = json.loads((paths.reports / "summary.json").read_text())
    assert (summary["verdict"], summary["reason"]) == ("failed", "interrupted in phase 1 (health)")


@pytest.mark.usefixtures("here")
def test_there_is_nothing_to_report_without_a_run():
    with pytest.raises(InputError, match="no run yet"):
        lists.report(JSON)
