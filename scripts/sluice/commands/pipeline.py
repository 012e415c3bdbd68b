"""Whole runs, single phases, resume and plan."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sluice import samples
from sluice.commands.outcome import Finished, finish, show_finished, stored_end
from sluice.commands.output import Output
from sluice.commands.plugins import all_phases, choose_runtime, phase_numbered
from sluice.commands.session import Session, find_run, open_existing, open_new, recall, workspace
from sluice.core.errors import EXIT_OK, SluiceError
from sluice.engine.phase import Phase
from sluice.engine.plan import Action, needed, plan
from sluice.engine.run import Inputs, load_artifacts, state_of

DEFAULT_SAMPLE = "tasktracker"
DECOMPOSE = "decompose"
ALONE = frozenset({"architect", "architect_recording"})


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the faces take; `flags` are settings by name (None: not given)."""

    prd: Path | None = None
    run_id: str | None = None
    json: bool = False
    keep: bool = False
    strict: bool = False
    plant: bool = False
    flags: Mapping[str, object] = field(default_factory=dict)


def pipeline(options: Options) -> int:
    """All seven phases on a new run; takes its stack down at the end unless `keep`."""
    prd = options.prd or samples.path(DEFAULT_SAMPLE)
    with (
        Output(json=options.json) as output,
        open_new(prd=prd, plant=options.plant, flags=options.flags, sinks=[output.sink]) as session,
    ):
        finished = _whole(session, keep=options.keep)
    return show_finished(finished, output, strict=options.strict)


def resume(options: Options) -> int:
    """Redo of a run only what must be redone."""
    done = _nothing_to_do(options)
    if done is not None:
        return show_finished(done, Output(json=options.json), strict=options.strict)
    with (
        Output(json=options.json) as output,
        open_existing(options.run_id, prd=options.prd, flags=options.flags, sinks=[output.sink]) as session,
    ):
        finished = _whole(session, keep=options.keep)
    return show_finished(finished, output, strict=options.strict)


def phase(number: int, options: Options) -> int:
    """One phase on the newest (or the named, or a new) run, after what it needs; the stack stays up, detached.

    Phase 3 with a PRD and `json`, and nothing that speaks of a run, needs neither run nor stack: it prints the
    Decomposition alone.
    """
    target = phase_numbered(number)
    if target.name == DECOMPOSE and options.json and options.prd and not _speaks_of_a_run(options):
        from sluice.commands import decompose  # noqa: PLC0415 - no other command needs the Architect's code

        return decompose.show(options.prd, options.flags)
    with Output(json=options.json) as output, _opened_for_phase(options, output) as session:
        keep = True
        try:
            session.runner.execute(needed(session.phases, target), force=target.name)
        except KeyboardInterrupt:
            keep = False
            raise
        finally:
            _leave(session, keep=keep)
    if options.json:
        artifacts = load_artifacts(session.paths, [target]).items
        output.print_json({kind.__name__: json.loads(made.model_dump_json()) for kind, made in artifacts.items()})
    return EXIT_OK


def show_plan(options: Options, *, number: int | None = None) -> int:
    """What a resume (or `invoke phaseN`) would do, and why; touches nothing."""
    output = Output(json=options.json)
    phases = all_phases()
    chosen = needed(phases, phase_numbered(number)) if number else phases
    actions = _actions(options, chosen, force=phase_numbered(number).name if number else "")
    output.plan(actions)
    return EXIT_OK


def _actions(options: Options, phases: Sequence[Phase], *, force: str = "") -> list[Action]:
    if not options.run_id and not workspace().run_ids():
        return [Action(phase, "RUN", "there is no run yet") for phase in phases]
    paths = find_run(options.run_id)
    text, _, settings, plant = recall(paths, prd=options.prd, flags=options.flags)
    runtime, _ = choose_runtime(settings.runtime)
    settings = settings.model_copy(update={"runtime": runtime.name})
    return plan(phases, state_of(paths, all_phases(), settings, Inputs(prd=text, plant=plant)), force=force)


def _nothing_to_do(options: Options) -> Finished | None:
    actions = _actions(options, all_phases())
    if any(action.kind != "SKIP" for action in actions) or options.keep:
        return None
    return stored_end(find_run(options.run_id))


def _speaks_of_a_run(options: Options) -> bool:
    return bool(options.run_id or any(value for flag, value in options.flags.items() if flag not in ALONE))


def _opened_for_phase(options: Options, output: Output) -> AbstractContextManager[Session]:
    fresh = not workspace().run_ids() and not options.run_id
    if fresh:
        prd = options.prd or samples.path(DEFAULT_SAMPLE)
        return open_new(prd=prd, plant=options.plant, flags=options.flags, sinks=[output.sink])
    return open_existing(options.run_id, prd=options.prd, flags=options.flags, sinks=[output.sink])


def _whole(session: Session, *, keep: bool) -> Finished:
    error: SluiceError | None = None
    try:
        session.runner.execute(session.phases)
        if keep:
            session.runner.revive()
    except SluiceError as failure:
        error = failure
    except KeyboardInterrupt:
        session.journal.emit("run.interrupted", "interrupted: stopping everything of this run")
        finish(session, None)
        _leave(session, keep=False)
        raise
    finished = finish(session, error)
    _leave(session, keep=keep)
    return finished


def _leave(session: Session, *, keep: bool) -> None:
    if keep:
        session.stack.detach()
        session.guard.detach()
    else:
        with session.runner.span("teardown"):
            session.stack.down()
