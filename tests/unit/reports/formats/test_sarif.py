import json
from pathlib import Path

import jsonschema
import pytest

from sluice.model.finding import CheckRun, LayerResult
from sluice.reports.formats.sarif import render
from unit.reports.runs import a_finding, a_gate, a_view

# The OASIS schema as shipped in the npm package @microsoft/sarif-multitool-linux 5.7.0 (MIT).
SCHEMA = Path(__file__).parents[3] / "data" / "reports" / "sarif-2.1.0.schema.json"


@pytest.fixture(scope="module")
def official():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())


def run_of(view):
    return json.loads(render(view))["runs"][0]


def results(*findings, **fields):
    return run_of(a_view(a_gate("failed", *findings, **fields)))["results"]


def location(finding):
    return results(finding)[0]["locations"][0]["physicalLocation"]


def test_it_validates_against_the_official_schema(official, any_view):
    assert list(official.iter_errors(json.loads(render(any_view)))) == []


def test_every_result_has_a_rule_with_help_and_a_level(partial_view):
    run = run_of(partial_view)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"]
        assert rule["shortDescription"]["text"]
    assert [result["level"] for result in run["results"]] == ["note", "error", "warning", "error"]


def test_a_rule_shows_the_title_and_help_of_its_check(partial_view):
    rule = next(r for r in run_of(partial_view)["tool"]["driver"]["rules"] if r["id"] == "LOG-001")
    assert rule["shortDescription"]["text"] == "No print() in production code"
    assert rule["help"]["text"] == "No print() in production code\n\nWhat to do: Use the `logging` module."
    assert rule["help"]["markdown"].startswith("**No print() in production code**")


def test_only_rules_of_security_have_a_security_severity():
    findings = [a_finding(check="SEC-SCAN-001"), a_finding("warning", check="CORS-001"), a_finding()]
    rules = run_of(a_view(a_gate("failed", *findings)))["tool"]["driver"]["rules"]
    scores = {rule["id"]: rule["properties"].get("security-severity") for rule in rules}
    assert scores == {"CORS-001": "5.0", "DOCKER-001": None, "LOG-001": None, "SEC-SCAN-001": "8.0"}


def test_a_snippet_shows_no_credential():
    found = location(a_finding(check="SEC-SCAN-001", evidence="token: hunter2hunter2"))
    assert found["region"]["snippet"]["text"] == "token: •••••• redacted"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a/b c.py", "a/b%20c.py"),
        ("/etc/passwd", "etc/passwd"),
        ("../../etc/passwd", "etc/passwd"),
        ("http://evil/x", "http%3A/evil/x"),
        ("ü#?.py", "%C3%BC%23%3F.py"),
        ("", "loan-service"),
    ],
)
def test_uris_are_relative_and_stay_below_their_base(path, uri):
    artifact = location(a_finding(path=path))["artifactLocation"]
    assert artifact == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_finding_about_a_whole_file_or_system_still_has_a_place():
    assert location(a_finding(line=0, column=0))["region"]["startLine"] == 1
    assert location(a_finding(path="", service=""))["artifactLocation"]["uri"] == "."


def test_fingerprints_survive_line_moves_and_tell_twins_apart():
    def prints(*findings):
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results(*findings)]

    assert prints(a_finding(line=1)) == prints(a_finding(line=99))
    assert prints(a_finding()) != prints(a_finding(check="LOG-002"))
    assert len(set(prints(a_finding(fingerprint=""), a_finding(fingerprint="", line=3)))) == 2


def test_suppressed_findings_are_marked_with_their_reason_and_others_say_that_they_are_not():
    hidden = a_finding(fingerprint="other", hint="suppressed: a command-line tool")
    known = a_finding(fingerprint="third", hint="known: in the baseline")
    one, two, three = results(a_finding(), suppressed=[hidden, known])
    assert one["suppressions"] == []
    assert two["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "a command-line tool"}]
    assert three["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]


def test_a_crashed_check_is_reported_as_an_unsuccessful_execution():
    layer = LayerResult(number=3, name="system", status="error", checks=(CheckRun(check="X-1", layer=3, error="boom"),))
    invocation = run_of(a_view(a_gate("failed", layers=[layer])))["invocations"][0]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "X-1: boom"


def test_a_gate_that_did_not_run_is_not_a_clean_result(empty_view):
    run = run_of(empty_view)
    assert run["results"] == []
    assert not run["invocations"][0]["executionSuccessful"]
