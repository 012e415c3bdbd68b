import json

import pytest

from sluice.commands.output import Output
from sluice.commands.plugins import all_phases
from sluice.engine.journal import Event
from sluice.engine.plan import Action

HOSTILE = "[red]x[/red] \x1b[2J \u202e {{7*7}} größe 😀"
ROWS = [{"name": HOSTILE, "status": "running"}, {"name": "b", "status": "stopped"}]


def actions():
    return [Action(phase, "RUN", "there is no run yet") for phase in all_phases()]


def show_everything(output):
    output.sink(Event(seq=1, time="2026-01-01T00:00:00.000Z", type="warning", message="a port is taken"))
    output.table("stack", ROWS)


def test_with_json_only_the_document_is_on_stdout(capsys):
    with Output(json=True) as output:
        show_everything(output)
    out, err = capsys.readouterr()
    assert json.loads(out) == ROWS
    assert "a port is taken" in err


def test_without_json_everything_is_text_without_markup_or_control_codes(capsys):
    with Output(json=False) as output:
        show_everything(output)
    out, err = capsys.readouterr()
    assert err == ""
    assert "a port is taken" in out
    assert "[red]x[/red]" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_plan_is_one_row_a_phase(capsys):
    Output(json=True).plan(actions())
    rows = json.loads(capsys.readouterr().out)
    assert [row["phase"] for row in rows] == [phase.name for phase in all_phases()]
    assert {(row["action"], row["reason"]) for row in rows} == {("RUN", "there is no run yet")}


def test_a_plan_for_people_names_each_phase(capsys):
    Output(json=False).plan(actions())
    shown = capsys.readouterr().out
    assert all(phase.name in shown for phase in all_phases())


def test_an_empty_table_says_so(capsys):
    Output(json=False).table("runs", [])
    assert capsys.readouterr().out == "no runs\n"


@pytest.mark.parametrize("as_json", [True, False])
def test_lines_are_kept_as_they_are(as_json, capsys):
    lines = ["one", "[bold]two[/bold]", "x" * 500]
    Output(json=as_json).lines("log", lines)
    out = capsys.readouterr().out
    assert (json.loads(out)["log"] if as_json else out.splitlines()) == lines
