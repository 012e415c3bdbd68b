import pytest

from sluice.model.build import BuilderClaim, BuilderResult, BuildResults, Measurement, TestCounts

GOOD = Measurement(files=3, tests=TestCounts(total=4, passed=4))


def result(service="svc", *, success=True, measured=GOOD, claim=None):
    return BuilderResult(
        service=service,
        builder="template",
        status="success" if success else "failed",
        success=success,
        measured=measured,
        claim=claim or BuilderClaim(status="success", tests=measured.tests),
    )


@pytest.fixture
def judged(compute_check):
    def judge(check, *results):
        return compute_check(check, {}, services=[], build=BuildResults(results=results))

    return judge


@pytest.mark.req("R0-080", "R0-215")
def test_delivered_and_tested_services_are_left_alone(judged):
    for check in ("BUILD-001", "BUILD-002", "BUILD-003", "BUILD-004"):
        assert judged(check, result("a"), result("b")) == []


@pytest.mark.req("R0-080", "R0-215")
def test_a_failed_builder_is_named_with_what_was_measured(judged):
    failed = result("b", success=False, measured=Measurement(problems=("no file was written",)))
    (finding,) = judged("BUILD-001", result("a"), failed)
    assert (finding.service, finding.evidence) == ("b", "no file was written")


@pytest.mark.parametrize(
    ("measured", "claim", "success"),
    [
        (Measurement(problems=("no file was written",)), BuilderClaim(status="success"), False),
        (GOOD, BuilderClaim(status="success", tests=TestCounts(total=9, passed=9)), True),
        (GOOD, BuilderClaim(status="success", files=("a", "b", "c", "d")), True),
        (
            Measurement(files=1, tests=TestCounts(total=4, passed=3, failed=1)),
            BuilderClaim(status="failed", convergence=1.0),
            False,
        ),
    ],
    ids=["success", "tests", "files", "convergence"],
)
@pytest.mark.req("R0-080", "R0-215")
def test_a_claim_that_measuring_refutes_is_found(judged, measured, claim, success):
    assert len(judged("BUILD-002", result(measured=measured, claim=claim, success=success))) == 1


@pytest.mark.parametrize(("successes", "total", "found"), [(2, 3, 0), (1, 3, 1), (0, 3, 1), (3, 4, 0)])
@pytest.mark.req("R0-056", "R0-215")
def test_two_thirds_of_the_builders_must_succeed(judged, successes, total, found):
    results = [result(f"s{number}", success=number < successes) for number in range(total)]
    assert len(judged("BUILD-003", *results)) == found


@pytest.mark.parametrize("tests", [TestCounts(), TestCounts(total=3, passed=2, failed=1)])
def test_a_service_without_passing_tests_is_found(judged, tests):
    assert len(judged("BUILD-004", result(measured=Measurement(files=1, tests=tests)))) == 1
