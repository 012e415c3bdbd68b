"""What report.html shows, worked out: its tiles, sections and rows, each with a state that gives it its colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sluice.model.finding import CheckRun
from sluice.model.integration import OperationResult, ServiceCompliance
from sluice.model.summary import ServiceSummary
from sluice.reports.report import RunView
from sluice.reports.text import count, duration, percent, service_state, size
from sluice.reports.timeline import Bar
from sluice.reports.trace import Trace

State = Literal["good", "warn", "bad", "none"]
_STATE_WORDS: dict[State, str] = {"good": "all right", "warn": "look here", "bad": "failed", "none": "not run"}
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TICKS = 6


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the page; `note` is the number beside its name in the navigation."""

    id: str
    title: str
    state: State
    note: str = ""

    @property
    def word(self) -> str:
        """What the colour says, for those who do not see it."""
        return _STATE_WORDS[self.state]


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure at the top: what it is, how much, and of what."""

    label: str
    value: str
    note: str
    state: State
    section: str


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """A service as the page shows it; `state` is `healthy`, `unhealthy`, `not deployed` or `not built`."""

    summary: ServiceSummary
    state: str
    route: str
    compliance: ServiceCompliance | None


@dataclass(frozen=True, kw_only=True)
class OperationRow:
    """One operation of one service's contract."""

    service: str
    result: OperationResult


@dataclass(frozen=True)
class Tick:
    """A line of the time axis: `at` is in percent of its length."""

    at: float
    label: str


def services_of(view: RunView) -> list[ServiceRow]:
    """All services, by name."""
    deployed = {service.name: service for service in view.deployment.services} if view.deployment else {}
    tested = {service.service: service for service in view.integration.compliance} if view.integration else {}
    return [
        ServiceRow(
            summary=service,
            state=service_state(service),
            route=urlsplit(deployed[service.name].gateway_url).path if service.name in deployed else "",
            compliance=tested.get(service.name),
        )
        for service in view.summary.services
    ]


def operations_of(view: RunView) -> list[OperationRow]:
    """All operations, those that do not conform first."""
    compliance = view.integration.compliance if view.integration else ()
    rows = [OperationRow(service=s.service, result=operation) for s in compliance for operation in s.operations]
    return sorted(rows, key=lambda row: row.result.conforms)


def checks_of(view: RunView) -> dict[str, CheckRun]:
    """The gate's checks by id."""
    return {run.check: run for layer in view.gate.layers for run in layer.checks} if view.gate else {}


def ticks(total: float) -> list[Tick]:
    """Round numbers along a time axis of `total` seconds."""
    step = next((step for step in _STEPS if total / step <= _MOST_TICKS), total)
    return [Tick(100 * number * step / total, _short(number * step)) for number in range(int(total / step) + 1)]


def _short(seconds: float) -> str:
    return "0" if not seconds else duration(seconds).replace(" 00 s", "").replace(".0 s", " s")


def end_of(bars: Sequence[Bar]) -> float:
    """Seconds from the first bar's start to the last one's end, never 0."""
    return max((bar.start + bar.seconds for bar in bars), default=0.0) or 1.0


def sections_of(view: RunView, traces: Sequence[Trace]) -> list[Section]:
    """The sections of a run; of a folder that the gate alone judged, those that it has."""
    found = str(len(view.summary.findings)) if view.gate else ""
    gate = Section(id="findings", title="Findings", state=_gate(view), note=found)
    if not view.summary.phases:
        return [gate]
    sections = [
        Section(id="phases", title="Timeline", state=_phases(view)),
        Section(id="services", title="Services", state=_services(view), note=str(len(view.summary.services) or "")),
        Section(id="compliance", title="Compliance", state=_compliance(view), note=_ratio(view)),
        Section(id="flow", title="Cross-service flow", state=_flow(view)),
        gate,
        Section(id="requirements", title="Requirements", state=_requirements(traces), note=str(len(traces) or "")),
        Section(id="builders", title="Builders", state=_builders(view)),
    ]
    used = [Section(id="resources", title="Resources", state="good")] if view.memory else []
    return [*sections, *used, Section(id="provenance", title="Provenance", state="good")]


