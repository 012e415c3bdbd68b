"""summary.json: what `--json` prints."""

from typing import Final

from sluice.reports.report import Report, RunView


def render(view: RunView) -> str:
    """The summary as JSON, described by `summary.schema.json`."""
    return view.summary.model_dump_json(indent=2) + "\n"


REPORT: Final[Report] = Report(
    name="summary", filename="summary.json", help="the run in one JSON object", render=render
)
