"""report.html: the run as one self-contained page that fetches nothing and needs no script to be read."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sluice.reports import page
from sluice.reports.graph import HEIGHT, WIDTH, Graph, service_graph
from sluice.reports.redact import evidence
from sluice.reports.report import Report, RunView
from sluice.reports.text import by_severity, clean, count, duration, one_line, percent, place, size
from sluice.reports.timeline import bars_from_summary
from sluice.reports.trace import STATUSES, trace

_LONGEST = 4000
_MOST_FINDINGS = 1000
_CODE = re.compile(r"`([^`\n]+)`")


def render(view: RunView) -> str:
    """The whole page; a section whose artifact is missing says so or is left out."""
    bars = view.timeline or bars_from_summary(view.summary.phases)
    services, operations, traces = page.services_of(view), page.operations_of(view), trace(view)
    sections = page.sections_of(view, traces)
    total = page.end_of(bars)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            summary=view.summary,
            **_own_files(),
            sections=sections,
            tiles=page.tiles_of(view, traces, sections),
            bars=bars,
            built={result.service: result.status for result in view.build.results} if view.build else {},
            phases={phase.name: phase for phase in view.summary.phases},
            total=total,
            ticks=page.ticks(total),
            services=services,
            operations=operations,
            anchors={row.result.operation: f"op-{number}" for number, row in enumerate(operations, 1)},
            graph=_graph(view),
            box={"width": WIDTH, "height": HEIGHT},
            rows={row.summary.name: row for row in services},
            findings=by_severity(view.summary.findings)[:_MOST_FINDINGS],
            checks=page.checks_of(view),
            traces=traces,
            trace_words=STATUSES,
            hints=[phase for phase in view.summary.phases if phase.hint],
        )
    )


@cache
def _own_files() -> dict[str, str]:
    """Style and script of the page, and the hashes by which its policy allows these two and nothing else."""
    own: dict[str, str] = {}
    for name, file in (("style", "report.css"), ("script", "report.js")):
        text = files("sluice.reports").joinpath("templates", file).read_text(encoding="utf-8")
        own[name] = Markup(text)  # noqa: S704  (our own file, nothing of the run in it)
        own[f"{name}_hash"] = b64encode(sha256(text.encode()).digest()).decode()
    return own


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sluice.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=count,
        duration=duration,
        evidence=evidence,
        one_line=one_line,
        percent=percent,
        place=place,
        prose=_prose,
        size=size,
    )
    return environment


def _printable(value: object) -> object:
    if type(value) is not str:
        return value
    more = len(value) - _LONGEST
    return clean(value) if more <= 0 else f"{clean(value[:_LONGEST])}\n… {count(more, 'more character')}"


def _prose(text: str) -> Markup:
    """A sentence in which `words between backticks` are code."""
    escaped = str(escape(_printable(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))  # noqa: S704  (escaped in the line above)


def _graph(view: RunView) -> Graph | None:
    plan = view.decomposition
    return service_graph(plan) if plan and plan.service_map.services else None


REPORT: Final[Report] = Report(
    name="html", filename="report.html", help="one self-contained page for people", render=render
)
