"""The builder's job: its configuration, its work, and its STATE.JSON."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from sluice.core.errors import InputError
from sluice.core.files import canonical_json, source_files, write_atomic
from sluice.model.base import JsonObject, Model
from sluice.model.build import TestCounts
from sluice.model.finding import Finding
from sluice.phases.build.builders.template.plan import Plan
from sluice.phases.build.builders.template.reading import read
from sluice.phases.build.builders.template.render import render, write

_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")


class Job(Model):
    """The file whose path is the builder's argument."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: str
    openapi: Path
    asyncapi: Path | None = None
    output_dir: Path
    state_file: Path
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
    """Write the service and STATE.JSON; no counts of tests are claimed, for whoever measures runs them anyway.

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
    state = _state(job, plan, files)
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


def _state(job: Job, plan: Plan, files: list[str]) -> State:
    operations = plan.operations
    known = [operation for operation in operations if operation.kind != "unknown"]
    convergence = len(known) / len(operations) if operations else 1.0
    rewritten = sorted({finding.path for finding in job.violations if finding.path in files})
    return State(
        status="success",
        summary={
            "service": job.service,
            "attempt": job.attempt,
            "operations": len(operations),
            "implemented": len(known),
            "entities": len(plan.entities),
            "events": len(plan.published) + len(plan.consumed),
            "files": len(files),
            "convergence": convergence,
            "rewritten": list(rewritten),
        },
        files=tuple(files),
        tests=TestCounts(),
        convergence=convergence,
        notes=(*plan.notes, *(f"rewritten for {f.check}: {f.path}" for f in job.violations if f.path in files)),
    )
