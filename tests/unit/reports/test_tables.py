from io import StringIO

from rich.console import Console

from sluice.engine.phase import Phase
from sluice.engine.plan import Action
from sluice.reports.tables import plan_table, rows_table


def shown(renderable, width=80):
    console = Console(file=StringIO(), width=width, highlight=False)
    console.print(renderable)
    return console.file.getvalue().splitlines()


def a_phase(number, name):
    return Phase(number=number, name=name, help="", consumes=(), produces=(), run=lambda _: None)


def test_the_plan_says_what_happens_to_each_phase_and_why():
    lines = shown(
        plan_table(
            [
                Action(a_phase(1, "health"), "SKIP", "nothing changed"),
                Action(a_phase(2, "smoke"), "RERUN", "[x] changed"),
            ]
        )
    )
    assert lines[0].split() == ["#", "phase", "action", "because"]
    assert lines[2].split(maxsplit=3) == ["1", "health", "SKIP", "nothing changed"]
    assert "[x] changed" in lines[3]


def test_rows_take_their_columns_from_their_keys():
    lines = shown(rows_table([{"name": "a", "status": "running"}, {"name": "b\x1b[2J", "status": "[red]stopped"}]))
    assert lines[0].split() == ["name", "status"]
    assert lines[2].split() == ["a", "running"]
    assert "[red]stopped" in lines[3]
    assert "\x1b" not in lines[3]


def test_no_rows_are_an_empty_table():
    assert "".join(shown(rows_table([]))).strip() == ""


def test_what_a_person_copies_stands_on_one_line_however_narrow_the_terminal():
    lines = shown(rows_table([{"run": "20260101-000000-abcdef", "why": "word " * 20}]), width=40)
    assert any(line.startswith("20260101-000000-abcdef ") for line in lines)
