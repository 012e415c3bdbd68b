"""The end of a run: summary, reports, manifest and exit code."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from sluice.commands.output import Output
from sluice.commands.plugins import all_phases
from sluice.commands.session import Session
from sluice.core.errors import EXIT_OK, EXIT_PARTIAL, InputError, QualityGateFailed, SluiceError
from sluice.core.files import canonical_json, inside
from sluice.core.paths import RunPaths
from sluice.engine import manifest
from sluice.engine.journal import read_events
from sluice.engine.manifest import Manifest
from sluice.engine.phase import Phase
from sluice.engine.plan import Record
from sluice.engine.run import load_artifacts, records
from sluice.model.summary import PhaseSummary, Summary
from sluice.reports.excerpt import excerpts
from sluice.reports.report import RunView
from sluice.reports.summary import summarise, view_of
from sluice.reports.timeline import bars_of
from sluice.reports.write import write_reports

_MAX_SOURCE = 2_000_000


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
    """Judge and report a run; the manifest is complete afterwards, and not before the reports are written."""
    view = view_of_run(session.paths, session.phases, runtime=session.runner.settings.runtime)
    done = session.completed(view.summary.verdict)
    view = _with_origin(view, done, session.paths)
    written = write_reports(session.paths.reports, view)
    summary = view.summary.model_copy(update={"reports": written})
    manifest.save(done, session.paths)
    session.journal.emit("run.finished", f"verdict {summary.verdict}: {summary.reason}", verdict=summary.verdict)
    return Finished(replace(view, summary=summary), session.paths, error)


def stored_summary(paths: RunPaths) -> Summary | None:
    """The summary of an earlier run that ended and was reported; None of any other."""
    stored = manifest.load(paths)
    if stored is None or not stored.ended:
        return None
    try:
        return Summary.model_validate_json((paths.reports / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def stored_end(paths: RunPaths) -> Finished | None:
    """The end of an earlier run, from its files; None when it was never reported."""
    summary = stored_summary(paths)
    return Finished(view_of(summary, load_artifacts(paths, all_phases())), paths) if summary else None


def view_of_run(paths: RunPaths, phases: Sequence[Phase], *, runtime: str) -> RunView:
    """A run as reports see it, from what is on disk."""
    artifacts = load_artifacts(paths, phases)
    ended = records(paths)
    lines = [_phase_summary(phase, ended.get(phase.name)) for phase in phases]
    seconds = round(sum(record.seconds for record in ended.values()), 3)
    summary = summarise(run_id=paths.run_id, runtime=runtime, phases=lines, artifacts=artifacts, seconds=seconds)
    view = with_excerpts(view_of(summary, artifacts), paths.root)
    view = replace(view, timeline=bars_of(read_events(paths.journal)))
    stored = manifest.load(paths)
    return _with_origin(view, stored, paths) if stored else view


def _with_origin(view: RunView, stored: Manifest, paths: RunPaths) -> RunView:
    images = {"images": found} if (found := _images(paths)) else {}
    return replace(view, provenance=_provenance(stored) | images, memory=stored.memory)


def _images(paths: RunPaths) -> dict[str, str]:
    """Image of each service in the merged compose model that a run on containers leaves; empty without one."""
    try:
        stored = json.loads((paths.root / "compose" / "docker-compose.merged.json").read_text(encoding="utf-8"))
        services = stored["model"]["services"]
        return {name: str(service["image"]) for name, service in sorted(services.items()) if "image" in service}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def with_excerpts(view: RunView, root: Path) -> RunView:
    """The view with the lines around its findings; of a run that planted violations, those of the planted copy."""
    if view.gate is None:
        return view
    base = root / "planted" if view.gate.planted else root
    found = excerpts([*view.gate.findings, *view.gate.suppressed], lambda path: _source(base, path))
    return replace(view, excerpts=found)


def _source(base: Path, path: str) -> str | None:
    """The text of a file below `base`; None when it is gone, outside, large or no text."""
    try:
        file = inside(base, path)
        if not file.is_file() or file.stat().st_size > _MAX_SOURCE:
            return None
        return file.read_text(encoding="utf-8", errors="replace")
    except (InputError, OSError, ValueError):
        return None


def _provenance(stored: Manifest) -> dict[str, dict[str, str]]:
    commit = stored.git.commit and f"{stored.git.commit}{' with changes' if stored.git.dirty else ''}"
    run = {
        "started": stored.started,
        "ended": stored.ended,
        "attempts": str(stored.attempts),
        "commit": commit,
        "PRD": PurePath(stored.prd_source).name,
        "PRD digest": stored.prd_digest,
    }
    settings = {name: canonical_json(value).strip('"') for name, value in stored.settings.items()}
    seeds = {name: str(seed) for name, seed in stored.seeds.items()}
    groups = {"run": run, "versions": stored.versions, "seeds": seeds, "settings": settings}
    return {group: {name: value for name, value in facts.items() if value} for group, facts in groups.items()}


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