def tiles_of(view: RunView, traces: Sequence[Trace], sections: Sequence[Section]) -> list[Tile]:
    """The figures at the top of the page; each has the state of the section that it leads to."""
    if not view.summary.phases:
        return _gate_tiles(view)
    states = {section.id: section.state for section in sections}
    summary = view.summary
    counts = {
        "phases": ([p.status in {"passed", "skipped"} for p in summary.phases], "Phases", "passed"),
        "services": ([service.healthy for service in summary.services], "Services", "healthy"),
        "compliance": ([row.result.conforms for row in operations_of(view)], "Operations", "conform"),
        "flow": ([step.ok for step in summary.flow], "Flow", "right"),
        "requirements": ([t.status not in {"uncovered", "failed"} for t in traces], "Requirements", "covered"),
    }
    tiles = [
        Tile(label=label, value=str(sum(facts)), note=f"of {len(facts)} {what}", state=states[name], section=name)
        if facts
        else Tile(label=label, value="-", note="not run", state=states[name], section=name)
        for name, (facts, label, what) in counts.items()
        if name in states
    ]
    tiles.insert(4, _findings(view))
    if view.memory:
        note = f"in {count(len(view.memory), 'server')}"
        memory = size(sum(view.memory.values()))
        tiles.append(Tile(label="Memory", value=memory, note=note, state="good", section="resources"))
    return tiles


def _findings(view: RunView) -> Tile:
    found = view.summary.findings
    errors = count(sum(finding.severity == "error" for finding in found), "error")
    note = errors if found else "clean" if view.gate else "not run"
    value = str(len(found)) if view.gate else "-"
    return Tile(label="Findings", value=value, note=note, state=_gate(view), section="findings")


def _gate_tiles(view: RunView) -> list[Tile]:
    """What the gate says of a folder: findings by severity, and how much of it really ran."""
    runs = [run for layer in view.gate.layers for run in layer.checks] if view.gate else []
    ran = sum(not run.skipped for run in runs)
    note = f"of {len(runs)}, the others need a run" if ran < len(runs) else f"of {len(runs)}"
    tile = Tile(label="Checks run", value=str(ran), note=note, state="good" if ran else "bad", section="findings")
    seen = max((run.scanned for run in runs), default=0)
    things = Tile(label="Looked at", value=str(seen), note="things by one check", state="good", section="findings")
    return [_findings(view), tile, things]


def _ratio(view: RunView) -> str:
    return percent(view.summary.compliance.ratio) if view.summary.compliance.operations else ""


def _phases(view: RunView) -> State:
    states = {phase.status for phase in view.summary.phases}
    return "bad" if states & {"refused", "error", "interrupted"} else "none" if "not run" in states else "good"


def _services(view: RunView) -> State:
    states = [service_state(service) for service in view.summary.services]
    if not states or view.build is None:
        return "none"
    return "good" if set(states) == {"healthy"} else "bad" if "healthy" not in states else "warn"


def _compliance(view: RunView) -> State:
    total = view.summary.compliance
    if view.integration is None:
        return "none"
    broken = any(service.error for service in view.integration.compliance)
    return "bad" if broken or not total.conforming else "good" if total.conforming == total.operations else "warn"


def _flow(view: RunView) -> State:
    return "none" if view.integration is None else "good" if view.integration.flow_ok else "bad"


def _gate(view: RunView) -> State:
    if view.gate is None:
        return "none"
    if view.gate.overall_verdict == "failed":
        return "bad"
    return "warn" if view.gate.overall_verdict == "partial" or view.summary.findings else "good"


def _requirements(traces: Sequence[Trace]) -> State:
    states = {item.status for item in traces}
    if not states - {"untested", "uncovered"}:
        return "none"
    return "bad" if "failed" in states else "warn" if "uncovered" in states else "good"


def _builders(view: RunView) -> State:
    if view.build is None:
        return "none"
    return "good" if all(result.success for result in view.build.results) else "warn"
