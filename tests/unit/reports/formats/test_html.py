from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from sluice.model.integration import FlowStep
from sluice.reports.excerpt import Line
from sluice.reports.formats.html import render
from sluice.reports.summary import view_of_gate
from sluice.reports.timeline import Bar
from unit.reports.runs import a_finding, a_gate, a_view

VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """Elements with their attributes and text; fails on unbalanced tags."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.texts = []
        self._open = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self._open[-1] if self._open else "", data))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(data for tag, data in self.texts if tag not in {"style", "script"}).split())


@pytest.fixture
def any_page(any_view):
    return Page(render(any_view))


def test_the_verdict_and_why_are_the_first_heading(partial_view):
    text = Page(render(partial_view)).text
    assert "partial notice-service was left out because it could not be built Library · Run" in text


def test_nothing_is_fetched_and_nothing_runs_but_the_own_script(any_page):
    assert not {"img", "iframe", "object", "form", "base"} & {tag for tag, _ in any_page.elements}
    assert any_page.all("script") == [{}]
    for _, attributes in any_page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            assert attributes.get(name, "#").startswith(("#", "data:"))


@pytest.mark.parametrize("kind", ["style", "script"])
def test_the_content_security_policy_allows_exactly_the_style_and_the_script_of_the_page(any_page, kind):
    policy = next(meta["content"] for meta in any_page.all("meta") if "http-equiv" in meta)
    own = "".join(data for tag, data in any_page.texts if tag == kind)
    digest = b64encode(sha256(own.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"{kind}-src 'sha256-{digest}'" in policy


def test_every_link_inside_the_page_has_its_target_and_ids_are_unique(any_page):
    ids = [attributes["id"] for _, attributes in any_page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    targets = {a["href"].removeprefix("#") for a in any_page.all("a")}
    labels = {s["aria-labelledby"] for s in any_page.all("section")}
    assert targets | labels <= set(ids)


def test_hostile_text_is_shown_as_text(hostile_view):
    page = Page(render(hostile_view))
    assert "<script>alert(1)</script> ]]>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not any(character in page.text for character in "\x00\x1b\u202e")


def test_very_long_text_is_cut_and_says_so():
    page = Page(render(a_view(a_gate("failed", a_finding(evidence="x" * 10_000)))))
    assert "x" * 4000 in page.text
    assert "… 6000 more characters" in page.text
    assert "x" * 4001 not in page.text


def test_each_finding_shows_place_excerpt_hint_and_rule(partial_view):
    text = Page(render(partial_view)).text
    assert "loan-service/app/main.py:12:5" in text
    assert 'print("x")' in text
    assert "What to do: use the logger" in text
    assert "No print() in production code" in text
    assert "1 suppressed finding" in text


def test_findings_carry_what_the_filters_choose_by(partial_view):
    page = Page(render(partial_view))
    cards = [d for d in page.all("details") if "data-item" in d]
    assert [card["data-severity"] for card in cards] == ["error", "warning", "note", "error"]
    assert {select["data-key"] for select in page.all("select")} == {"severity", "check", "service", "result", "status"}


def test_a_finding_shows_the_lines_around_it_with_its_own_marked(partial_view):
    lines = (Line(11, "def f():"), Line(12, "    print('<b>')", hit=True))
    page = Page(render(replace(partial_view, excerpts={("loan-service/app/main.py", 12): lines})))
    assert {"class": "line hit"} in page.all("span")
    assert "print('<b>')" in page.text


def test_a_line_with_a_secret_is_never_shown():
    finding = a_finding(check="SEC-SCAN-001", evidence='PASSWORD = "hunter2hunter2"')
    text = render(a_view(a_gate("failed", finding)))
    assert "hunter2" not in text
    assert "PASSWORD = •••••• redacted" in text


def test_uncovered_requirements_stand_above_verified_ones(partial_view):
    text = Page(render(partial_view)).text
    assert text.index("FR-2") < text.index("FR-3") < text.index("FR-1")


def test_the_graph_shows_services_routes_and_events(passed_view):
    page = Page(render(passed_view))
    inside = [data for tag, data in page.texts if tag == "text"]
    assert "loan-service" in inside
    assert "/api/loan-service" in inside
    assert "LoanCreated" in inside
    kinds = sorted(p["class"] for p in page.all("path") if p.get("class", "").startswith("edge"))
    assert kinds == ["edge depends"] * 3 + ["edge event"]


def test_builders_have_a_bar_in_the_timeline_coloured_by_their_outcome(partial_view):
    bars = (
        Bar(kind="phase", name="build", start=0, seconds=10, status="passed"),
        Bar(kind="builder", name="notice-service", start=5, seconds=2.5),
    )
    page = Page(render(replace(partial_view, timeline=bars)))
    bar = {"class": "failed", "x": "50.00%", "y": "20%", "width": "25.00%", "height": "60%", "rx": "3"}
    assert bar in page.all("rect")


def test_provenance_names_digests_and_seed(passed_view):
    text = Page(render(passed_view)).text
    assert "sha256:" + "2" * 64 in text
    assert "loan-service.openapi 1.0.0 sha256:" in text
    assert "Seeds x 7" in text
    assert "Seeds contract tests 7" in Page(render(replace(passed_view, provenance={}))).text


def test_resources_show_what_each_server_used_and_the_sum(passed_view):
    text = Page(render(passed_view)).text
    assert "1.5 GB together" in text
    assert text.index("loan-service 1.4 GB") < text.index("postgres 95 MB")


def test_a_folder_judged_without_a_run_shows_the_gate_alone():
    page = Page(render(view_of_gate(a_gate("failed", a_finding()), name="shop")))
    assert [section["id"] for section in page.all("section")] == ["findings"]
    assert "Folder shop" in page.text
    assert "Checks run 2 of 2" in page.text


def test_a_run_that_hardly_began_says_what_has_not_run(empty_view):
    text = Page(render(empty_view)).text
    for sentence in ("The contract tests have not run.", "The quality gate has not run.", "No builder has run."):
        assert sentence in text


def test_a_status_is_said_once(passed_view):
    steps = (
        FlowStep(step="POST /a", service="one", ok=True, status=201, detail="201 {id}"),
        FlowStep(step="GET /b", service="two", ok=True, status=204, detail="as it should be"),
    )
    tested = passed_view.integration.model_copy(update={"flow": steps})
    told = " ".join(text for _, text in Page(render(replace(passed_view, integration=tested))).texts)
    assert told.count("201") == 1
    assert "status 204" in told


def test_of_very_many_findings_the_worst_are_shown_and_the_rest_counted():
    many = [a_finding("note", line=line) for line in range(1, 1200)]
    page = Page(render(a_view(a_gate("failed", *many, a_finding(check="LAST-001")))))
    shown = [card for card in page.all("details") if "data-item" in card]
    assert (len(shown), shown[0]["data-check"]) == (1000, "LAST-001")
    assert "The first 1000 of 1200 findings are here" in page.text


def test_the_same_run_gives_the_same_page(any_view):
    assert render(any_view) == render(any_view)
