"""Layer 1: what the builders delivered, as measured."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.model.build import BuilderResult, BuildResults
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts

_BUILD: Final = frozenset({"build"})


def _results(facts: Facts) -> Sequence[BuilderResult]:
    return facts.given.build.results if facts.given.build else ()


class BuilderSucceeded(Check[BuilderResult]):
    """Every builder delivers its service."""

    id, layer, severity, requires = "BUILD-001", 1, "error", _BUILD

    def subjects(self, facts: Facts) -> Sequence[BuilderResult]:
        """One for each service."""
        return _results(facts)

    def check(self, subject: BuilderResult, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """Builder {builder} did not deliver {service}: {status}.

        The last lines of its output stand in the run's `jobs` folder; the measured problems are its to-do list.
        """
        if not subject.success:
            problems = "; ".join(subject.measured.problems)
            values = {"builder": subject.builder, "service": subject.service, "status": subject.status}
            yield Hit(service=subject.service, evidence=problems or "; ".join(subject.claim.notes), values=values)


class ClaimIsTrue(Check[BuilderResult]):
    """A builder's STATE.JSON agrees with what was measured."""

    id, layer, severity, requires = "BUILD-002", 1, "error", _BUILD

    def subjects(self, facts: Facts) -> Sequence[BuilderResult]:
        """One for each service."""
        return _results(facts)

    def check(self, subject: BuilderResult, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """Builder {builder} claims {claim} for {service}, measured was {measured}.

        A claim never counts; mend the builder so that STATE.JSON tells what its own commands really gave.
        """
        for claim, measured in _lies(subject):
            values = {"builder": subject.builder, "service": subject.service, "claim": claim, "measured": measured}
            yield Hit(service=subject.service, evidence=f"claim: {claim}; measured: {measured}", values=values)


def _lies(result: BuilderResult) -> Iterator[tuple[str, str]]:
    claim, real = result.claim, result.measured
    claims_success = claim.status.lower() in {"success", "succeeded", "complete", "completed", "done", "passed"}
    if claims_success and not result.success:
        yield f"status {claim.status}", "; ".join(real.problems) or result.status
    if claim.tests.total and claim.tests.passed > real.tests.passed:
        yield f"{claim.tests.passed} passing tests", f"{real.tests.passed} of {real.tests.total}"
    if claim.convergence is not None and claim.convergence >= 1 and (real.tests.failed or real.problems):
        yield (
            f"convergence {claim.convergence:.2f}",
            f"{real.tests.failed} failing tests, {len(real.problems)} problems",
        )
    if len(claim.files) > real.files:
        yield f"{len(claim.files)} files", f"{real.files}"


class EnoughBuilders(Check[BuildResults]):
    """Enough builders succeed for the system to be worth judging."""

    id, layer, severity, requires = "BUILD-003", 1, "error", _BUILD

    def subjects(self, facts: Facts) -> Sequence[BuildResults]:
        """The results as a whole."""
        return (facts.given.build,) if facts.given.build else ()

    def check(self, subject: BuildResults, facts: Facts) -> Iterator[Hit]:
        """Only {successes} of {total} builders succeeded, needed are {share:.0%}.

        Mend the failed builders (BUILD-001 names them) and resume the run: what succeeded is kept.
        """
        successes, total = len(subject.successes), len(subject.results)
        share = facts.given.settings.min_builder_share
        if not successes or successes / total < share:
            yield Hit(values={"successes": successes, "total": total, "share": share})


class BuildIsTested(Check[BuilderResult]):
    """What a builder delivers passes tests of its own."""

    id, layer, severity, requires = "BUILD-004", 1, "warning", _BUILD

    def subjects(self, facts: Facts) -> Sequence[BuilderResult]:
        """One for each service."""
        return _results(facts)

    def check(self, subject: BuilderResult, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{passed} of {total} tests of {service} passed when they were run again.

        A service needs tests, and all of them must pass; run `pytest -q` in its folder.
        """
        tests = subject.measured.tests
        if subject.success and (not tests.total or tests.passed + tests.skipped < tests.total):
            values = {"passed": tests.passed, "total": tests.total, "service": subject.service}
            yield Hit(service=subject.service, values=values)


CHECKS: Final = (BuilderSucceeded(), ClaimIsTrue(), EnoughBuilders(), BuildIsTested())
