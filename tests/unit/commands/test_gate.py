import json
import xml.etree.ElementTree as ET

import jsonschema
import pytest

from sluice.commands import gate as gate_module
from sluice.commands.gate import Wanted, gate
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError
from sluice.reports.schema import schema_text

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


def judged(path, *, as_json=True, fresh=False, **files):
    wanted = Wanted(fresh=fresh, **{name: str(file) for name, file in files.items()})
    return gate(Options(json=as_json), path=path, wanted=wanted)


@pytest.mark.req("R0-084", "R0-092")
def test_findings_are_printed_as_json_and_written_as_sarif_junit_and_html(folder, here, printed_json):
    page = here / "out" / "gate.html"
    code = judged(folder(APP + LOUD), sarif=here / "out" / "gate.sarif", junit=here / "out" / "gate.xml", html=page)
    report = printed_json()
    loud = next(finding for finding in report["findings"] if finding["check"] == "LOG-001")
    assert (loud["path"].split("/")[-1], loud["line"]) == ("main.py", (APP + LOUD).count("\n"))
    assert code == (5 if report["verdict"] == "failed" else 0)
    results = json.loads((here / "out" / "gate.sarif").read_text())["runs"][0]["results"]
    assert "LOG-001" in {result["ruleId"] for result in results}
    names = {case.get("name") for case in ET.parse(here / "out" / "gate.xml").iter("testcase")}
    assert any("LOG-001" in name for name in names)
    assert "    print(name)" in page.read_text(), "the lines around the finding are shown"


@pytest.mark.parametrize(("code", "exit_code"), [(APP, 0), (APP + 'KEY = "AKIAIOSFODNN7EXAMPLQ"\n', 5)])
def test_the_exit_code_is_that_of_the_verdict(folder, printed_json, code, exit_code):
    assert judged(folder(code)) == exit_code
    assert (printed_json()["verdict"] == "failed") == (exit_code == 5)


def test_a_person_reads_the_verdict_and_the_findings(folder, capsys):
    judged(folder(APP + LOUD), as_json=False)
    shown = capsys.readouterr().out
    assert "LOG-001" in shown
    assert "thing-service" in shown


def test_code_that_does_not_parse_never_passes_unseen(folder, printed_json):
    assert judged(folder("def broken(:\n")) == 5
    assert printed_json()["verdict"] == "failed"


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
    assert [each for each in sorted(here.rglob("*")) if ".cache" not in each.parts] == before


def test_the_answer_is_what_its_schema_says_and_tells_what_did_not_run(folder, printed_json):
    judged(folder(APP))
    answer = printed_json()
    jsonschema.validate(answer, json.loads(schema_text("gate")))
    skipped = {each["check"] for each in answer["not_run"]}
    assert "DEAD-002" in skipped
    assert skipped.isdisjoint(finding["check"] for finding in answer["findings"])


def test_known_findings_do_not_block_and_new_ones_do(folder, here, printed_json):
    services = folder(APP + 'KEY = "AKIAIOSFODNN7EXAMPLQ"\n')
    known = here / "known.json"
    assert judged(services, write_baseline=known) == 5
    before = printed_json()["findings"]
    source = services / "thing-service" / "app" / "main.py"
    source.write_text("# moved by a line\n" + source.read_text())
    assert judged(services, baseline=known) == 0
    answer = printed_json()
    assert answer["findings"] == []
    assert {each["fingerprint"] for each in answer["suppressed"]} == {each["fingerprint"] for each in before}
    source.write_text(source.read_text() + 'OTHER = "AKIAIOSFODNN7QQMPLEA"\n')
    assert judged(services, baseline=known) == 5


@pytest.mark.parametrize("content", [None, "", "[]", '{"version": 2}', '{"version": 1, "findings": [{}]}'])
def test_what_is_no_baseline_is_refused(folder, here, content):
    known = here / "known.json"
    if content is not None:
        known.write_text(content)
    with pytest.raises(InputError, match="baseline"):
        judged(folder(APP), baseline=known)


def test_an_unchanged_folder_is_not_judged_twice_unless_asked(folder, monkeypatch, capsys):
    services, times = folder(APP), []
    judge = gate_module.run_gate
    monkeypatch.setattr(gate_module, "run_gate", lambda given: times.append(given) or judge(given))
    shown = []
    for fresh in (False, False, True):
        judged(services, fresh=fresh)
        shown.append(capsys.readouterr())
    assert len(times) == 2
    assert [json.loads(each.out)["verdict"] for each in shown] == [json.loads(shown[0].out)["verdict"]] * 3
    assert [("nothing has changed" in each.err) for each in shown] == [False, True, False]
    source = services / "thing-service" / "app" / "main.py"
    source.write_text(source.read_text() + LOUD)
    judged(services)
    assert len(times) == 3
