"""The fix pass: violations go back to the builder, and the check that found them looks again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sluice.model.build import BuilderResult
from sluice.model.finding import Finding
from sluice.phases.build.attempt import build
from sluice.phases.build.job import BuildJob, Workshop

CHECK = "BUILD-001"

Recheck = Callable[[BuilderResult], Sequence[Finding]]


@dataclass(frozen=True, kw_only=True)
class FixPass:
    """`converged` only when the last attempt is sound and none of the violations that are still `open` blocks."""

    result: BuilderResult
    open: tuple[Finding, ...]
    converged: bool


def feed_violations_to_builder(
    shop: Workshop, result: BuilderResult, violations: Sequence[Finding], recheck: Recheck
) -> FixPass:
    """Up to `fix_passes` further attempts; `recheck` must be the check that found `violations`, on the new output."""
    found = tuple(violations)
    for _ in range(shop.ctx.settings.fix_passes):
        if _converged(result, found) or shop.cancelled.is_set():
            break
        job = BuildJob(
            shop=shop,
            service=result.service,
            attempt=result.attempt + 1,
            violations=found,
            min_tests=result.measured.tests.total,
        )
        made = build(job)
        remaining = tuple(recheck(made))
        gone = {v.message for v in found} - {v.message for v in remaining}
        result = made.model_copy(update={"fixed": tuple(sorted({*result.fixed, *gone}))})
        found = remaining
    return FixPass(result=result, open=found, converged=_converged(result, found))


def violations_of(result: BuilderResult) -> tuple[Finding, ...]:
    """The problems of a measurement as findings; blocking, all of them."""
    return tuple(
        Finding(check=CHECK, layer=1, severity="error", message=problem, service=result.service)
        for problem in result.measured.problems
    )


def _converged(result: BuilderResult, found: Sequence[Finding]) -> bool:
    return result.success and not any(finding.severity == "error" for finding in found)
