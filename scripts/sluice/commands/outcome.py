"""The end of a run: summary, reports, manifest and exit code."""

from dataclasses import dataclass, replace

from sluice.commands.output import Output
from sluice.commands.plugins import all_phases
from sluice.commands.session import Session
from sluice.core.errors import EXIT_OK, EXIT_PARTIAL, QualityGateFailed, SluiceError
from sluice.core.paths import RunPaths
from sluice.engine import manifest
from sluice.engine.phase import Artifacts, Phase
from sluice.engine.plan import Record
from sluice.engine.run import load_artifacts, records
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.finding import GateReport
from sluice.model.integration import IntegrationReport
from sluice.model.summary import PhaseSummary, Summary
from sluice.reports.report import RunView
from sluice.reports.summary import summarise
from sluice.reports.write import write_reports


@dataclass(frozen=True)
class Finished:
    """A run that ended: what reports show, and the error that stopped it."""

    view: RunView
    paths: RunPaths
    error: SluiceError | None = None

    def exit_code(self, *, strict: bool) -> int:
        """The exit code that the verdict and the error stand for."""
        if self.error:
            return self.error.exit_code
        codes = {"passed": EXIT_OK, "partial": EXIT_PARTIAL if strict else EXIT_OK}
        return codes.get(self.view.summary.verdict, QualityGateFailed.exit_code)


def finish(session: Session, error: SluiceError | None) -> Finished:
    """Judge and report a run; the manifest is complete afterwards."""
    seconds = sum(record.seconds for record in records(session.paths).values())
    view = view_of(session.paths, session.phases, runtime=session.runner.settings.runtime, seconds=seconds)
    written = write_reports(session.paths.reports, view)
    summary = view.summary.model_copy(update={"reports": written})
    session.close(summary.verdict)
    session.journal.emit("run.finished", f"verdict {summary.verdict}: {summary.reason}", verdict=summary.verdict)
    return Finished(replace(view, summary=summary), session.paths, error)


def stored_summary(paths: RunPaths) -> Finished | None:
    """The end of an earlier run, from its files; None when it was never reported."""
    try:
        summary = Summary.model_validate_json((paths.reports / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    stored = manifest.load(paths)
    if stored is None or not stored.ended:
        return None
    return Finished(_view(summary, load_artifacts(paths, all_phases())), paths)


def view_of(paths: RunPaths, phases: list[Phase], *, runtime: str, seconds: float) -> RunView:
    """A run as reports see it, from what is on disk."""
    artifacts = load_artifacts(paths, phases)
    ended = records(paths)
    lines = [_phase_summary(phase, ended.get(phase.name)) for phase in phases]
    empty = Summary(run_id=paths.run_id, verdict="failed", runtime=runtime)
    summary = summarise(
        run_id=paths.run_id, runtime=runtime, phases=lines, view=_view(empty, artifacts), seconds=round(seconds, 3)
    )
    return _view(summary, artifacts)


def show_finished(finished: Finished, output: Output, *, strict: bool) -> int:
    """Print the summary and return the exit code."""
    output.summary(finished.view, finished.paths)
    return finished.exit_code(strict=strict)


def _phase_summary(phase: Phase, record: Record | None) -> PhaseSummary:
    if record is None:
        return PhaseSummary(number=phase.number, name=phase.name, status="not run")
    status = record.status if record.status in {"passed", "refused", "error", "interrupted"} else "error"
    return PhaseSummary(
        number=phase.number,
        name=phase.name,
        status=status,  # type: ignore[arg-type] # narrowed by the line above
        seconds=record.seconds,
        reason=record.reason,
        hint=record.hint,
    )


def _view(summary: Summary, artifacts: Artifacts) -> RunView:
    return RunView(
        summary=summary,
        decomposition=artifacts.find(Decomposition),
        contracts=artifacts.find(ContractSet),
        build=artifacts.find(BuildResults),
        deployment=artifacts.find(Deployment),
        integration=artifacts.find(IntegrationReport),
        gate=artifacts.find(GateReport),
    )
