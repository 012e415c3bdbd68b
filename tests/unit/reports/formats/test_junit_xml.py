import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from sluice.model.finding import CheckRun, LayerResult
from sluice.reports.formats.junit_xml import render
from unit.reports.runs import a_gate, a_view, phases


def suites(view):
    return {suite.get("name"): suite for suite in ET.fromstring(render(view))}


def cases(suite):
    return {case.get("name"): (case[0].tag if len(case) else "passed") for case in suite}


# Element → attributes it must have, attributes it may have, children: what Jenkins' xUnit plug-in accepts (junit-10).
ALLOWED = {
    "testsuites": ((), ("name", "time", "tests", "failures", "errors"), ("testsuite",)),
    "testsuite": (("name", "tests", "failures", "errors"), ("time", "skipped", "timestamp"), ("testcase",)),
    "testcase": (("name",), ("time", "classname"), ("skipped", "error", "failure", "system-out")),
    "failure": ((), ("type", "message"), ()),
    "error": ((), ("type", "message"), ()),
    "skipped": ((), ("type", "message"), ()),
    "system-out": ((), (), ()),
}


def test_it_has_only_what_the_strictest_viewer_accepts(any_view):
    for element in ET.fromstring(render(any_view)).iter():
        must, may, children = ALLOWED[element.tag]
        assert set(must) <= set(element.keys()) <= {*must, *may}
        assert {child.tag for child in element} <= set(children)
        assert re.fullmatch(r"\d+\.\d{3}", element.get("time", "0.000"))


def test_suites_say_when_the_run_began_where_that_is_known(passed_view):
    known = replace(passed_view, provenance={"run": {"started": "2026-01-02T03:04:05.000Z"}})
    assert {suite.get("timestamp") for suite in suites(known).values()} == {"2026-01-02T03:04:05.000Z"}


def test_its_counts_are_right(any_view):
    root = ET.fromstring(render(any_view))
    for element, scope in [(root, root.iter("testcase")), *((suite, iter(suite)) for suite in root)]:
        found = [case[0].tag if len(case) else "passed" for case in scope]
        counts = {"tests": len(found), **{f"{kind}s": found.count(kind) for kind in ("failure", "error")}}
        counts |= {"skipped": found.count("skipped")} if element is not root else {}
        assert {name: int(element.get(name)) for name in counts} == counts


def test_suites_are_phases_builders_contracts_flow_and_gate(passed_view):
    assert list(suites(passed_view)) == [
        "phases",
        "builders",
        "contract.loan-service",
        "contract.member-service",
        "flow",
        "gate",
    ]


def test_an_operation_that_does_not_conform_is_a_failure_that_says_how_to_reproduce_it(partial_view):
    suite = suites(partial_view)["contract.loan-service"]
    assert cases(suite) == {"GET /loans": "failure", "POST /loans": "passed"}
    failure = suite.find("testcase/failure")
    assert failure.get("message") == "status 500 is not documented"
    assert "Reproduce: curl" in failure.text


def test_phases_map_to_failure_error_and_skipped():
    assert list(cases(suites(a_view(of=phases(1, "refused")))["phases"]).values())[:2] == ["failure", "skipped"]
    assert list(cases(suites(a_view(of=phases(1, "interrupted")))["phases"]).values())[:2] == ["error", "skipped"]


def test_a_refused_phase_carries_reason_and_hint():
    refused = suites(a_view(of=phases(2, "refused", "tool missing", "start it")))["phases"].find("testcase/failure")
    assert (refused.get("message"), refused.text) == ("tool missing", "What to do: start it")


def test_only_errors_fail_a_check_and_the_rest_is_kept_as_output(partial_view):
    suite = suites(partial_view)["gate"]
    assert cases(suite) == {"layer 3 LOG-001": "failure", "layer 3 DOCKER-001": "system-out"}
    first = suite.find("testcase/failure").text.splitlines()[0]
    assert first == "loan-service/app/main.py:12:5: error: print() in production code"


def test_crashed_and_skipped_checks_are_not_passed_checks():
    checks = (CheckRun(check="A", layer=1, error="boom"), CheckRun(check="B", layer=1, skipped="no Dockerfile"))
    gate = a_gate(layers=[LayerResult(number=1, name="builders", status="error", checks=checks)])
    assert cases(suites(a_view(gate))["gate"]) == {"layer 1 A": "error", "layer 1 B": "skipped"}


@pytest.mark.req("R0-081")
def test_contract_tests_that_could_not_run_are_an_error(passed_view):
    report = passed_view.integration
    broken = report.compliance[0].model_copy(update={"operations": (), "error": "schemathesis ended with code 2"})
    view = replace(passed_view, integration=report.model_copy(update={"compliance": (broken,)}))
    assert cases(suites(view)["contract.loan-service"]) == {"contract tests": "error"}


def test_hostile_text_comes_back_as_text_without_control_characters(hostile_view):
    root = ET.fromstring(render(hostile_view))
    texts = [text for element in root.iter() for text in (element.get("message"), element.text) if text]
    assert any("<script>alert(1)</script> ]]>" in text for text in texts)
    assert not any(character in text for text in texts for character in "\x00\x1b\u202e")
    assert root.find(".//script") is None
