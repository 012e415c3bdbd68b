"""One attempt of a builder: its directory, its configuration, its process."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.files import canonical_json, write_atomic
from sluice.engine.phase import Context
from sluice.model.base import JsonObject
from sluice.model.contract import ContractSet
from sluice.model.finding import Finding
from sluice.phases.build.builder import Builder
from sluice.phases.build.scratch import Scratch

CONFIG = "config.json"
DOCUMENTS = "contracts"
TEMPORARY = "tmp"
ENTRIES = frozenset(
    {CONFIG, "STATE.JSON", "junit.xml", "command.json", "stdout", "stderr", "output", DOCUMENTS, TEMPORARY}
)


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What all builders of a phase share.

    `scratch` lends servers to tests, `environment` gives a Python that has the packages of requirement files,
    `cancelled` ends every process.
    """

    ctx: Context
    builder: Builder
    scratch: Scratch
    environment: Callable[[Sequence[Path]], Path]
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, kw_only=True)
class BuildJob:
    """One attempt at one service; `min_tests` is how many tests an earlier attempt had (fewer is cheating)."""

    shop: Workshop
    service: str
    attempt: int = 1
    violations: tuple[Finding, ...] = ()
    min_tests: int = 0

    @property
    def directory(self) -> Path:
        """`jobs/<service>/attempt-N` of the run."""
        return self.shop.ctx.run.job(self.service, self.attempt)

    @property
    def output(self) -> Path:
        """Where the builder writes the service."""
        return self.directory / "output"

    @property
    def state_file(self) -> Path:
        """Where the builder writes its claim."""
        return self.directory / "STATE.JSON"

    def contracts(self) -> dict[str, JsonObject]:
        """The registered documents of the service by kind."""
        found = self.shop.ctx.artifacts.get(ContractSet)
        kinds = ((kind, found.of(self.service, kind)) for kind in ("openapi", "asyncapi"))
        return {kind: contract.document for kind, contract in kinds if contract}


def generate_builder_config(job: BuildJob) -> Path:
    """Make the job's directory, fresh, with the contracts and `config.json`; returns the path of the latter.

    What an interrupted attempt left in its place is ended and moved aside, so nothing of it can leak into this one.
    """
    directory = job.directory
    if directory.exists():
        end_escaped(job.shop.ctx.run.run_id, directory / TEMPORARY)
        _move_aside(directory)
    for path in (job.output, directory / TEMPORARY, directory / DOCUMENTS):
        path.mkdir(parents=True)
    paths: dict[str, str] = {}
    for kind, document in job.contracts().items():
        path = directory / DOCUMENTS / f"{kind}.json"
        write_atomic(path, canonical_json(document))
        paths[kind] = str(path)
    previous = job.shop.ctx.run.job(job.service, job.attempt - 1) / "output"
    config: JsonObject = {
        "service": job.service,
        "openapi": paths.get("openapi"),
        "asyncapi": paths.get("asyncapi"),
        "output_dir": str(job.output),
        "state_file": str(job.state_file),
        "builder": job.shop.builder.name,
        "violations": [finding.model_dump(mode="json") for finding in job.violations],
        "attempt": job.attempt,
        "previous_output_dir": str(previous) if job.attempt > 1 else None,
    }
    path = directory / CONFIG
    write_atomic(path, canonical_json(config))
    return path


def _move_aside(directory: Path) -> None:
    free = 1 + sum(1 for _ in directory.parent.glob(f"{directory.name}.old-*"))
    directory.rename(directory.with_name(f"{directory.name}.old-{free}"))


def invoke_builder(job: BuildJob, config: Path) -> proc.Completed:
    """Run the builder to its end, or to its limits; `command.json`, `stdout` and `stderr` tell of it afterwards.

    Raises:
        EnvironmentFailure: the program cannot be started.
    """
    settings = job.shop.ctx.settings
    argv = list(job.shop.builder.command(config, settings))
    environment = builder_environment(job)
    _record(job, argv, environment)
    try:
        completed = proc.run(
            argv,
            run_id=job.shop.ctx.run.run_id,
            cwd=job.directory,
            env=environment,
            timeout=settings.builder_timeout_s,
            idle_timeout=settings.builder_idle_timeout_s,
            spill=job.directory,
            cancelled=job.shop.cancelled.is_set,
        )
    finally:
        end_escaped(job.shop.ctx.run.run_id, job.directory / TEMPORARY)
    _record(job, argv, environment, completed)
    return completed


def end_escaped(run_id: str, temporary: Path) -> None:
    """Kill what left its process group (`setsid`) but still carries the run's label and this temporary directory."""
    for process in proc.labelled(run_id):
        with suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(temporary):
                process.kill()


def builder_environment(job: BuildJob) -> dict[str, str]:
    """The builder's whole environment."""
    extra = {"TMPDIR": str(job.directory / TEMPORARY), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    return child_environment(extra, inherit=key_names(job))


def key_names(job: BuildJob) -> list[str]:
    """Variables with keys that the builder inherits: those that plug-in and settings both name."""
    wanted = set(job.shop.ctx.settings.builder_key_variables)
    return [name for name in job.shop.builder.key_variables if name in wanted]


def _record(
    job: BuildJob, argv: list[str], environment: dict[str, str], completed: proc.Completed | None = None
) -> None:
    """`command.json`: names of variables, never their values."""
    known: JsonObject = {"command": [*argv], "environment": [*sorted(environment)]}
    if completed:
        known |= {"exit_code": completed.code, "seconds": completed.seconds, "exceeded": completed.exceeded}
    write_atomic(job.directory / "command.json", canonical_json(known))
