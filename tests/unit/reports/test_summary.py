import pytest

from sluice.model.integration import IntegrationReport
from sluice.reports.summary import summarise, view_of
from unit.reports.runs import (
    HOSTILE,
    RUN_ID,
    a_build,
    a_decomposition,
    a_deployment,
    a_finding,
    a_gate,
    an_integration,
    artifacts,
    phases,
    some_contracts,
)

WHOLE = (some_contracts(), a_build(), a_deployment(), an_integration(), a_gate())


def judged(*items, of=None):
    return summarise(run_id=RUN_ID, runtime="embedded", phases=of or phases(), artifacts=artifacts(*items))


def test_a_run_passes_when_phases_services_flow_and_gate_all_passed():
    summary = judged(*WHOLE)
    assert summary.verdict == "passed"
    assert "3 of 3 operations conform" in summary.reason


def test_phases_that_were_skipped_because_nothing_changed_count_as_passed():
    kept = [phase.model_copy(update={"status": "skipped"}) for phase in phases()]
    assert judged(*WHOLE, of=kept).verdict == "passed"


@pytest.mark.req("R0-056")
def test_a_service_left_out_makes_the_run_partial_and_is_named():
    summary = judged(
        some_contracts(), a_build("notice-service"), a_deployment("notice-service"), an_integration(), a_gate()
    )
    assert summary.verdict == "partial"
    assert "notice-service" in summary.reason


@pytest.mark.req("R0-092")
def test_a_partial_gate_makes_the_run_partial_with_the_reason_of_the_gate():
    summary = judged(*WHOLE[:-1], a_gate("partial", a_finding("warning")))
    assert (summary.verdict, summary.reason) == ("partial", "layer 3 ended partial")


@pytest.mark.req("R0-092")
def test_a_failed_gate_fails_the_run_even_if_its_phase_was_recorded_as_passed():
    assert judged(*WHOLE[:-1], a_gate("failed", a_finding())).verdict == "failed"


@pytest.mark.parametrize(
    ("status", "said"),
    [("refused", "phase 3 (decompose) refused: too few"), ("error", "phase 3 (decompose) ended with an error: too few"),
     ("interrupted", "interrupted in phase 3 (decompose)"), ("not run", "phase 3 (decompose) has not run")],
)  # fmt: skip
def test_a_run_that_stopped_early_failed_and_names_the_phase(status, said):
    summary = judged(a_decomposition(), of=phases(3, status, "too few"))
    assert (summary.verdict, summary.reason) == ("failed", said)
    assert [service.name for service in summary.services] == ["loan-service", "member-service", "notice-service"]


def test_a_run_without_phases_failed():
    summary = summarise(run_id=RUN_ID, runtime="embedded", phases=[], artifacts=artifacts(*WHOLE))
    assert (summary.verdict, summary.reason) == ("failed", "no phase has run")


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ((a_build(), a_deployment(healthy=False), an_integration(), a_gate()), "no generated service is running"),
        ((a_build(), a_deployment("loan-service"), an_integration(), a_gate()), "loan-service was built but"),
        ((a_build(), a_deployment(), an_integration(flow_ok=False), a_gate()), "flow failed at POST /loans"),
        ((a_build(), a_deployment(), IntegrationReport(), a_gate()), "flow has not run"),
        ((a_build(), a_deployment(), a_gate()), "flow has not run"),
        ((a_build(), a_deployment(), an_integration()), "the quality gate left no report"),
        ((a_build(), a_deployment(), an_integration(), a_gate(planted=True)), "without seeing them"),
    ],
)
def test_passed_phases_do_not_hide_what_is_broken(items, said):
    summary = judged(some_contracts(), *items)
    assert summary.verdict == "failed"
    assert said in summary.reason


@pytest.mark.req("R0-096")
def test_a_run_with_planted_violations_never_passes():
    verdicts = [judged(*WHOLE[:-1], a_gate(v, planted=True)).verdict for v in ("passed", "partial", "failed")]
    assert verdicts == ["failed", "partial", "failed"]


def test_an_event_that_nobody_consumed_breaks_the_flow():
    report = an_integration()
    lost = report.model_copy(update={"events": (report.events[0].model_copy(update={"consumed_by": ()}),)})
    summary = judged(*WHOLE[:3], lost, a_gate())
    assert (summary.verdict, summary.reason) == ("failed", "the cross-service flow failed at LoanCreated")
    assert [(step.step, step.ok) for step in summary.flow][-1] == ("event LoanCreated", False)


def test_services_and_compliance_are_what_was_measured():
    summary = judged(
        some_contracts(), a_build("notice-service"), a_deployment("notice-service"), an_integration("GET /loans")
    )
    assert [(s.name, s.built, s.healthy, bool(s.url)) for s in summary.services] == [
        ("loan-service", True, True, True),
        ("member-service", True, True, True),
        ("notice-service", False, False, False),
    ]
    assert (summary.compliance.operations, summary.compliance.conforming) == (3, 2)
    assert [(r.service, r.ratio) for r in summary.compliance.per_service] == [
        ("loan-service", 0.5),
        ("member-service", 1.0),
    ]


def test_the_reason_is_always_one_printable_line():
    reason = judged(of=phases(2, "error", HOSTILE)).reason
    assert "\n" not in reason
    assert reason.isprintable()
    assert len(reason) <= 500


def test_the_view_holds_every_artifact_that_exists():
    stored = artifacts(a_decomposition(), *WHOLE)
    view = view_of(judged(*WHOLE), stored)
    assert None not in (view.decomposition, view.contracts, view.build, view.deployment, view.integration, view.gate)
    assert view_of(judged(*WHOLE), artifacts()).gate is None
