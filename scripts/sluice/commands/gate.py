"""The quality gate by itself, on any folder of services."""

from dataclasses import dataclass
from pathlib import Path

from sluice.commands.outcome import with_excerpts
from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.session import PROJECT_FILE
from sluice.core.config import load_settings
from sluice.core.errors import EXIT_OK, InputError, QualityGateFailed
from sluice.core.files import write_atomic
from sluice.core.paths import user_cache
from sluice.model.finding import GateReport
from sluice.phases.gate import baseline
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.remembered import remembered
from sluice.phases.gate.run import run_gate
from sluice.reports.summary import view_of_gate
from sluice.reports.write import all_reports


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the gate writes beside its answer, and what it starts from; '' is nothing.

    `fresh` judges anew even where nothing has changed since the last time.
    """

    sarif: str = ""
    junit: str = ""
    html: str = ""
    baseline: str = ""
    write_baseline: str = ""
    fresh: bool = False


def gate(options: Options, *, path: Path, wanted: Wanted) -> int:
    """Judge the services in `path`; checks that need a run are skipped, each with its reason.

    Raises:
        InputError: `path` is no directory, or holds no code that the gate can read; or the baseline is none.
    """
    output = Output(json=options.json)
    known = baseline.read(Path(wanted.baseline)) if wanted.baseline else frozenset()
    given = GateInput.from_folder(path, load_settings(PROJECT_FILE, {}), known)
    if not given.services:
        raise InputError(f"{path} holds no Python code", hint="name the folder that has one directory a service")
    report = _judged(given, output, fresh=wanted.fresh)
    view = with_excerpts(view_of_gate(report, name=given.root.name), given.root)
    for name, target in (("sarif", wanted.sarif), ("junit", wanted.junit), ("html", wanted.html)):
        if target:
            write_atomic(Path(target), all_reports()[name].render(view))
    if wanted.write_baseline:
        old = [finding for finding in report.suppressed if finding.fingerprint in known]
        baseline.write(Path(wanted.write_baseline), [*report.findings, *old])
    output.gate(view)
    return EXIT_OK if view.summary.verdict != "failed" else QualityGateFailed.exit_code


def _judged(given: GateInput, output: Output, *, fresh: bool) -> GateReport:
    if fresh:
        return run_gate(given)
    report, kept = remembered(given, user_cache() / "verdicts", run_gate)
    if kept:
        output.note("nothing has changed since this was judged; --fresh judges anew")
    return report
