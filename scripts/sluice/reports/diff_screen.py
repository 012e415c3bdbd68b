"""What changed between two runs, as rich renderables; prints nothing itself."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sluice.model.run_diff import DigestChange, OperationChange, PhaseChange, RunDiff, RunFacts
from sluice.reports.tables import grid, styled, words
from sluice.reports.text import by_severity, clean, count, duration, minute, one_line, place

_SHOWN = 30
_NOTABLE_SECONDS = 1.0
_DIGEST = len("sha256:") + 12


def render_diff(diff: RunDiff) -> RenderableType:
    """Both runs, then findings, operations, phases and digests that are not as they were."""
    parts = [
        *_runs(diff),
        *_findings(diff),
        *_operations(diff),
        *_phases(diff.phases),
        *_digests(diff.digests),
    ]
    return Group(*parts)


def _runs(diff: RunDiff) -> list[RenderableType]:
    table = grid("", "run", "verdict", ">time", "started")
    table.columns[1].no_wrap = True  # a person copies it
    for name, run in (("before", diff.before), ("after", diff.after)):
        table.add_row(name, words(run.run), styled(run.verdict), _time(run), words(minute(run.started)))
    reasons = [(name, run.reason) for name, run in (("before", diff.before), ("after", diff.after)) if run.reason]
    return [table, *(Text.assemble((f"\n{name}: ", "bold"), one_line(reason, 300)) for name, reason in reasons)]


def _time(run: RunFacts) -> str:
    return duration(run.seconds) if run.seconds is not None else ""


def _findings(diff: RunDiff) -> list[RenderableType]:
    found = diff.findings
    title = f"Findings: {len(found.new)} new, {len(found.fixed)} fixed, {len(found.same)} as before"
    marked = [("new", finding) for finding in by_severity(found.new)]
    marked += [("fixed", finding) for finding in by_severity(found.fixed)]
    if not marked:
        return [_title(title)]
    table = grid("", "severity", "check", "where", "what")
    for mark, finding in marked[:_SHOWN]:
        where, what = one_line(place(finding), 200), one_line(finding.message, 200)
        row = (styled(finding.severity), words(finding.check), words(where), words(what))
        table.add_row(Text(mark, style="red" if mark == "new" else "green"), *row)
    more = len(marked) - _SHOWN
    rest = [Text(f"  … and {count(more, 'more change')}: --json has them all", style="dim")] if more > 0 else []
    return [_title(title), table, *rest]


def _operations(diff: RunDiff) -> list[RenderableType]:
    found = diff.compliance
    title = (
        f"Compliance: {found.conforming_before} of {count(found.operations_before, 'operation')} before, "
        f"{found.conforming_after} of {found.operations_after} after"
    )
    if not found.changed:
        return [_title(title)]
    table = grid("service", "operation", "before", "after")
    for change in found.changed[:_SHOWN]:
        table.add_row(words(change.service), words(change.operation), *_conforms(change))
    more = len(found.changed) - _SHOWN
    rest = [Text(f"  … and {count(more, 'more change')}", style="dim")] if more > 0 else []
    return [_title(title), table, *rest]


def _conforms(change: OperationChange) -> tuple[Text, Text]:
    said = {True: styled("passed", "conforms"), False: styled("failed", "fails"), None: styled("not run", "not tested")}
    return said[change.before], said[change.after]


def _phases(phases: Sequence[PhaseChange]) -> list[RenderableType]:
    table = grid("phase", "before", "after", ">time before", ">time after", ">change")
    for phase in phases:
        change = phase.seconds_after - phase.seconds_before
        shown = f"{'+' if change > 0 else '-'}{duration(abs(change))}" if abs(change) >= _NOTABLE_SECONDS else ""
        spent = (duration(phase.seconds_before), duration(phase.seconds_after))
        table.add_row(words(phase.phase), styled(phase.before), styled(phase.after), *spent, shown)
    return [_title("Phases"), table] if phases else []


def _digests(digests: Sequence[DigestChange]) -> list[RenderableType]:
    if not digests:
        return [_title("Contracts and sources are the same.")]
    table = grid("kind", "name", "before", "after")
    for change in digests:
        old, new = (words(digest[:_DIGEST] or "none") for digest in (change.before, change.after))
        table.add_row(change.kind, words(change.name), old, new)
    return [_title(f"{count(len(digests), 'digest')} changed"), table]


def _title(title: str) -> Text:
    return Text(f"\n{clean(title)}", style="bold")
