"""What there is: the plug-ins."""

from collections.abc import Iterable

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.plugins import all_builders, all_phases, all_runtimes
from sluice.core.errors import EXIT_OK
from sluice.phases.gate.registry import all_checks


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


def _plugins(options: Options, title: str, rows: Iterable[dict[str, str]]) -> int:
    Output(json=options.json).table(title, list(rows))
    return EXIT_OK
