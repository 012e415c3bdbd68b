"""The builder's job: its configuration, its work, and its STATE.JSON."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from pydantic import ConfigDict, ValidationError

from sluice.core.environment import child_environment, variable
from sluice.core.errors import InputError
from sluice.core.files import canonical_json, source_files, write_atomic
from sluice.core.proc import run
from sluice.model.base import JsonObject, Model
from sluice.model.build import TestCounts
from sluice.model.finding import Finding
from sluice.phases.build.builders.template.plan import Plan
from sluice.phases.build.builders.template.reading import read
from sluice.phases.build.builders.template.render import render, write

_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")
_TEST_VARIABLES = ("TEST_DATABASE_URL", "TEST_REDIS_URL")
_TEST_SECONDS = 300.0
_REPORT = "junit.xml"


class Tools(Model):
    """`python` has the packages of the generated service; without it the tests are not run."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    python: str | None = None


class Job(Model):
    """The file whose path is the builder's argument."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: str
    openapi: Path
    asyncapi: Path | None = None
    output_dir: Path
    state_file: Path
    builder: Tools = Tools()
    violations: tuple[Finding, ...] = ()
    attempt: int = 1


class State(Model):
    """STATE.JSON: what the builder claims."""

    status: str
    summary: JsonObject
    files: tuple[str, ...]
    tests: TestCounts
    convergence: float
    notes: tuple[str, ...]


def load(path: Path) -> Job:
    """The job of a configuration file.

    Raises:
        InputError: the file is not as the build phase writes it.
    """
    try:
        job = Job.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"cannot use {path.name}", details=str(error).splitlines()[:5]) from error
    if not _SERVICE.fullmatch(job.service):
        raise InputError(f"{job.service[:80]!r} is not a service name")
    return job


def build(job: Job, say: Callable[[str], None]) -> State:
    """Write the service, run its tests, write STATE.JSON.

    Raises:
        InputError: the contract cannot be served.
        ProcessFailed: what was generated is not valid Python.
    """
    openapi = _document(job.openapi)
    plan, texts = _understood(job, openapi)
    say(f"read {len(plan.operations)} operations, {len(plan.entities)} entities")
    for path in sorted(source_files(job.output_dir)):
        path.unlink()
    files = write(texts, job.output_dir)
    say(f"wrote {len(files)} files")
    tests = _run_tests(job, say)
    state = _state(job, plan, files, tests)
    write_atomic(job.state_file, canonical_json(state.model_dump(mode="json")) + "\n")
    return state


def _understood(job: Job, openapi: JsonObject) -> tuple[Plan, dict[str, str]]:
    try:
        plan = read(job.service, openapi, _document(job.asyncapi) if job.asyncapi else None)
        return plan, render(plan, openapi)
    except RecursionError as error:
        raise InputError("the contract is nested too deeply", hint="validate the contract first") from error


def _document(path: Path) -> JsonObject:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read the contract {path.name}", details=[str(error)[:200]]) from error
    if not isinstance(document, dict):
        raise InputError(f"the contract {path.name} is not an object")
    return document


def _run_tests(job: Job, say: Callable[[str], None]) -> TestCounts:
    if job.builder.python is None:
        return TestCounts()
    report = job.state_file.parent / _REPORT
    extra = {name: value for name in _TEST_VARIABLES if (value := variable(name))}
    options = ["-q", "-p", "no:cacheprovider", "--tb=short", f"--junit-xml={report}", f"--rootdir={job.output_dir}"]
    completed = run(
        [job.builder.python, "-m", "pytest", *options],
        cwd=job.output_dir,
        env=child_environment({**extra, "PYTHONDONTWRITEBYTECODE": "1"}),
        timeout=_TEST_SECONDS,
    )
    for line in completed.stdout.strip().splitlines()[-40 if completed.code else -1 :]:
        say(line)
    return _counts(report)


def _counts(report: Path) -> TestCounts:
    try:
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  written by the pytest that was just run
    except (OSError, ET.ParseError):
        return TestCounts()
    numbers = {name: int((suite.get(name) if suite is not None else "0") or 0) for name in (
        "tests", "failures", "errors", "skipped",
    )}  # fmt: skip
    failed = numbers["failures"] + numbers["errors"]
    passed = numbers["tests"] - failed - numbers["skipped"]
    return TestCounts(total=numbers["tests"], passed=passed, failed=failed, skipped=numbers["skipped"])


def _state(job: Job, plan: Plan, files: list[str], tests: TestCounts) -> State:
    operations = plan.operations
    known = [operation for operation in operations if operation.kind != "unknown"]
    convergence = len(known) / len(operations) if operations else 1.0
    rewritten = sorted({finding.path for finding in job.violations if finding.path in files})
    good = not tests.failed and (tests.total > 0 or job.builder.python is None)
    return State(
        status="success" if good else "failed",
        summary={
            "service": job.service,
            "attempt": job.attempt,
            "operations": len(operations),
            "implemented": len(known),
            "entities": len(plan.entities),
            "events": len(plan.published) + len(plan.consumed),
            "files": len(files),
            "tests": tests.model_dump(),
            "convergence": convergence,
            "rewritten": list(rewritten),
        },
        files=tuple(files),
        tests=tests,
        convergence=convergence,
        notes=(*plan.notes, *(f"rewritten for {f.check}: {f.path}" for f in job.violations if f.path in files)),
    )
