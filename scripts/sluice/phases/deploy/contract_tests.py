"""Runs Schemathesis against the deployed services: one process each, the registered contract as oracle."""

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sluice.core.environment import child_environment
from sluice.core.files import canonical_json, write_atomic
from sluice.core.proc import Completed, run
from sluice.model.base import JsonObject
from sluice.model.contract import RegisteredContract
from sluice.model.integration import OperationResult, ServiceCompliance
from sluice.phases.deploy.auth_plan import HOOKS_MODULE, PLAN_VARIABLE, TOKEN_VARIABLE, TokenSource, plan_auth
from sluice.phases.deploy.compliance import read_report
from sluice.phases.deploy.drift import drift
from sluice.phases.deploy.openapi import Operation, operations

CONTRACT, CONFIG, PLAN, NDJSON, JUNIT, SUMMARY = (
    "openapi.json",
    "schemathesis.toml",
    "auth.json",
    "run.ndjson",
    "junit.xml",
    "run.json",
)

_CONFIG = """\
# Sluice wrote this; run it again with: python -m schemathesis.cli --config-file {config} run {contract} --url URL
seed = {seed}
workers = 1
continue-on-failure = true

[generation]
max-examples = {max_examples}
database = "none"

[phases.examples]
enabled = true
[phases.coverage]
enabled = true
[phases.fuzzing]
enabled = true
[phases.stateful]
enabled = true

[warnings]
fail-on = ["missing_auth"]

[cache]
enabled = false

[reports]
ndjson.path = "{ndjson}"
junit.path = "{junit}"
json.path = "{summary}"
"""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One service to test; `directory` receives the contract, the configuration and the reports."""

    contract: RegisteredContract
    url: str
    directory: Path
    own_document: JsonObject | None = None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much to test: seed, examples per operation and phase, seconds per service."""

    seed: int
    max_examples: int
    timeout: float


def run_contract_tests(
    subjects: Sequence[Subject], effort: Effort, source: TokenSource, *, run_id: str = ""
) -> tuple[ServiceCompliance, ...]:
    """Compliance of each service, in the order given; as many at once as there are processors."""
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=min(len(subjects), os.cpu_count() or 1) or 1) as pool:
        futures = [pool.submit(_test, subject, effort, source, run_id, stop) for subject in subjects]
        try:
            return tuple(future.result() for future in futures)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _test(
    subject: Subject, effort: Effort, source: TokenSource, run_id: str, stop: threading.Event
) -> ServiceCompliance:
    declared = operations(subject.contract)
    _prepare(subject, effort, source, declared)
    completed = run(
        _command(subject.url),
        run_id=run_id,
        cwd=subject.directory,
        env=_environment(source),
        timeout=effort.timeout,
        spill=subject.directory,
        cancelled=stop.is_set,
    )
    found = read_report(subject.directory / NDJSON, declared)
    return ServiceCompliance(
        service=subject.contract.service,
        operations=found.operations or tuple(OperationResult(operation=o.label, conforms=False) for o in declared),
        drift=drift(subject.contract, subject.own_document),
        stateful_cases=found.stateful_cases,
        seconds=round(completed.seconds, 3),
        error=_failure(completed, effort) or found.error,
    )


def _prepare(subject: Subject, effort: Effort, source: TokenSource, declared: Sequence[Operation]) -> None:
    directory = subject.directory
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)  # the reports hold the answers of logins
    for stale in (NDJSON, JUNIT, SUMMARY):
        (directory / stale).unlink(missing_ok=True)
    write_atomic(directory / CONTRACT, canonical_json(subject.contract.document))
    write_atomic(directory / PLAN, plan_auth(source, declared).model_dump_json(indent=2))
    text = _CONFIG.format(
        config=CONFIG,
        contract=CONTRACT,
        seed=effort.seed,
        max_examples=effort.max_examples,
        ndjson=NDJSON,
        junit=JUNIT,
        summary=SUMMARY,
    )
    write_atomic(directory / CONFIG, text)


def _command(url: str) -> list[str]:
    return [sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIG, "run", CONTRACT, "--url", url]


def _environment(source: TokenSource) -> dict[str, str]:
    extra = {"SCHEMATHESIS_HOOKS": HOOKS_MODULE, PLAN_VARIABLE: PLAN, "NO_PROXY": "127.0.0.1"}
    return child_environment({**extra, **({TOKEN_VARIABLE: source.token} if source.token else {})})


def _failure(completed: Completed, effort: Effort) -> str:
    if completed.exceeded == "wall":
        return f"the contract tests took longer than {effort.timeout:g} s"
    if completed.exceeded or completed.code in {0, 1}:
        return completed.exceeded
    lines = [line.strip() for line in (completed.stdout + completed.stderr).splitlines() if line.strip()]
    return f"Schemathesis ended with code {completed.code}: {' / '.join(lines[-3:])}"
