"""summary.md: the run as a comment on a pull request."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sluice.model.finding import Finding
from sluice.model.summary import Summary
from sluice.reports.report import Report, RunView
from sluice.reports.text import by_severity, count, duration, one_line, percent, place, service_state
from sluice.reports.trace import trace

_SPECIAL = re.compile(r"([\\`*_\[\]|~#<>&!])")
_SHOWN = 20
_LIMIT = 60_000  # GitHub refuses comments of more than 65 536 characters


def render(view: RunView) -> str:
    """Verdict, figures, what to do and the worst findings are open, the rest is folded; never too long for GitHub."""
    summary = view.summary
    parts = [
        f"## Sluice: {summary.verdict}",
        _text(summary.reason, 500),
        _run(summary),
        _figures(view),
        *_hints(summary),
        *_findings(summary.findings),
        *_operations(view),
        *_uncovered(view),
        *_phases(summary),
        *_services(summary),
        *_flow(summary),
    ]
    return _bounded([part for part in parts if part])


def _bounded(parts: Sequence[str]) -> str:
    """As many whole parts as a comment may hold."""
    text, rest = "", len(parts)
    for part in parts:
        if len(text) + len(part) > _LIMIT:
            break
        text, rest = f"{text}{part}\n\n", rest - 1
    return text.rstrip("\n") + ("\n\nShortened: report.html has all of it.\n" if rest else "\n")


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _text(text: str, limit: int = 200) -> str:
    """Markdown that shows the text as it is: no markup, no table break, nobody notified."""
    return _SPECIAL.sub(r"\\\1", one_line(text, limit)).replace("@", "@<!-- -->")


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _run(summary: Summary) -> str:
    return f"Run `{summary.run_id}` · runtime {_text(summary.runtime)} · {duration(summary.seconds)}"


def _figures(view: RunView) -> str:
    summary, traces = view.summary, trace(view)
    total = summary.compliance
    figures = {
        "phases passed": (sum(p.status in {"passed", "skipped"} for p in summary.phases), len(summary.phases)),
        "services healthy": (sum(service.healthy for service in summary.services), len(summary.services)),
        "operations conform": (total.conforming, total.operations),
        "flow steps right": (sum(step.ok for step in summary.flow), len(summary.flow)),
        "requirements covered": (sum(t.status not in {"uncovered", "failed"} for t in traces), len(traces)),
    }
    known = {name: f"{some} of {all_}" for name, (some, all_) in figures.items() if all_}
    known |= {"findings": str(len(summary.findings))} if view.gate else {}
    return _table(list(known), [list(known.values())]) if known else ""


def _hints(summary: Summary) -> list[str]:
    return [f"What to do after **{_text(p.name)}**: {_text(p.hint, 500)}" for p in summary.phases if p.hint]


def _phases(summary: Summary) -> list[str]:
    rows = [
        [str(phase.number), _text(phase.name), phase.status, duration(phase.seconds), _text(phase.reason)]
        for phase in summary.phases
    ]
    return [_folded("Phases", _table(["#", "phase", "status", "time", "why"], rows))] if rows else []


def _services(summary: Summary) -> list[str]:
    ratios = {ratio.service: ratio for ratio in summary.compliance.per_service}
    rows = []
    for service in summary.services:
        ratio = ratios.get(service.name)
        conform = f"{ratio.conforming} of {ratio.operations} ({percent(ratio.ratio)})" if ratio else "not tested"
        rows.append([_text(service.name), service_state(service), conform])
    return [_folded("Services", _table(["service", "state", "operations that conform"], rows))] if rows else []


def _operations(view: RunView) -> list[str]:
    compliance = view.integration.compliance if view.integration else ()
    broken = [(service.service, o) for service in compliance for o in service.operations if not o.conforms]
    if not broken:
        return []
    rows = [
        [_text(name), _text(o.operation), _text(o.failures[0] if o.failures else "no documented 2xx answer")]
        for name, o in broken[:_SHOWN]
    ]
    title = f"{count(len(broken), 'operation')} that {'does' if len(broken) == 1 else 'do'} not conform"
    return [_folded(title, _table(["service", "operation", "failure"], rows))]


def _flow(summary: Summary) -> list[str]:
    if not summary.flow:
        return []
    broken = [_text(step.step) for step in summary.flow if not step.ok]
    done = f"Cross-service flow: {len(summary.flow) - len(broken)} of {count(len(summary.flow), 'step')} passed"
    return [f"{done}; **failed:** {', '.join(broken)}" if broken else done]


def _findings(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    rows = [
        [finding.severity, _text(finding.check), _text(place(finding)), _text(finding.message), _text(finding.hint)]
        for finding in by_severity(findings)[:_SHOWN]
    ]
    more = f"… and {len(findings) - _SHOWN} more." if len(findings) > _SHOWN else ""
    table = _table(["severity", "check", "where", "what", "what to do"], rows)
    return [f"### {count(len(findings), 'finding')}", table, more]


def _uncovered(view: RunView) -> list[str]:
    items = [item.requirement for item in trace(view) if item.status in {"uncovered", "failed"}]
    if not items:
        return []
    lines = [f"- {_text(item.id)}: {_text(item.text)}" for item in items[:_SHOWN]]
    more = f"\n- … and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return [_folded(f"{count(len(items), 'requirement')} uncovered or failed", "\n".join(lines) + more)]


REPORT: Final[Report] = Report(
    name="markdown", filename="summary.md", help="the run as Markdown, for pull requests", render=render
)
