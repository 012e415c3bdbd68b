"""The quality gate by itself, on any folder of services."""

from pathlib import Path

from sluice.commands.outcome import with_excerpts
from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.session import PROJECT_FILE
from sluice.core.config import load_settings
from sluice.core.errors import EXIT_OK, InputError, QualityGateFailed
from sluice.core.files import write_atomic
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.run import run_gate
from sluice.reports.summary import view_of_gate
from sluice.reports.write import all_reports


def gate(options: Options, *, path: Path, sarif: str, junit: str, html: str = "") -> int:
    """Judge the services in `path`; checks that need a run are skipped, each with its reason.

    Raises:
        InputError: `path` is no directory, or holds no code that the gate can read.
    """
    output = Output(json=options.json)
    given = GateInput.from_folder(path, load_settings(PROJECT_FILE, {}))
    if not given.services:
        raise InputError(f"{path} holds no Python code", hint="name the folder that has one directory a service")
    view = with_excerpts(view_of_gate(run_gate(given), name=given.root.name), given.root)
    for name, target in (("sarif", sarif), ("junit", junit), ("html", html)):
        if target:
            write_atomic(Path(target), all_reports()[name].render(view))
    output.gate(view)
    return EXIT_OK if view.summary.verdict != "failed" else QualityGateFailed.exit_code
