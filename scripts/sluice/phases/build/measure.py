"""Everything that a builder claims, measured again; only this decides."""

from sluice.core import proc
from sluice.core.errors import SluiceError
from sluice.core.files import mark_ours, remove_ours, source_files, tree_digest
from sluice.model.build import BuilderClaim, Measurement, TestCounts
from sluice.model.contract import ContractSet
from sluice.phases.build.job import BuildJob
from sluice.phases.build.requirements import RUNTIME, TESTS, requirement_problems
from sluice.phases.build.routes import built_openapi, differences
from sluice.phases.build.suite import Suite, last_line, run_suite
from sluice.phases.build.tree import absent_claims, copy_sources, tree_problems


def measure(job: BuildJob, completed: proc.Completed, claim: BuilderClaim, outside: list[str]) -> Measurement:
    """Process, files, requirements, routes and tests; nothing is executed unless process and files are sound.

    A claim can only make things worse: it is compared with what was found, and believed when it says `failed`.
    """
    openapi = job.shop.ctx.artifacts.get(ContractSet).of(job.service, "openapi")
    known = Measurement(contract_digest=openapi.digest if openapi else "")
    unsound = [*_process_problems(job, completed, claim), *outside, *tree_problems(job.output)]
    if unsound:
        return known.model_copy(update={"problems": (*unsound, *_status_problems(claim))})
    pins = requirement_problems(job.output)
    problems, suite = (pins, Suite()) if pins else _execute(job)
    claims = [*_status_problems(claim), *absent_claims(job.output, claim)]
    counts = _count_problems(job, claim.tests, suite.counts)
    return known.model_copy(
        update={
            "files": sum(1 for _ in source_files(job.output)),
            "tests": suite.counts,
            "tree_digest": tree_digest(job.output),
            "problems": (*problems, *suite.problems, *counts, *claims),
        }
    )


def _process_problems(job: BuildJob, completed: proc.Completed, claim: BuilderClaim) -> list[str]:
    settings = job.shop.ctx.settings
    endings = {
        "wall": f"did not end within {settings.builder_timeout_s:g} s",
        "idle": f"was silent for {settings.builder_idle_timeout_s:g} s",
        "cancelled": "was interrupted",
    }
    if completed.exceeded:
        return [endings[completed.exceeded]]
    if not completed.code:
        return []
    ending = f"ended with code {completed.code}" if completed.code > 0 else f"died of signal {-completed.code}"
    return [f"{ending}{' but claims success' if claim.status == 'success' else ''}: {last_line(completed)}"]


def _status_problems(claim: BuilderClaim) -> list[str]:
    if claim.status == "missing":
        return ["left no STATE.JSON"]
    if claim.status == "unreadable":
        return [f"its STATE.JSON cannot be read: {', '.join(claim.notes)}"]
    return [] if claim.status == "success" else [f"says of itself: {claim.status}"]


def _count_problems(job: BuildJob, claimed: TestCounts, measured: TestCounts) -> list[str]:
    """Fewer passes than claimed, or fewer tests than before; more of either is no lie.  Nothing where none ran."""
    problems: list[str] = []
    if not measured.total:
        return problems
    if measured.passed < claimed.passed:
        problems.append(f"claimed {claimed.passed} passed, measured {measured.passed}")
    if measured.total < job.min_tests:
        problems.append(f"has {measured.total} tests where the attempt before had {job.min_tests}")
    return problems


def _execute(job: BuildJob) -> tuple[list[str], Suite]:
    """Import and test a copy of the output, which may then be littered; evidence is kept in `checks/`."""
    shop, bench, evidence = job.shop, job.directory / "bench", job.directory / "checks"
    evidence.mkdir()
    try:
        python = shop.environment([job.output / RUNTIME, job.output / TESTS])
        tree = copy_sources(job.output, mark_ours(bench) / job.service)
        with shop.scratch.lend(job.service) as variables, shop.ctx.span("builder_tests"):
            document, fault = built_openapi(job, tree, python, variables, evidence / "openapi.json")
            if document is None:
                return [fault], Suite()
            suite = run_suite(job, tree, python, variables, evidence / "junit.xml")
        return differences(job.contracts()["openapi"], document), suite
    except SluiceError as error:
        return [f"cannot be measured: {error.brief}"], Suite()
    finally:
        remove_ours(bench)
