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


def render(view: RunView) -> str:
    """Verdict first, then tables of phases, services and findings, then uncovered requirements."""
    summary = view.summary
    parts = [
        f"## Sluice: {summary.verdict}",
        _text(summary.reason, 500),
        _run(summary),
        *_phases(summary),
        *_services(summary),
        *_flow(summary),
        *_findings(summary.findings),
        *_uncovered(view),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(text: str, limit: int = 200) -> str:
    """Markdown that shows the text as it is: no markup, no table break, nobody notified."""
    return _SPECIAL.sub(r"\\\1", one_line(text, limit)).replace("@", "@<!-- -->")


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _run(summary: Summary) -> str:
    return f"Run `{summary.run_id}` · runtime {_text(summary.runtime)} · {duration(summary.seconds)}"


def _phases(summary: Summary) -> list[str]:
    rows = [
        [str(phase.number), _text(phase.name), phase.status, duration(phase.seconds), _text(phase.reason)]
        for phase in summary.phases
    ]
    hints = [f"What to do after **{_text(p.name)}**: {_text(p.hint, 500)}" for p in summary.phases if p.hint]
    return [_table(["#", "phase", "status", "time", "why"], rows), *hints] if rows else []


def _services(summary: Summary) -> list[str]:
    ratios = {ratio.service: ratio for ratio in summary.compliance.per_service}
    rows = []
    for service in summary.services:
        ratio = ratios.get(service.name)
        conform = f"{ratio.conforming} of {ratio.operations} ({percent(ratio.ratio)})" if ratio else "not tested"
        rows.append([_text(service.name), service_state(service), conform])
    return ["### Services", _table(["service", "state", "operations that conform"], rows)] if rows else []


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
    return [f"### {count(len(items), 'requirement')} uncovered or failed", "\n".join(lines)]


REPORT: Final[Report] = Report(
    name="markdown", filename="summary.md", help="the run as Markdown, for pull requests", render=render
)
