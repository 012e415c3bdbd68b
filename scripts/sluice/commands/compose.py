"""The compose model of a run, and the file that each of its values came from."""

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.session import find_run, workspace
from sluice.core.errors import EXIT_OK
from sluice.core.paths import RunPaths
from sluice.phases.deploy.runtimes.docker.composition import Composition

EXAMPLE = "00000000-000000-000000"


def compose(options: Options) -> int:
    """Merge the five files of the newest (or the named) run; before the first run, those that are there already."""
    from sluice.phases.deploy.runtimes.docker.merge import lines, merged  # noqa: PLC0415 - costs 0.4 s

    output = Output(json=options.json)
    found = merged(Composition(_paths(options.run_id)))
    if options.json:
        output.print_json({"model": found.model, "origins": dict(found.origins)})
    else:
        output.lines("compose", lines(found))
    return EXIT_OK


def _paths(run_id: str | None) -> RunPaths:
    if run_id is None and not workspace().run_ids():
        return workspace().run(EXAMPLE)
    return find_run(run_id)
