"""The fix pass: the same check looks again, and nothing blocking stays open."""

from collections.abc import Callable, Sequence

import pytest

from sluice.model.build import BuilderResult
from sluice.model.finding import Finding, Severity
from sluice.phases.build.attempt import build
from sluice.phases.build.fix import feed_violations_to_builder, violations_of
from sluice.phases.build.job import BuildJob, Workshop

SERVICE = "shop-service"

MakeShop = Callable[..., Workshop]


def finding(message: str, severity: Severity = "error") -> Finding:
    return Finding(check="LOG-001", layer=3, severity=severity, message=message, service=SERVICE)


@pytest.mark.req("R0-224")
def test_a_violation_disappears_after_the_pass(make_shop: MakeShop) -> None:
    shop = make_shop("needs-fix")
    first = build(BuildJob(shop=shop, service=SERVICE))
    assert not first.success

    fixed = feed_violations_to_builder(shop, first, violations_of(first), violations_of)

    assert fixed.converged
    assert fixed.open == ()
    assert fixed.result.success
    assert fixed.result.attempt == 2
    assert "1 of 2 tests fail: test_bad" in fixed.result.fixed


@pytest.mark.req("R0-224")
def test_a_failing_test_that_was_deleted_is_not_mended(make_shop: MakeShop) -> None:
    shop = make_shop("deletes-tests")
    first = build(BuildJob(shop=shop, service=SERVICE))

    fixed = feed_violations_to_builder(shop, first, violations_of(first), violations_of)

    assert not fixed.converged
    assert "has 1 tests where the attempt before had 2" in fixed.result.measured.problems


@pytest.mark.req("R0-224")
@pytest.mark.parametrize(("severity", "converged"), [("error", False), ("warning", True), ("note", True)])
def test_the_pass_never_converges_with_a_blocking_violation_open(
    severity: Severity, converged: bool, make_shop: MakeShop
) -> None:
    shop = make_shop("honest", fix_passes=2)
    first = build(BuildJob(shop=shop, service=SERVICE))

    fixed = feed_violations_to_builder(shop, first, [finding("x")], lambda _result: [finding("x", severity)])

    assert fixed.converged is converged
    assert fixed.result.attempt == (2 if converged else 3)
    assert [violation.message for violation in fixed.open] == ["x"]


@pytest.mark.req("R0-224")
def test_the_check_looks_at_the_output_of_the_new_attempt(make_shop: MakeShop) -> None:
    shop = make_shop("honest")
    first = build(BuildJob(shop=shop, service=SERVICE))
    seen: list[BuilderResult] = []

    def recheck(result: BuilderResult) -> Sequence[Finding]:
        seen.append(result)
        return ()

    feed_violations_to_builder(shop, first, [finding("x")], recheck)

    assert [result.attempt for result in seen] == [2]


def test_a_sound_build_without_violations_is_not_built_again(make_shop: MakeShop) -> None:
    shop = make_shop("honest")
    first = build(BuildJob(shop=shop, service=SERVICE))

    assert feed_violations_to_builder(shop, first, (), violations_of).result is first


def test_without_fix_passes_the_violations_stay_open(make_shop: MakeShop) -> None:
    shop = make_shop("failing-tests", fix_passes=0)
    first = build(BuildJob(shop=shop, service=SERVICE))

    fixed = feed_violations_to_builder(shop, first, violations_of(first), violations_of)

    assert (fixed.result, fixed.open, fixed.converged) == (first, violations_of(first), False)
