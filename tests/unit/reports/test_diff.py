from sluice.model.run_diff import RunFacts
from sluice.reports.diff import compare
from unit.reports.runs import a_finding, a_gate, a_view, an_integration, empty_run, passed_run, phases

FACTS = (RunFacts(run="a", verdict="passed"), RunFacts(run="b", verdict="failed"))


def changes(before, after):
    return compare(before, after, facts=FACTS)


def lines(findings):
    return [finding.line for finding in findings]


def test_a_run_compared_with_itself_has_no_change():
    same = changes(passed_run(), passed_run())
    assert (same.findings.new, same.findings.fixed, same.compliance.changed, same.digests) == ((), (), (), ())
    assert all(phase.before == phase.after for phase in same.phases)


def test_findings_are_the_same_by_check_and_fingerprint_wherever_they_moved():
    before = a_view(a_gate("failed", a_finding(line=1), a_finding(line=2, fingerprint="f2")))
    after = a_view(a_gate("failed", a_finding(line=90), a_finding(line=3, check="X-1"), a_finding(line=5)))
    found = changes(before, after).findings
    assert (lines(found.same), lines(found.new), lines(found.fixed)) == ([90], [3, 5], [2])


def test_of_several_alike_only_those_that_went_are_fixed():
    three = a_view(a_gate("failed", *(a_finding(line=line, fingerprint="") for line in (1, 2, 3))))
    one = a_view(a_gate("failed", a_finding(line=9, fingerprint="")))
    found = changes(three, one).findings
    assert (lines(found.same), lines(found.new), lines(found.fixed)) == ([9], [], [2, 3])


def test_an_operation_that_one_run_did_not_test_is_a_change():
    compliance = changes(a_view(an_integration("GET /loans")), empty_run()).compliance
    assert (compliance.conforming_before, compliance.operations_before, compliance.operations_after) == (2, 3, 0)
    assert {(c.operation, c.before, c.after) for c in compliance.changed} == {
        ("GET /loans", False, None),
        ("POST /loans", True, None),
        ("POST /members", True, None),
    }


def test_contracts_and_sources_change_by_digest():
    found = changes(empty_run(), passed_run()).digests
    assert ("contract", "loan-service.openapi 1.0.0", "") in {(d.kind, d.name, d.before) for d in found}
    assert len(found) == 6


def test_each_phase_has_both_statuses_and_times():
    phase = changes(a_view(of=phases(2, "refused")), passed_run()).phases[1]
    assert (phase.phase, phase.before, phase.after, phase.seconds_before) == ("smoke", "refused", "passed", 1.5)
