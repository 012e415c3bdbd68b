import json
from types import SimpleNamespace

import pytest

from sluice.commands.outcome import Finished, finish, stored_end, view_of_run, with_excerpts
from sluice.commands.plugins import all_phases
from sluice.core.errors import GateRefused
from sluice.core.files import write_atomic
from sluice.core.paths import RunPaths
from sluice.engine import manifest
from sluice.model.summary import Summary
from sluice.reports.report import RunView
from unit.reports.runs import a_finding, a_gate, a_view

RUN_ID = "20260101-000000-abcdef"


def ended(verdict, error=None):
    summary = Summary(run_id=RUN_ID, verdict=verdict, reason="so", runtime="embedded")
    return Finished(RunView(summary=summary), RunPaths.__new__(RunPaths), error)


@pytest.mark.parametrize(
    ("verdict", "strict", "code"),
    [
        ("passed", False, 0),
        ("passed", True, 0),
        ("partial", False, 0),
        ("partial", True, 6),
        ("failed", False, 5),
        ("failed", True, 5),
    ],
)
def test_the_exit_code_follows_from_the_verdict(verdict, strict, code):
    assert ended(verdict).exit_code(strict=strict) == code


def test_the_error_that_stopped_a_run_decides_its_code():
    assert ended("failed", GateRefused("no")).exit_code(strict=False) == 4
    assert ended("partial", GateRefused("no")).exit_code(strict=True) == 4


def test_a_killed_run_is_shown_as_far_as_it_came(make_run):
    paths = make_run(
        events=[
            ("phase.started", {"name": "health"}),
            ("phase.finished", {"name": "health", "status": "passed", "seconds": 1.5}),
            ("phase.started", {"name": "smoke"}),
            ("phase.finished", {"name": "register", "status": "glorious", "seconds": "x"}),
            ("phase.started", {"name": "no such phase"}),
        ]
    )
    summary = view_of_run(paths, all_phases(), runtime="embedded").summary
    assert [phase.status for phase in summary.phases[:4]] == ["passed", "interrupted", "not run", "error"]
    assert (summary.verdict, summary.seconds) == ("failed", 1.5)
    assert summary.reason == "interrupted in phase 2 (smoke)"


def test_the_summary_of_a_finished_run_is_taken_from_its_files(make_run):
    paths = make_run()
    stored = ended("passed").view.summary
    write_atomic(paths.reports / "summary.json", stored.model_dump_json())
    assert stored_end(paths) is None, "its manifest says that it has not ended"
    begun = manifest.load(paths)
    manifest.save(begun.model_copy(update={"ended": "2026-01-01T00:00:00.000Z"}), paths)
    assert stored_end(paths).view.summary == stored


@pytest.mark.parametrize("damage", ["", "{", '{"verdict": "glorious"}', "[1]"])
def test_a_damaged_summary_is_none(make_run, damage):
    paths = make_run()
    write_atomic(paths.reports / "summary.json", damage)
    assert stored_end(paths) is None


def test_a_report_says_what_a_run_came_from_and_leaves_out_what_is_not_known(make_run):
    paths = make_run()
    told = view_of_run(paths, all_phases(), runtime="embedded").provenance
    assert told["run"]["PRD digest"] == manifest.load(paths).prd_digest
    assert told["run"]["PRD"] == "things.md"
    assert "schemathesis" in told["versions"]
    assert "commit" not in told["run"]
    stored = manifest.load(paths)
    manifest.save(stored.model_copy(update={"git": manifest.GitState(commit="abc", dirty=True)}), paths)
    assert view_of_run(paths, all_phases(), runtime="embedded").provenance["run"]["commit"] == "abc with changes"


@pytest.mark.parametrize("damage", ["", "[]", '{"model": {"services": [1]}}', '{"model": {"services": {"a": 1}}}'])
def test_images_of_a_damaged_compose_model_are_left_out(make_run, damage):
    paths = make_run()
    write_atomic(paths.root / "compose" / "docker-compose.merged.json", damage)
    assert "images" not in view_of_run(paths, all_phases(), runtime="docker").provenance


def test_a_run_on_containers_says_which_images_it_used(make_run):
    paths = make_run()
    model = {"services": {"redis": {"image": "redis:7-alpine"}, "loan": {"build": "."}}}
    write_atomic(paths.root / "compose" / "docker-compose.merged.json", json.dumps({"model": model}))
    assert view_of_run(paths, all_phases(), runtime="docker").provenance["images"] == {"redis": "redis:7-alpine"}


def test_lines_around_a_finding_come_from_the_run_alone(make_run):
    paths = make_run()
    write_atomic(paths.root / "services" / "a.py", "one\ntwo\n")
    found = [a_finding(path=path, line=2) for path in ("services/a.py", "../../../outside.py", "services", "no.py")]
    (paths.root.parents[2] / "outside.py").write_text("secret\nsecret\n")
    view = with_excerpts(a_view(a_gate("failed", *found)), paths.root)
    assert {place: [line.text for line in lines] for place, lines in view.excerpts.items()} == {
        ("services/a.py", 2): ["one", "two"]
    }


def test_lines_of_a_run_with_planted_violations_come_from_the_planted_copy(make_run):
    paths = make_run()
    write_atomic(paths.root / "services" / "a.py", "healthy\n")
    write_atomic(paths.root / "planted" / "services" / "a.py", "planted\n")
    view = a_view(a_gate("failed", a_finding(path="services/a.py", line=1), planted=True))
    assert [line.text for line in with_excerpts(view, paths.root).excerpts["services/a.py", 1]] == ["planted"]


def test_the_first_report_of_a_run_knows_how_it_ended_and_the_manifest_is_written_last(make_run):
    paths = make_run()
    begun = manifest.load(paths)
    done = begun.model_copy(update={"ended": "2026-01-01T00:00:09.000Z", "memory": {"postgres": 95_000_000}})
    seen = []

    def emit(kind, *_, **__):
        seen.append((kind, bool(manifest.load(paths).ended)))

    def completed(verdict):
        seen.append((verdict, (paths.reports / "report.html").exists(), bool(manifest.load(paths).ended)))
        return done

    session = SimpleNamespace(
        paths=paths,
        phases=all_phases(),
        runner=SimpleNamespace(settings=SimpleNamespace(runtime="embedded")),
        completed=completed,
        journal=SimpleNamespace(emit=emit),
    )
    finished = finish(session, None)
    assert seen == [("failed", False, False), ("run.finished", True)]
    page = (paths.reports / "report.html").read_text()
    assert "95 MB" in page
    assert "2026-01-01T00:00:09.000Z" in page
    assert finished.view.summary.reports["html"] == "reports/report.html"
