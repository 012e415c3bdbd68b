"""Runs that there are, their reports, and what changed between two of them."""

import sys
from collections.abc import Sequence
from pathlib import PurePath

from sluice.commands.outcome import stored_summary, view_of_run
from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.plugins import all_phases
from sluice.commands.session import find_run, workspace
from sluice.core.errors import EXIT_OK, InputError
from sluice.core.paths import RunPaths
from sluice.engine import manifest
from sluice.model.run_diff import RunFacts
from sluice.reports.diff import compare
from sluice.reports.diff_screen import render_diff
from sluice.reports.report import RunView
from sluice.reports.text import duration, minute
from sluice.reports.write import all_reports, write_reports

_VERDICTS = {"passed", "partial", "failed"}


def runs(options: Options) -> int:
    """All runs, newest first."""
    output = Output(json=options.json)
    paths = [workspace().run(run_id) for run_id in reversed(workspace().run_ids())]
    found = [_facts(run, _reason(run)) for run in paths]
    if options.json:
        output.print_json([facts.model_dump(mode="json") for facts in found])
    else:
        output.table("runs", [_row(facts) for facts in found])
    return EXIT_OK


def report(options: Options, *, markdown: bool, diff: Sequence[str]) -> int:
    """Write the reports of a run again, from its artifacts, and say where they are; or compare two runs.

    Raises:
        InputError: there is no such run, or `diff` names one run only.
    """
    if diff:
        return _diff(options, diff)
    output = Output(json=options.json)
    paths = find_run(options.run_id)
    view = _view(paths)
    written = write_reports(paths.reports, view)
    if markdown:
        sys.stdout.write(all_reports()["markdown"].render(view))
    else:
        output.table("reports", [{"report": name, "path": str(paths.root / path)} for name, path in written.items()])
    return EXIT_OK


def _diff(options: Options, names: Sequence[str]) -> int:
    if len(names) != len(("before", "after")) or not all(names):
        raise InputError("--diff takes two runs", hint="`invoke report --diff A B`; `invoke runs` lists them")
    before, after = (find_run(name) for name in names)
    old, new = _view(before), _view(after)
    facts = (_facts(before, old.summary.reason), _facts(after, new.summary.reason))
    found = compare(old, new, facts=facts)
    output = Output(json=options.json)
    if options.json:
        output.print_json(found.model_dump(mode="json"))
    else:
        output.show(render_diff(found))
    return EXIT_OK


def _view(paths: RunPaths) -> RunView:
    stored = manifest.load(paths)
    runtime = str(stored.settings.get("runtime", "")) if stored else ""
    return view_of_run(paths, all_phases(), runtime=runtime)


def _facts(paths: RunPaths, reason: str) -> RunFacts:
    """A run in a line; its manifest knows, and where that is damaged nothing is."""
    stored = manifest.load(paths)
    if stored is None:
        return RunFacts(run=paths.run_id, verdict="unfinished", reason="its run_manifest.json is missing or damaged")
    ended = bool(stored.ended) and stored.verdict in _VERDICTS
    return RunFacts.model_validate(
        {
            "run": paths.run_id,
            "verdict": stored.verdict if ended else "unfinished",
            "reason": reason,
            "started": stored.started,
            "seconds": stored.seconds if ended else None,
            "runtime": str(stored.settings.get("runtime", "")),
            "prd": stored.prd_source,
            "planted": stored.plant,
        }
    )


def _reason(paths: RunPaths) -> str:
    """Why a run that was reported ended as it did; cheaper than judging it again."""
    stored = stored_summary(paths)
    return stored.reason if stored else ""


def _row(facts: RunFacts) -> dict[str, str]:
    return {
        "run": facts.run,
        "verdict": facts.verdict,
        "time": duration(facts.seconds) if facts.seconds is not None else "",
        "started": minute(facts.started),
        "runtime": facts.runtime,
        "prd": f"{PurePath(facts.prd).name}{' (planted)' if facts.planted else ''}",
    }
