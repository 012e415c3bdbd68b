"""What Schemathesis found, per operation of the registered contract: reads its NDJSON report."""

import base64
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.integration import OperationResult
from sluice.phases.deploy.openapi import Operation, listing, mapping

_MAX_FAILURES = 10
_MAX_SENTENCE = 300
_MASKED = "[Filtered]"


@dataclass
class _Tally:
    """What happened to one operation; cases that no check looked at (probes) do not count."""

    cases: int = 0
    successes: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    reproduce: str = ""

    def fail(self, title: str, rest: str = "", reproduce: str = "") -> None:
        """Keep the first failure of each title."""
        self.failures.setdefault(title, f"{title}{rest}"[:_MAX_SENTENCE])
        self.reproduce = self.reproduce or reproduce


@dataclass(frozen=True, kw_only=True)
class Findings:
    """One Schemathesis run; `error` says why it did not do its whole job ('' if it did)."""

    operations: tuple[OperationResult, ...]
    stateful_cases: int = 0
    error: str = ""


def read_report(path: Path, operations: Sequence[Operation]) -> Findings:
    """Results of every operation of the contract, tested or not, in the order of the contract."""
    tallies = {operation.label: _Tally() for operation in operations}
    known = {operation.label: operation for operation in operations}
    errors: list[str] = []
    phases: dict[str, str] = {}
    transitions = stateful = 0
    for kind, event in _events(path):
        if kind == "ScenarioFinished":
            cases = _scenario(event, known, tallies)
            stateful += cases if event.get("phase") == "stateful" else 0
        elif kind == "PhaseStarted":
            transitions += _selected_transitions(event)
        elif kind == "PhaseFinished":
            phases[str(mapping(event.get("phase")).get("name"))] = str(event.get("status"))
        elif kind in {"NonFatalError", "FatalError"}:
            _error(event, tallies, errors)
    if "stateful" not in phases or (transitions and not stateful):
        errors.append("the stateful phase did not run")
    results = tuple(_result(label, tally) for label, tally in tallies.items())
    return Findings(operations=results, stateful_cases=stateful, error="; ".join(errors))


def _events(path: Path) -> Iterator[tuple[str, JsonObject]]:
    """Events by kind; a torn last line (the run was cut short) ends them."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                record = mapping(json.loads(line))
            except ValueError:
                return
            for kind, event in record.items():
                yield kind, mapping(event)


def _selected_transitions(event: JsonObject) -> int:
    selected = mapping(event.get("payload")).get("transitions_selected")
    return selected if isinstance(selected, int) else 0


def _scenario(event: JsonObject, known: dict[str, Operation], tallies: dict[str, _Tally]) -> int:
    """Add one scenario; returns its cases."""
    recorder = mapping(event.get("recorder"))
    cases, checks = mapping(recorder.get("cases")), mapping(recorder.get("checks"))
    interactions = mapping(recorder.get("interactions"))
    label = str(recorder.get("label"))
    for case_id, node in cases.items():
        case, interaction = mapping(mapping(node).get("value")), mapping(interactions.get(case_id))
        sent = f"{case.get('method')} {case.get('path')}"
        tested = label if label in tallies else sent
        tally = tallies.setdefault(tested, _Tally()) if tested in known else _Tally()
        tally.cases += case_id in checks
        tally.successes += sent == tested and _documented_success(interaction, known.get(sent))
        for check in listing(checks.get(case_id)):
            _judge(mapping(check), tested, interaction, tallies)
    return sum(case_id in checks for case_id in cases)


def _judge(check: JsonObject, tested: str, interaction: JsonObject, tallies: dict[str, _Tally]) -> None:
    status = check.get("status")
    if status == "success":
        return
    failure = mapping(mapping(check.get("failure_info")).get("failure"))
    blamed = str(failure.get("operation"))
    tally = tallies.get(blamed) or tallies.get(tested)
    if tally is not None:
        title = str(failure.get("title", f"check {check.get('name')} crashed"))
        tally.fail(title, _rest(failure, interaction), curl(interaction))


def _rest(failure: JsonObject, interaction: JsonObject) -> str:
    """Status and message; the lists of statuses that would have been right are noise here."""
    status = mapping(interaction.get("response")).get("status_code")
    lines = [" ".join(line.split()) for line in str(failure.get("message", "")).splitlines()]
    message = ", ".join(line for line in lines if line and not line.startswith("Expected:"))
    answered = f" (answered {status})" if isinstance(status, int) else ""
    return f"{answered}: {message}" if message else answered


def _documented_success(interaction: JsonObject, operation: Operation | None) -> bool:
    status = mapping(interaction.get("response")).get("status_code")
    if operation is None or not isinstance(status, int):
        return False
    return 200 <= status < 300 and operation.documents(status)  # noqa: PLR2004 - the class of success


def _error(event: JsonObject, tallies: dict[str, _Tally], errors: list[str]) -> None:
    value = mapping(event.get("value") or event.get("exception"))
    text = " ".join(str(value.get("message") or value.get("type") or "unknown error").split())[:_MAX_SENTENCE]
    tally = tallies.get(str(event.get("label")))
    if tally is None:
        errors.append(text)
    else:
        tally.fail("could not be tested", f": {text}")


def _result(label: str, tally: _Tally) -> OperationResult:
    failures = list(tally.failures.values())
    if not tally.cases:
        failures.append("not tested: no case was generated for it")
    elif not tally.successes:
        failures.append(f"no documented 2xx in {tally.cases} cases")
    return OperationResult(
        operation=label,
        conforms=not failures,
        cases=tally.cases,
        successes=tally.successes,
        failures=tuple(failures[:_MAX_FAILURES]),
        reproduce=tally.reproduce,
    )


def curl(interaction: JsonObject) -> str:
    """A command that sends the request again; the token is `$TOKEN`."""
    request = mapping(interaction.get("request"))
    if not request:
        return ""
    parts = ["curl", "-i", "-X", str(request.get("method"))]
    for name, values in mapping(request.get("headers")).items():
        parts += [word for value in listing(values) for word in ("-H", f"{name}: {value}")]
    body = _body(request.get("body"))
    feed = ""
    if body is not None:
        text = body.decode("utf-8", "replace")
        if "\0" in text or text.encode() != body:
            feed = f"echo {base64.b64encode(body).decode()} | base64 -d | "
            text = "@-"
        parts += ["--data-binary", text]
    command = " ".join(shlex.quote(part) for part in [*parts, str(request.get("uri"))])
    return feed + command.replace(f"'Authorization: {_MASKED}'", '"Authorization: Bearer $TOKEN"')


def _body(value: JsonValue) -> bytes | None:
    encoded = mapping(value).get("$base64")
    if isinstance(encoded, str):
        return base64.b64decode(encoded)
    return value.encode() if isinstance(value, str) else None
