"""Runs Schemathesis against the deployed services: one process each, the registered contract as oracle."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sluice.core.environment import child_environment
from sluice.core.files import canonical_json, write_atomic
from sluice.core.proc import Completed, run
from sluice.model.base import JsonObject
from sluice.model.contract import RegisteredContract
from sluice.model.integration import OperationResult, ServiceCompliance
from sluice.phases.deploy.compliance import read_report
from sluice.phases.deploy.drift import drift
from sluice.phases.deploy.hook_plan import (
    ACCOUNT_VARIABLE,
    HOOKS_MODULE,
    PLAN_VARIABLE,
    TOKEN_VARIABLE,
    TokenSource,
    plan_hooks,
)
from sluice.phases.deploy.openapi import Operation, operations

CONTRACT, CONFIG, PLAN, NDJSON, JUNIT, SUMMARY = (
    "openapi.json",
    "schemathesis.toml",
    "hooks.json",
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
    """One service to test; `directory` receives the contract, the configuration and the reports.

    `registration` is the body that registered the account to test with (None: one is registered when needed).
    """

    contract: RegisteredContract
    url: str
    directory: Path
    own_document: JsonObject | None = None
    registration: JsonObject | None = None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much to test: seed, examples per operation and phase, seconds per service.

    `cache` keeps Hypothesis' table of characters, which costs a second of each process that has to make it.
    """

    seed: int
    max_examples: int
    timeout: float
    cache: Path


def run_contract_tests(
    subjects: Sequence[Subject],
    effort: Effort,
    source: TokenSource,
    *,
    run_id: str = "",
    done: Callable[[ServiceCompliance], None] = lambda _: None,
) -> tuple[ServiceCompliance, ...]:
    """Compliance of each service, in the order given; as many at once as there are processors.

    `done` is called with each result as soon as it is there, from another thread.
    """
    stop = threading.Event()

    def test(subject: Subject) -> ServiceCompliance:
        found = _test(subject, effort, source, run_id, stop)
        done(found)
        return found

    with ThreadPoolExecutor(max_workers=min(len(subjects), os.cpu_count() or 1) or 1) as pool:
        longest_first = sorted(subjects, key=lambda subject: -len(operations(subject.contract)))
        futures = {subject.contract.service: pool.submit(test, subject) for subject in longest_first}
        try:
            return tuple(futures[subject.contract.service].result() for subject in subjects)
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
        env=_environment(subject, effort, source),
        timeout=effort.timeout,
        spill=subject.directory,
        cancelled=stop.is_set,
    )
    for path in subject.directory.iterdir():
        path.chmod(0o600)
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
    write_atomic(directory / PLAN, plan_hooks(source, declared).model_dump_json(indent=2))
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


def _environment(subject: Subject, effort: Effort, source: TokenSource) -> dict[str, str]:
    """Credentials go this way only: no file and no command line holds them."""
    account = canonical_json(subject.registration) if subject.registration else ""
    secret = {ACCOUNT_VARIABLE: account, TOKEN_VARIABLE: source.token}
    extra = {
        "SCHEMATHESIS_HOOKS": HOOKS_MODULE,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(effort.cache),
        PLAN_VARIABLE: PLAN,
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
    }
    return child_environment({**extra, **{name: value for name, value in secret.items() if value}})


def _failure(completed: Completed, effort: Effort) -> str:
    if completed.exceeded == "wall":
        return f"the contract tests took longer than {effort.timeout:g} s"
    if completed.exceeded or completed.code in {0, 1}:
        return completed.exceeded
    lines = [line.strip() for line in (completed.stdout + completed.stderr).splitlines() if line.strip()]
    return f"Schemathesis ended with code {completed.code}: {' / '.join(lines[-3:])}"
