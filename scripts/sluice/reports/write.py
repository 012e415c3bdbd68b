"""Writes all reports of a run; nothing else in this package touches the disk."""

from dataclasses import replace
from pathlib import Path

from sluice.core.files import write_atomic
from sluice.core.registry import discover
from sluice.reports import formats
from sluice.reports.report import Report, RunView


def all_reports() -> dict[str, Report]:
    """Every report plug-in by name."""
    return discover(formats, "REPORT", Report)


def write_reports(directory: Path, view: RunView) -> dict[str, str]:
    """Render every report into `directory`; returns name → path relative to the run's directory.

    The same mapping stands in the written summary as `reports`.
    """
    plugins = all_reports()
    paths = {name: f"{directory.name}/{plugin.filename}" for name, plugin in plugins.items()}
    final = replace(view, summary=view.summary.model_copy(update={"reports": paths}))
    for plugin in plugins.values():
        write_atomic(directory / plugin.filename, plugin.render(final))
    return paths
