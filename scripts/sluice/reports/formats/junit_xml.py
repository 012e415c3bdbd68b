"""junit.xml: the run as test suites, for the viewers of CI systems.

Only what the schema of Jenkins' xUnit plug-in allows: it refuses a whole file for one attribute that it does not know,
such as `file` or `line` of a test case. Places stand in the text of a failure, as `path:line:column: message`.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sluice.model.build import BuilderResult
from sluice.model.finding import CheckRun, Finding, GateReport
from sluice.model.integration import IntegrationReport, ServiceCompliance
from sluice.model.summary import PhaseSummary
from sluice.reports.report import Report, RunView
from sluice.reports.text import clean, count, one_line, place

Kind = Literal["passed", "failure", "error", "skipped"]
_COUNTED: dict[str, Kind] = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_PHASE_KINDS: dict[str, Kind] = {
    "passed": "passed",
    "refused": "failure",
    "error": "error",
    "interrupted": "error",
    "skipped": "passed",
    "not run": "skipped",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test case; `message` is a line, `body` the details, both empty when it passed."""

    name: str
    kind: Kind = "passed"
    seconds: float = 0.0
    message: str = ""
    body: str = ""


def render(view: RunView) -> str:
    """Suites: phases, builders, one a service's contract, flow, gate checks."""
    root = ET.Element("testsuites", name="sluice")
    total: list[Case] = []
    started = view.provenance.get("run", {}).get("started", "")
    for name, cases in _suites(view):
        total += cases
        suite = _add_suite(root, name, cases)
        if started:
            suite.set("timestamp", clean(started))
    _count(root, total, ("failures", "errors"))
    root.set("time", f"{view.summary.seconds:.3f}")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suites(view: RunView) -> Iterable[tuple[str, list[Case]]]:
    yield "phases", [_phase(phase) for phase in view.summary.phases]
    if view.build:
        yield "builders", [_builder(result) for result in view.build.results]
    if view.integration:
        for service in view.integration.compliance:
            yield f"contract.{service.service}", _operations(service)
        yield "flow", _flow(view.integration)
    if view.gate:
        yield "gate", _checks(view.gate)


def _phase(phase: PhaseSummary) -> Case:
    kind = _PHASE_KINDS[phase.status]
    name = f"{phase.number} {phase.name}"
    if kind == "passed":
        return Case(name=name, seconds=phase.seconds)
    hint = f"What to do: {phase.hint}" if phase.hint else ""
    return Case(name=name, kind=kind, seconds=phase.seconds, message=phase.reason or phase.status, body=hint)


def _builder(result: BuilderResult) -> Case:
    if result.success:
        return Case(name=result.service, seconds=result.seconds)
    problems = result.measured.problems
    message = problems[0] if problems else f"{result.builder} ended {result.status}"
    return Case(name=result.service, kind="failure", seconds=result.seconds, message=message, body="\n".join(problems))


def _operations(service: ServiceCompliance) -> list[Case]:
    cases = [
        Case(name=o.operation)
        if o.conforms
        else Case(
            name=o.operation,
            kind="failure",
            message=o.failures[0] if o.failures else "no call got a documented 2xx answer",
            body="\n".join([*o.failures, *([f"Reproduce: {o.reproduce}"] if o.reproduce else [])]),
        )
        for o in service.operations
    ]
    if service.error:
        cases.append(Case(name="contract tests", kind="error", message=service.error))
    return cases


def _flow(report: IntegrationReport) -> list[Case]:
    steps = [
        Case(
            name=step.step,
            kind="passed" if step.ok else "failure",
            message="" if step.ok else step.detail or _status(step.status),
        )
        for step in report.flow
    ]
    events = [
        Case(
            name=f"event {event.event}",
            kind="passed" if event.ok else "failure",
            message="" if event.ok else event.detail or f"published {event.published} times",
        )
        for event in report.events
    ]
    return steps + events


def _status(status: int | None) -> str:
    return "no answer" if status is None else f"answered {status}"


def _checks(gate: GateReport) -> list[Case]:
    runs = [run for layer in gate.layers for run in layer.checks]
    known = {run.check for run in runs}
    extra = {f.check: f.layer for f in gate.findings if f.check not in known}
    runs += [CheckRun(check=check, layer=layer) for check, layer in extra.items()]
    return [_check(run, [f for f in gate.findings if f.check == run.check]) for run in runs]


def _check(run: CheckRun, findings: list[Finding]) -> Case:
    name = f"layer {run.layer} {run.check}"
    if run.error:
        return Case(name=name, kind="error", seconds=run.seconds, message=run.error)
    if run.skipped:
        return Case(name=name, kind="skipped", seconds=run.seconds, message=run.skipped)
    body = "\n".join(f"{place(f)}: {f.severity}: {f.message}" for f in findings)
    if any(finding.severity == "error" for finding in findings):
        return Case(name=name, kind="failure", seconds=run.seconds, message=count(len(findings), "finding"), body=body)
    return Case(name=name, seconds=run.seconds, body=body)


def _add_suite(root: ET.Element, name: str, cases: list[Case]) -> ET.Element:
    suite = ET.SubElement(root, "testsuite", name=clean(name))
    _count(suite, cases)
    suite.set("time", f"{sum(case.seconds for case in cases):.3f}")
    for case in cases:
        _add_case(suite, name, case)
    return suite


def _add_case(suite: ET.Element, classname: str, case: Case) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        classname=clean(f"sluice.{classname}"),
        name=one_line(case.name),
        time=f"{case.seconds:.3f}",
    )
    if case.kind == "passed":
        if case.body:
            ET.SubElement(element, "system-out").text = clean(case.body)
        return
    detail = ET.SubElement(element, case.kind, message=one_line(case.message))
    if case.kind != "skipped":
        detail.set("type", case.kind)
        detail.text = clean(case.body or case.message)


def _count(element: ET.Element, cases: list[Case], attributes: Sequence[str] = tuple(_COUNTED)) -> None:
    element.set("tests", str(len(cases)))
    for attribute in attributes:
        element.set(attribute, str(sum(case.kind == _COUNTED[attribute] for case in cases)))


REPORT: Final[Report] = Report(
    name="junit", filename="junit.xml", help="phases, operations, flow and checks as JUnit tests", render=render
)
