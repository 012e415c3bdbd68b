from markdown_it import MarkdownIt

from sluice.reports.formats.markdown import render
from unit.reports.runs import a_finding, a_gate, a_view, phases


def html(view):
    return MarkdownIt("commonmark").enable("table").render(render(view))


def test_the_verdict_and_why_stand_first(partial_view):
    assert render(partial_view).startswith(
        "## Sluice: partial\n\nnotice-service was left out because it could not be built\n"
    )


def test_hostile_text_is_shown_and_never_becomes_markup(hostile_view):
    page = html(hostile_view)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "`x`" in page
    assert "@someone" not in page
    assert "\x1b" not in page


def test_a_pipe_or_a_newline_does_not_break_a_table():
    finding = a_finding(message="a | b\nc", hint="*x* [y](z) _u_")
    page = html(a_view(a_gate("failed", finding)))
    assert "<td>a | b c</td>" in page
    assert "<td>*x* [y](z) _u_</td>" in page


def test_the_worst_findings_are_shown_and_the_rest_counted():
    page = render(a_view(a_gate("failed", *[a_finding("note", line=n) for n in range(30)], a_finding(line=99))))
    assert page.index("main.py:99") < page.index("main.py:1:")
    assert "… and 11 more." in page


def test_what_to_do_stands_beside_the_phase_that_refused():
    page = render(a_view(of=phases(3, "refused", "two services", "name a third")))
    assert "| 3 | decompose | refused |" in page
    assert "What to do after **decompose**: name a third" in page


def test_uncovered_and_failed_requirements_are_listed(partial_view):
    assert "FR-2: A member pays a fine." in render(partial_view)
    assert "FR-1:" not in render(partial_view)


def test_a_run_without_artifacts_has_only_its_phases(empty_view):
    page = render(empty_view)
    assert "interrupted in phase 1" in page
    assert "###" not in page


def test_it_is_never_too_long_for_a_comment_and_never_cut_inside_a_section():
    text = "@" * 400
    findings = [a_finding(message=text, hint=text, line=line) for line in range(40)]
    page = render(a_view(a_gate("failed", *findings), of=phases(3, "refused", text, text)))
    assert len(page) < 65_536
    assert page.endswith("Shortened: report.html has all of it.\n")
    assert page.count("<details>") == page.count("</details>")


def test_figures_say_how_much_of_how_much(partial_view):
    page = render(partial_view)
    assert "| 7 of 7 | 2 of 3 | 2 of 3 | 3 of 3 | 2 of 4 | 3 |" in page


def test_failed_operations_are_folded_with_their_failure(partial_view):
    page = render(partial_view)
    assert "<summary>1 operation that does not conform</summary>" in page
    assert "| loan-service | GET /loans | status 500 is not documented |" in page
