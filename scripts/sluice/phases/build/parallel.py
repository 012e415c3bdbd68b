"""Builds services: one attempt, its fix passes, and all of them at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sluice.core import proc
from sluice.core.errors import SluiceError
from sluice.model.build import BuilderResult, BuildStatus, Measurement
from sluice.phases.build.guard import outside_problems, snapshot
from sluice.phases.build.job import BuildJob, Workshop, generate_builder_config, invoke_builder
from sluice.phases.build.measure import measure
from sluice.phases.build.outcome import install
from sluice.phases.build.state import parse_builder_state


def build(job: BuildJob) -> BuilderResult:
    """One attempt: configure, run, measure, install what is sound.  A builder that cannot be run is a result too."""
    emit, where = job.shop.ctx.emit, {"service": job.service, "attempt": job.attempt}
    emit("builder.started", f"{job.service}: attempt {job.attempt} with {job.shop.builder.name}", **where)
    try:
        result = _attempt(job)
    except SluiceError as error:
        result = _result(job, "crashed", Measurement(problems=(f"cannot be run: {error.brief}",)))
    if result.success:
        install(job)
    outcome = f"built, {result.measured.tests.passed} tests passed" if result.success else result.status
    reason = "".join(f"; {problem}" for problem in result.measured.problems)
    emit("builder.finished", f"{job.service}: {outcome} after {result.seconds:.1f} s{reason}", **where)
    return result


def _attempt(job: BuildJob) -> BuilderResult:
    config = generate_builder_config(job)
    before = snapshot(job)
    completed = invoke_builder(job, config)
    outside = outside_problems(job, before)
    claim = parse_builder_state(job.state_file)
    measured = measure(job, completed, claim, outside)
    result = _result(job, _status(job, completed, measured), measured)
    facts = {"claim": claim, "exit_code": completed.code, "seconds": round(completed.seconds, 3)}
    return result.model_copy(update=facts)


def _status(job: BuildJob, completed: proc.Completed, measured: Measurement) -> BuildStatus:
    if job.shop.cancelled.is_set():
        return "interrupted"
    if completed.exceeded:
        return "timeout"
    if completed.code < 0:
        return "crashed"
    return "failed" if completed.code or measured.problems else "success"


def _result(job: BuildJob, status: BuildStatus, measured: Measurement) -> BuilderResult:
    run = job.shop.ctx.run
    place = run.service(job.service) if status == "success" else job.output
    return BuilderResult(
        service=job.service,
        builder=job.shop.builder.name,
        status=status,
        success=status == "success",
        attempt=job.attempt,
        output_dir=place.relative_to(run.root.resolve()).as_posix(),
        measured=measured,
    )


def run_parallel_builders(
    shop: Workshop, services: Sequence[str], build_one: Callable[[Workshop, str], BuilderResult]
) -> tuple[BuilderResult, ...]:
    """Build all services, at most `max_concurrent_builders` at once; results sorted by service.

    When the caller is interrupted, every builder's process group is ended before this returns.
    """
    slots = threading.Semaphore(shop.ctx.settings.max_concurrent_builders)

    def guarded(service: str) -> BuilderResult:
        with slots:
            return build_one(shop, service)

    with ThreadPoolExecutor(max_workers=max(1, len(services)), thread_name_prefix="builder") as pool:
        try:
            futures = [pool.submit(guarded, service) for service in sorted(services)]
            return tuple(future.result() for future in futures)
        except BaseException:
            shop.cancelled.set()
            raise
