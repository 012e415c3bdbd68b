"""One attempt at one service, from its configuration to what was measured."""

from sluice.core import proc
from sluice.core.errors import SluiceError
from sluice.model.build import BuilderResult, BuildStatus, Measurement
from sluice.phases.build.guard import outside_problems, snapshot
from sluice.phases.build.job import BuildJob, generate_builder_config, invoke_builder
from sluice.phases.build.keys import without_keys
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
        result = _unable(job, error.brief)
    except OSError as error:
        result = _unable(job, f"{error.strerror}: {error.filename}")
    outcome = f"built, {result.measured.tests.passed} tests passed" if result.success else result.status
    reason = "".join(f"; {problem}" for problem in result.measured.problems)
    told = f"{job.service}: {outcome} after {result.seconds:.1f} s{reason}"
    emit("builder.finished", told, **where, status=result.status)
    return result


def _attempt(job: BuildJob) -> BuilderResult:
    config = generate_builder_config(job)
    before = snapshot(job)
    ended = invoke_builder(job, config)
    outside = outside_problems(job, before)
    completed, leaks = without_keys(job, ended)
    claim = parse_builder_state(job.state_file)
    measured = measure(job, completed, claim, [*outside, *leaks])
    result = _result(job, _status(job, completed, measured), measured)
    if result.success:
        install(job)
    facts = {"claim": claim, "exit_code": completed.code, "seconds": round(completed.seconds, 3)}
    return result.model_copy(update=facts)


def _unable(job: BuildJob, why: str) -> BuilderResult:
    return _result(job, "crashed", Measurement(problems=(f"cannot be run: {why}",)))


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
