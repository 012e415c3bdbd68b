"""What builders claim and what was measured."""

from typing import Literal

from pydantic import Field

from sluice.model.base import Artifact, JsonObject, Model

BuildStatus = Literal["success", "failed", "timeout", "crashed", "interrupted"]


class TestCounts(Model):
    """Counts of one test run."""

    __test__ = False

    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0


class BuilderClaim(Model):
    """A builder's STATE.JSON, parsed: a claim until it is measured.

    `status` is the builder's word, or `missing` (no file) or `unreadable` (then `notes` says why).
    """

    status: str = "missing"
    summary: JsonObject = Field(default_factory=dict)
    files: tuple[str, ...] = ()
    tests: TestCounts = TestCounts()
    convergence: float | None = None
    notes: tuple[str, ...] = ()


class Measurement(Model):
    """What Sluice found itself; `problems` are sentences, empty when the build is real."""

    files: int = 0
    tests: TestCounts = TestCounts()
    contract_digest: str = ""
    tree_digest: str = ""
    problems: tuple[str, ...] = ()


class BuilderResult(Model):
    """One builder's outcome; `success` follows from the exit code and the measurement, never from the claim."""

    service: str
    builder: str
    status: BuildStatus
    success: bool
    attempt: int = 1
    exit_code: int | None = None
    seconds: float = 0.0
    output_dir: str = ""
    claim: BuilderClaim = BuilderClaim()
    measured: Measurement = Measurement()
    fixed: tuple[str, ...] = ()

    @property
    def pass_rate(self) -> float:
        """Measured share of tests that passed, 0.0 when none ran."""
        return self.measured.tests.passed / self.measured.tests.total if self.measured.tests.total else 0.0


class BuildResults(Artifact):
    """Phase 5: one result per service, sorted by service."""

    results: tuple[BuilderResult, ...] = ()

    @property
    def successes(self) -> tuple[BuilderResult, ...]:
        """The builds that count."""
        return tuple(result for result in self.results if result.success)
