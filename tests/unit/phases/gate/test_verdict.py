import pytest

from sluice.model.finding import CheckRun, Finding
from sluice.phases.gate.verdict import LAYERS, judge, judge_layer

RAN = CheckRun(check="X-001", layer=3, scanned=1)


def layer(number=3, *, checks=(RAN,), findings=(), run=True):
    return judge_layer(number, checks, findings, run=run)


def finding(severity, check="X-001"):
    return Finding(check=check, layer=3, severity=severity, message="m")


@pytest.mark.req("R0-092", "R0-208")
def test_the_four_layers_stand_in_order():
    assert list(LAYERS) == [1, 2, 3, 4]


@pytest.mark.req("R0-092")
@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], "passed"),
        ([finding("note")], "passed"),
        ([finding("warning")], "partial"),
        ([finding("warning"), finding("error")], "failed"),
        ([finding("error", "BUILD-001")], "partial"),
        ([finding("error", "BUILD-001"), finding("error")], "failed"),
    ],
)
def test_findings_decide_the_status_of_their_layer(findings, status):
    assert layer(findings=findings).status == status


def test_findings_of_other_layers_do_not_count():
    assert layer(4, findings=[finding("error")]).status == "passed"


def test_a_check_that_could_not_judge_makes_its_layer_an_error():
    broken = CheckRun(check="Y-001", layer=3, error="hadolint is not installed")
    result = layer(checks=(RAN, broken))
    assert (result.status, result.reason) == ("error", "Y-001 could not judge: hadolint is not installed")


def test_a_layer_without_a_single_check_that_ran_is_an_error_in_a_run_and_not_run_otherwise():
    skipped = CheckRun(check="Y-001", layer=3, skipped="needs a run")
    assert layer(checks=(skipped,)).status == "error"
    assert layer(checks=()).status == "error"
    assert layer(checks=(skipped,), run=False).status == "not run"


@pytest.mark.req("R0-092")
@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        (["passed", "passed", "passed", "passed"], "passed"),
        (["passed", "partial", "passed", "passed"], "partial"),
        (["passed", "partial", "failed", "passed"], "failed"),
        (["passed", "passed", "error", "passed"], "failed"),
        (["not run", "not run", "passed", "partial"], "partial"),
        (["not run", "not run", "passed", "not run"], "passed"),
        (["not run", "not run", "not run", "not run"], "failed"),
    ],
)
def test_the_worst_layer_that_ran_decides_the_verdict(statuses, verdict):
    layers = [layer(n, run=False).model_copy(update={"status": s}) for n, s in enumerate(statuses, 1)]
    assert judge(layers)[0] == verdict


def test_the_reason_names_layer_and_checks():
    _, reason = judge([layer(findings=[finding("error"), finding("error")])])
    assert reason == "layer 3 (generated code) failed: X-001 \u00d72"
