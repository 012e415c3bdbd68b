import json
import xml.etree.ElementTree as ET

import pytest

from sluice.commands.gate import gate
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError

APP = '''"""A service."""

import logging

from fastapi import FastAPI

app = FastAPI()


@app.middleware("http")
async def logged(request, call_next):
    answer = await call_next(request)
    logging.getLogger("requests").info("%s %s %s", request.method, request.url.path, answer.status_code)
    return answer


@app.get("/health")
def health():
    return {"status": "ok"}
'''
LOUD = "\n\ndef tell(name):\n    print(name)\n"


@pytest.fixture
def folder(here):
    """A folder with one service whose code a test gives."""

    def maker(code):
        path = here / "services" / "thing-service" / "app" / "main.py"
        path.parent.mkdir(parents=True)
        path.write_text(code)
        return here / "services"

    return maker


def judged(path, *, sarif="", junit="", html="", as_json=True):
    return gate(Options(json=as_json), path=path, sarif=str(sarif), junit=str(junit), html=str(html))


@pytest.mark.req("R0-084", "R0-092")
def test_findings_are_printed_as_json_and_written_as_sarif_junit_and_html(folder, here, printed_json):
    page = here / "out" / "gate.html"
    code = judged(folder(APP + LOUD), sarif=here / "out" / "gate.sarif", junit=here / "out" / "gate.xml", html=page)
    report = printed_json()
    loud = next(finding for finding in report["findings"] if finding["check"] == "LOG-001")
    assert (loud["path"].split("/")[-1], loud["line"]) == ("main.py", (APP + LOUD).count("\n"))
    assert code == (5 if report["overall_verdict"] == "failed" else 0)
    results = json.loads((here / "out" / "gate.sarif").read_text())["runs"][0]["results"]
    assert "LOG-001" in {result["ruleId"] for result in results}
    names = {case.get("name") for case in ET.parse(here / "out" / "gate.xml").iter("testcase")}
    assert any("LOG-001" in name for name in names)
    assert "    print(name)" in page.read_text(), "the lines around the finding are shown"


@pytest.mark.parametrize(("code", "exit_code"), [(APP, 0), (APP + 'KEY = "AKIAIOSFODNN7EXAMPLQ"\n', 5)])
def test_the_exit_code_is_that_of_the_verdict(folder, printed_json, code, exit_code):
    assert judged(folder(code)) == exit_code
    assert (printed_json()["overall_verdict"] == "failed") == (exit_code == 5)


def test_a_person_reads_the_verdict_and_the_findings(folder, capsys):
    judged(folder(APP + LOUD), as_json=False)
    shown = capsys.readouterr().out
    assert "LOG-001" in shown
    assert "thing-service" in shown


def test_code_that_does_not_parse_never_passes_unseen(folder, printed_json):
    assert judged(folder("def broken(:\n")) == 5
    assert printed_json()["overall_verdict"] == "failed"


@pytest.mark.usefixtures("here")
def test_a_folder_without_code_is_bad_input(here):
    with pytest.raises(InputError, match="no Python code"):
        judged(here)
    with pytest.raises(InputError, match="not a directory"):
        judged(here / "missing")


def test_nothing_is_written_into_the_judged_folder(folder, here):
    path = folder(APP)
    before = sorted(here.rglob("*"))
    judged(path)
    assert sorted(here.rglob("*")) == before
