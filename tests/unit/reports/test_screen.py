from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from sluice.reports.screen import render_gate, render_summary
from sluice.reports.summary import view_of_gate
from unit.reports.runs import a_finding, a_gate, a_view, phases


def shown(view, width=100, **options):
    console = Console(file=StringIO(), width=width, highlight=False, **options)
    console.print(render_summary(view))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(any_view, width):
    assert max(cell_len(line) for line in shown(any_view, width).splitlines()) <= width


def test_the_verdict_and_why_stand_last(partial_view):
    *_, verdict, reason = shown(partial_view).splitlines()
    assert verdict.startswith("PARTIAL ")
    assert reason == "notice-service was left out because it could not be built"


def test_no_colour_and_no_control_code_reach_a_pipe(hostile_view):
    assert "\x1b" not in shown(hostile_view)
    assert "\x00" not in shown(hostile_view)


def test_no_color_is_respected_on_a_terminal(monkeypatch, partial_view):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in shown(partial_view, force_terminal=True)
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[32m" in shown(partial_view, force_terminal=True, color_system="standard")


def test_markup_in_hostile_text_is_shown_not_obeyed():
    assert "[bold]x[/bold]" in shown(a_view(a_gate("failed", a_finding(message="[bold]x[/bold]"))))


def test_a_refused_phase_says_why_and_what_to_do():
    text = shown(a_view(of=phases(3, "refused", "only two services", "name a third service")))
    assert "only two services" in text
    assert "decompose: name a third service" in text


def test_services_show_state_share_and_address(partial_view):
    lines = shown(partial_view).splitlines()
    loan = next(line for line in lines if line.startswith("loan-service") and "http" in line)
    assert loan.split() == ["loan-service", "healthy", "1", "of", "2", "http://127.0.0.1:40000"]
    assert any("notice-service" in line and "not built" in line for line in lines)


def test_a_failed_step_shows_its_detail(hostile_view):
    line = next(line for line in shown(hostile_view).splitlines() if line.startswith("POST /loans"))
    assert "failed" in line
    assert "alert" in line


def test_many_findings_are_cut_to_the_worst_and_counted():
    notes = [a_finding("note", line=number) for number in range(1, 40)]
    text = shown(a_view(a_gate("failed", *notes, a_finding(line=77))))
    assert "main.py:77:5" in text
    assert "… and 25 more findings in the reports" in text


def test_reports_and_open_questions_are_named(passed_view):
    view = passed_view
    summary = view.summary.model_copy(update={"reports": {"html": "reports/report.html"}})
    text = shown(type(view)(**{**view.__dict__, "summary": summary}))
    assert "reports/report.html" in text
    assert "1 open question in the PRD" in text
    assert "FR-2" in text


def test_a_folder_s_gate_shows_layers_findings_and_the_verdict_last():
    console = Console(file=StringIO(), width=100, highlight=False)
    console.print(render_gate(view_of_gate(a_gate("failed", a_finding(message="prints")), name="shop")))
    lines = console.file.getvalue().splitlines()
    assert any(line.split()[:2] == ["3", "system"] for line in lines)
    assert any("prints" in line for line in lines)
    assert lines[-2].startswith("FAILED  shop in ")
