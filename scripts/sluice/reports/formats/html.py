"""report.html: the run as one self-contained page, without scripts, without anything fetched."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sluice.model.finding import CheckRun
from sluice.model.integration import ServiceCompliance
from sluice.model.summary import ServiceSummary
from sluice.reports.graph import HEIGHT, WIDTH, Graph, service_graph
from sluice.reports.report import Report, RunView
from sluice.reports.text import by_severity, clean, count, duration, one_line, percent, place, service_state
from sluice.reports.timeline import Bar, bars_from_summary
from sluice.reports.trace import trace

_LONGEST = 4000


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """A service as the page shows it; `state` is `healthy`, `unhealthy`, `not deployed` or `not built`."""

    summary: ServiceSummary
    state: str
    route: str
    compliance: ServiceCompliance | None


def render(view: RunView) -> str:
    """The whole page; a section whose artifact is missing says so or is left out."""
    style = files("sluice.reports").joinpath("templates", "report.css").read_text(encoding="utf-8")
    services = _services(view)
    bars = view.timeline or bars_from_summary(view.summary.phases)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            summary=view.summary,
            style=Markup(style),  # noqa: S704  (our own file, nothing of the run in it)
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
            bars=bars,
            built={result.service: result.status for result in view.build.results} if view.build else {},
            total=_end(bars),
            services=services,
            graph=_graph(view),
            box={"width": WIDTH, "height": HEIGHT},
            rows={row.summary.name: row for row in services},
            findings=by_severity(view.summary.findings),
            checks=_checks(view),
            traces=trace(view),
        )
    )


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
    environment.filters.update(count=count, duration=duration, percent=percent, place=place, one_line=one_line)
    return environment


def _printable(value: object) -> object:
    if type(value) is not str:
        return value
    more = len(value) - _LONGEST
    return clean(value) if more <= 0 else f"{clean(value[:_LONGEST])}\n… {count(more, 'more character')}"


def _services(view: RunView) -> list[ServiceRow]:
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


def _graph(view: RunView) -> Graph | None:
    plan = view.decomposition
    return service_graph(plan) if plan and plan.service_map.services else None


def _checks(view: RunView) -> dict[str, CheckRun]:
    return {run.check: run for layer in view.gate.layers for run in layer.checks} if view.gate else {}


def _end(bars: Sequence[Bar]) -> float:
    return max((bar.start + bar.seconds for bar in bars), default=0.0) or 1.0


REPORT: Final[Report] = Report(
    name="html", filename="report.html", help="one self-contained page for people", render=render
)
