"""What there is: runs, plug-ins, reports."""

from collections.abc import Iterable

from sluice.commands.outcome import stored_summary, view_of_run
from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.plugins import all_builders, all_phases, all_runtimes
from sluice.commands.session import find_run, workspace
from sluice.core.errors import EXIT_OK
from sluice.engine import manifest
from sluice.phases.gate.registry import all_checks
from sluice.reports.write import write_reports


def runs(options: Options) -> int:
    """All runs, newest first."""
    rows = []
    for run_id in reversed(workspace().run_ids()):
        stored = manifest.load(workspace().run(run_id))
        rows.append(
            {
                "run": run_id,
                "verdict": (stored.verdict or "unfinished") if stored else "unfinished",
                "seconds": f"{stored.seconds:.1f}" if stored else "",
                "prd": stored.prd_source if stored else "",
            }
        )
    Output(json=options.json).table("runs", rows)
    return EXIT_OK


def checks(options: Options) -> int:
    """Every check of the quality gate."""
    rows = ({"id": c.name, "layer": str(c.layer), "title": c.title} for c in all_checks().values())
    return _plugins(options, "checks", rows)


def builders(options: Options) -> int:
    """Every builder."""
    return _plugins(options, "builders", ({"name": b.name, "help": b.help} for b in all_builders().values()))


def runtimes(options: Options) -> int:
    """Every runtime, and whether this machine can run it."""
    rows = (
        {"name": runtime.name, "help": runtime.help, "here": runtime.unavailable() or "yes"}
        for runtime in all_runtimes().values()
    )
    return _plugins(options, "runtimes", rows)


def phases(options: Options) -> int:
    """The phases, in order."""
    rows = (
        {
            "number": str(phase.number),
            "name": phase.name,
            "consumes": ", ".join(kind.__name__ for kind in phase.consumes),
            "produces": ", ".join(kind.__name__ for kind in phase.produces),
        }
        for phase in all_phases()
    )
    return _plugins(options, "phases", rows)


def report(options: Options) -> int:
    """Write the reports of a run again, from its artifacts, and say where they are."""
    output = Output(json=options.json)
    paths = find_run(options.run_id)
    before = stored_summary(paths)
    runtime = before.view.summary.runtime if before else ""
    written = write_reports(paths.reports, view_of_run(paths, all_phases(), runtime=runtime))
    output.table("reports", [{"report": name, "path": str(paths.root / path)} for name, path in written.items()])
    return EXIT_OK


def _plugins(options: Options, title: str, rows: Iterable[dict[str, str]]) -> int:
    Output(json=options.json).table(title, list(rows))
    return EXIT_OK
