import json

import pytest

from sluice.commands.pipeline import Options, phase, pipeline, resume, show_plan
from sluice.core.errors import InputError
from sluice.core.files import write_atomic
from sluice.engine.store import Store
from sluice.model.health import StackHealth

NAMES = ["health", "smoke", "decompose", "register", "build", "deploy", "gate"]


def rows(printed_json, options=None, **more):
    assert show_plan(options or Options(json=True), **more) == 0
    return {row["phase"]: (row["action"], row["reason"]) for row in printed_json()}


@pytest.mark.usefixtures("here")
def test_without_a_run_everything_would_run(printed_json):
    assert rows(printed_json) == dict.fromkeys(NAMES, ("RUN", "there is no run yet"))


@pytest.mark.usefixtures("here")
def test_the_plan_of_one_phase_holds_what_it_needs(printed_json):
    assert list(rows(printed_json, number=4)) == ["decompose", "register"]
    assert list(rows(printed_json, number=2)) == ["health", "smoke"]


@pytest.mark.parametrize("number", [0, 8, -1])
@pytest.mark.usefixtures("here")
def test_an_unknown_phase_is_bad_input(number):
    with pytest.raises(InputError, match="no phase"):
        phase(number, Options())


def test_the_plan_says_why_for_each_phase_and_touches_nothing(make_run, printed_json):
    inputs = {"sluice": "0.0.1", "runtime": "embedded"}
    paths = make_run(
        events=[
            ("phase.started", {"name": "health"}),
            ("phase.finished", {"name": "health", "status": "passed", "inputs": inputs}),
            ("phase.started", {"name": "smoke"}),
            ("phase.finished", {"name": "smoke", "status": "refused", "reason": "a tool is missing"}),
            ("phase.started", {"name": "decompose"}),
        ]
    )
    before = {path: path.read_bytes() for path in paths.root.rglob("*") if path.is_file()}
    assert rows(printed_json) == {
        "health": ("RERUN", "StackHealth is missing or damaged"),
        "smoke": ("RERUN", "it ended refused before: a tool is missing"),
        "decompose": ("RERUN", "it was interrupted"),
        **dict.fromkeys(NAMES[3:], ("RUN", "it has not run yet")),
    }
    Store(paths).save(StackHealth(runtime="embedded", stable_seconds=1.0), inputs)
    assert "sluice changed from 0.0.1" in rows(printed_json)["health"][1]
    assert {path: path.read_bytes() for path in paths.root.rglob("*") if path.is_file()}.items() >= before.items()


def test_a_phase_that_is_asked_for_runs_though_nothing_changed(make_run, printed_json):
    make_run(events=[("phase.finished", {"name": "decompose", "status": "passed"})])
    assert rows(printed_json, number=3)["decompose"] == ("RERUN", "you asked for it")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", [pipeline, lambda options: phase(3, options)])
def test_a_bad_prd_ends_before_anything_is_made(here, command):
    with pytest.raises(InputError, match="cannot read the PRD"):
        command(Options(prd=here / "missing.md", flags={"runtime": "embedded"}))
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("here")
def test_there_is_nothing_to_resume_without_a_run():
    with pytest.raises(InputError, match="no run yet"):
        resume(Options())


def test_a_hostile_stored_plan_is_shown_as_text(make_run, capsys):
    reason = "[red]x[/red]\x1b[2J"
    make_run(events=[("phase.finished", {"name": "health", "status": "refused", "reason": reason})])
    assert show_plan(Options()) == 0
    shown = capsys.readouterr().out
    assert "[red]x[/red]" in shown
    assert "\x1b" not in shown


def test_a_stored_prd_that_was_edited_runs_again(make_run, printed_json):
    paths = make_run(events=[("phase.finished", {"name": "decompose", "status": "passed", "inputs": {"prd": "x"}})])
    write_atomic(paths.artifacts / "Decomposition.json", json.dumps({}))
    write_atomic(paths.prd, "# Edited\n")
    assert rows(printed_json)["decompose"][0] == "RERUN"
