"""What a person sees at the end of a run, as rich renderables; prints nothing itself."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sluice.model.finding import Finding
from sluice.model.summary import PhaseSummary, Summary
from sluice.reports.report import RunView
from sluice.reports.tables import grid, styled, words
from sluice.reports.text import by_severity, clean, count, duration, one_line, percent, place, service_state
from sluice.reports.trace import trace

_SHOWN = 15


def render_summary(view: RunView) -> RenderableType:
    """Phases, services, compliance, flow, findings, reports, what to do, and the verdict last."""
    summary = view.summary
    parts = [
        *_phases(summary.phases),
        *_services(summary),
        *_flow(view),
        *_findings(summary.findings),
        *_doubts(view),
        *_reports(summary),
        *_what_to_do(summary.phases),
        *_verdict(summary),
    ]
    return Group(*parts)


def render_gate(view: RunView) -> RenderableType:
    """What the gate said of a folder: its layers, findings and verdict."""
    summary = view.summary
    layers = view.gate.layers if view.gate else ()
    table = grid("#", "layer", "status", ">checks", "why")
    for layer in layers:
        ran = sum(not check.skipped for check in layer.checks)
        share = f"{ran} of {len(layer.checks)}"
        reason = words(one_line(layer.reason, 300))
        table.add_row(str(layer.number), words(layer.name), styled(layer.status), share, reason)
    head = styled(summary.verdict, summary.verdict.upper())
    head.stylize("bold")
    head.append(f"  {clean(summary.run_id)} in {duration(summary.seconds)}", style="not bold default")
    reason = words(one_line(summary.reason, 500))
    rule = Rule(style="dim", characters="-")
    return Group(_title("Layers"), table, *_findings(summary.findings), Text(), rule, head, reason)


def _phases(phases: Sequence[PhaseSummary]) -> list[RenderableType]:
    table = grid("#", "phase", "status", ">time", "why")
    for phase in phases:
        spent = duration(phase.seconds) if phase.status != "not run" else ""
        table.add_row(
            str(phase.number), words(phase.name), styled(phase.status), spent, words(one_line(phase.reason, 300))
        )
    return [_title("Phases"), table] if phases else []


def _services(summary: Summary) -> list[RenderableType]:
    ratios = {ratio.service: ratio for ratio in summary.compliance.per_service}
    table = grid("service", "state", ">conform", "address")
    for service in summary.services:
        ratio = ratios.get(service.name)
        conform = styled(*_share(ratio.conforming, ratio.operations)) if ratio else styled("not run", "not tested")
        table.add_row(words(service.name), styled(service_state(service)), conform, words(service.url))
    total = summary.compliance
    said = f"  {total.conforming} of {count(total.operations, 'operation')} conform ({percent(total.ratio)})"
    lines: list[RenderableType] = [Text(said)] if total.operations else []
    return [_title("Services"), table, *lines] if summary.services else []


def _share(conforming: int, operations: int) -> tuple[str, str]:
    return "passed" if operations and conforming == operations else "partial", f"{conforming} of {operations}"


def _flow(view: RunView) -> list[RenderableType]:
    steps = view.summary.flow
    if not steps:
        return []
    details = {step.step: step.detail for step in view.integration.flow} if view.integration else {}
    table = grid("step", "status", "detail")
    for step in steps:
        detail = "" if step.ok else one_line(details.get(step.step, ""), 300)
        table.add_row(words(step.step), styled("passed" if step.ok else "failed"), words(detail))
    return [_title("Cross-service flow"), table]


def _findings(findings: Sequence[Finding]) -> list[RenderableType]:
    if not findings:
        return []
    table = grid("severity", "check", "where", "what, and what to do")
    for finding in by_severity(findings)[:_SHOWN]:
        what = words(one_line(finding.message, 200))
        if finding.hint:
            what.append(f"\n{one_line(finding.hint, 200)}", style="dim")
        table.add_row(styled(finding.severity), words(finding.check), words(one_line(place(finding), 200)), what)
    more = len(findings) - _SHOWN
    rest = [Text(f"  … and {count(more, 'more finding')} in the reports", style="dim")] if more > 0 else []
    return [_title(count(len(findings), "finding")), table, *rest]


def _doubts(view: RunView) -> list[RenderableType]:
    uncovered = [item.requirement.id for item in trace(view) if item.status == "uncovered"]
    questions = len(view.decomposition.questions) if view.decomposition else 0
    lines: list[RenderableType] = []
    if uncovered:
        ids = one_line(", ".join(uncovered), 200)
        lines.append(words(f"  {count(len(uncovered), 'requirement')} covered by nothing: {ids}"))
    if questions:
        lines.append(words(f"  {count(questions, 'open question')} in the PRD: see the report"))
    return [_title("For a person to settle"), *lines] if lines else []


def _reports(summary: Summary) -> list[RenderableType]:
    if not summary.reports:
        return []
    table = Table.grid(padding=(0, 2))
    for name, path in summary.reports.items():
        table.add_row(Text(clean(name), style="dim"), Text(clean(path), overflow="fold"))
    return [_title("Reports (in the run's directory)"), Padding(table, (0, 0, 0, 2))]


def _what_to_do(phases: Sequence[PhaseSummary]) -> list[RenderableType]:
    hints = [phase for phase in phases if phase.hint]
    lines: list[RenderableType] = [
        Padding(Text.assemble((f"{phase.name}: ", "bold"), one_line(phase.hint, 500)), (0, 0, 0, 2)) for phase in hints
    ]
    return [_title("What to do"), *lines] if lines else []


def _verdict(summary: Summary) -> list[RenderableType]:
    time = f" in {duration(summary.seconds)}" if summary.seconds else ""
    line = styled(summary.verdict, summary.verdict.upper())
    line.stylize("bold")
    head = Text.assemble(line, f"  run {clean(summary.run_id)} on {clean(summary.runtime)}{time}")
    return [Text(), Rule(style="dim", characters="-"), head, words(one_line(summary.reason, 500))]


def _title(title: str) -> Text:
    return Text(f"\n{title}", style="bold")
