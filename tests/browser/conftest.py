"""report.html in the system's Chromium: no browser is downloaded, nothing of the machine's profile is used."""

import shutil

import pytest

from sluice.reports.formats.html import render
from sluice.reports.summary import view_of_gate
from unit.reports.runs import a_finding, a_gate, empty_run, hostile_run, partial_run, passed_run, planted_run

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RUNS = {
    "passed": passed_run,
    "partial": partial_run,
    "planted": planted_run,
    "empty": empty_run,
    "hostile": hostile_run,
    "gate": lambda: view_of_gate(a_gate("failed", a_finding()), name="shop"),
}


@pytest.fixture(scope="module")  # its event loop must not outlive these tests
def chromium():
    found = next((path for path in map(shutil.which, EXECUTABLES) if path), None)
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def addresses(tmp_path_factory):
    """Each report as a file, by the name of its run."""
    folder = tmp_path_factory.mktemp("reports")
    for name, run in RUNS.items():
        (folder / f"{name}.html").write_text(render(run()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in RUNS}


@pytest.fixture
def visit(chromium, addresses):
    """Opens a report; at the end, nothing but the page itself may have been asked for and nothing logged."""
    contexts, complaints = [], []

    def asked(request):
        if not request.url.startswith(("data:", *addresses.values())):
            complaints.append(f"asked for {request.url}")

    def visit(name, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", asked)
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(addresses[name])
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []
