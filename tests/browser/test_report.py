import pytest

NARROW = {"width": 400, "height": 800}


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def violations(results):
    return [(found["id"], [node["html"] for node in found["nodes"]]) for found in results.response["violations"]]


def shown(page, selector):
    return [item for item in page.locator(selector).all() if item.is_visible()]


@pytest.mark.parametrize("name", ["passed", "partial", "planted", "empty", "hostile", "gate"])
def test_axe_finds_no_violation(visit, axe, name):
    page = visit(name, reduced_motion="reduce")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert violations(axe.run(page)) == []


@pytest.mark.parametrize("name", ["passed", "planted"])
def test_axe_finds_enough_contrast_in_the_dark(visit, axe, name):
    page = visit(name, color_scheme="dark", reduced_motion="reduce")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    only = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    assert violations(axe.run(page, options=only)) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("passed", "3 services healthy, 3 of 3 operations conform"),
        ("planted", "phase 7 (gate) refused: layer 3 failed: LOG-001"),
        ("empty", "interrupted in phase 1 (health)"),
    ],
)
def test_verdict_and_reason_are_seen_without_scrolling(visit, name, said):
    page = visit(name)
    heading = page.get_by_role("heading", level=1)
    assert said in heading.inner_text()
    assert heading.bounding_box()["y"] < 100


def test_every_link_leads_to_something_on_the_page(visit):
    page = visit("planted")
    links = {link.get_attribute("href") for link in page.locator("a").all()}
    assert {"#phases", "#findings", "#main"} <= links
    assert all(page.locator(link).count() == 1 for link in links)


@pytest.mark.parametrize("name", ["planted", "hostile"])
def test_a_narrow_window_never_scrolls_sideways(visit, name):
    page = visit(name, viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_findings_are_filtered_by_severity_service_and_text_together(visit):
    page = visit("planted")
    bar = page.locator("[data-filters='finding-list']")
    cards = "#finding-list [data-item]"
    assert len(shown(page, cards)) == 3
    bar.get_by_label("Severity").select_option("error")
    assert len(shown(page, cards)) == 2
    bar.get_by_label("Text").fill("password code")
    assert [card.get_attribute("data-check") for card in shown(page, cards)] == ["SEC-SCAN-001"]
    assert bar.locator("output").inner_text() == "1 of 3 findings"
    bar.get_by_role("button", name="Show all").click()
    bar.get_by_label("Service").select_option("member-service")
    assert [card.get_attribute("data-severity") for card in shown(page, cards)] == ["warning"]


def test_a_requirement_leads_to_the_operation_that_covers_it_even_when_a_filter_hides_it(visit):
    page = visit("planted")
    page.locator("[data-filters='operations']").get_by_label("Result").select_option("fails")
    page.locator("#traces").get_by_role("link", name="POST /loans").click()
    target = page.locator("#operations tr:target")
    assert target.locator("th").inner_text() == "POST /loans"
    assert target.is_visible()


def test_operations_are_filtered_and_sorted(visit):
    page = visit("planted")
    page.locator("[data-filters='operations']").get_by_label("Result").select_option("fails")
    assert [row.locator("code").first.inner_text() for row in shown(page, "#operations tbody tr")] == ["GET /loans"]
    page.locator("[data-filters='operations']").get_by_role("button").click()
    head = page.locator("#operations th", has_text="Service").first
    for order, services in (("ascending", ["loan", "loan", "member"]), ("descending", ["member", "loan", "loan"])):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == order
        told = page.locator("#operations tbody td:nth-child(2)").all_inner_texts()
        assert told == [f"{name}-service" for name in services]


def test_the_lines_around_a_finding_are_shown_and_a_secret_is_not(visit):
    page = visit("planted")
    lines = page.locator("#finding-list details").first.locator(".line")
    assert lines.count() == 7
    assert "12" in page.locator("#finding-list .hit").first.inner_text()
    assert "redacted" in page.locator("[data-check='SEC-SCAN-001'] .hit").inner_text()
    assert "hunter2" not in page.content()


def test_the_keyboard_reaches_skip_link_navigation_filters_and_findings(visit):
    page = visit("planted")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    wanted, reached = {"A", "SELECT", "INPUT", "BUTTON", "SUMMARY"}, set()
    for _ in range(120):
        page.keyboard.press("Tab")
        tag, outline = page.evaluate("(e => [e.tagName, getComputedStyle(e).outlineStyle])(document.activeElement)")
        assert outline != "none", f"{tag} has the focus and does not look so"
        reached.add(tag)
        if reached >= wanted:
            break
    assert reached >= wanted


def test_enter_opens_and_closes_a_finding(visit):
    page = visit("planted")
    first = page.locator("#finding-list details").first
    was_open = first.evaluate("d => d.open")
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.evaluate("d => d.open") is not was_open


def test_dark_and_light_differ_and_follow_the_system(visit):
    colours = {
        scheme: visit("passed", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert colours == {"light": "rgb(244, 245, 247)", "dark": "rgb(15, 18, 22)"}


def test_print_shows_what_is_folded_and_leaves_out_what_is_for_the_screen(visit):
    page = visit("planted", color_scheme="dark")
    page.emulate_media(media="print")
    folded = page.locator("details:not([open]) table").first
    assert folded.bounding_box()["height"] > 50
    assert shown(page, "nav, .filters") == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf(format="A4")) > 10_000


def test_without_scripts_everything_is_readable_and_nothing_dead_is_shown(visit):
    page = visit("planted", java_script_enabled=False)
    assert page.locator("#finding-list [data-item]").count() == 3
    assert page.locator(".filters").first.is_hidden()
    assert page.locator("thead button").count() == 0


def test_hostile_text_stays_text(visit):
    page = visit("hostile")
    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
    assert page.locator("script").count() == 1
    assert "49" not in page.locator("h1").inner_text()
