"""The stack of a run by hand: up, down, status, logs, reap, forget."""

from collections.abc import Sequence
from contextlib import suppress

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.plugins import all_runtimes, choose_runtime
from sluice.commands.session import find_run, locked, open_existing, recall, workspace
from sluice.core import proc
from sluice.core.errors import EXIT_OK, InputError, RunLocked
from sluice.core.files import remove_ours
from sluice.engine.stack import Stack


def up(options: Options) -> int:
    """Start the run's stack, with every service that was deployed, and leave it running."""
    with (
        Output(json=options.json) as output,
        open_existing(options.run_id, flags=options.flags, sinks=[output.sink], attempt=False) as session,
    ):
        session.runner.revive()
        session.stack.detach()
        session.guard.detach()
    return status(options)


def down(options: Options) -> int:
    """End the run's stack; its data stays."""
    output = Output(json=options.json)
    with open_existing(options.run_id, flags=options.flags, sinks=[output.sink], attempt=False) as session:
        ended = session.stack.down()
    output.lines("ended", ended or ["nothing was running"])
    return EXIT_OK


def status(options: Options) -> int:
    """What of the run's stack is running, and where."""
    output = Output(json=options.json)
    stack = _stack(options)
    state = stack.state()
    urls = state.services if state else {}
    rows = [{"name": name, "status": word, "url": urls.get(name, "")} for name, word in stack.status().items()]
    if state and state.gateway_url:
        rows.append({"name": "gateway", "status": "", "url": state.gateway_url})
    output.table("stack", rows)
    return EXIT_OK


def logs(options: Options, *, name: str, lines: int) -> int:
    """The last log lines of one server or service."""
    Output(json=options.json).lines(name, _stack(options).logs(name, lines=lines))
    return EXIT_OK


def reap(options: Options) -> int:
    """End whatever runs (all but those at work, or the named one) left behind, found by their label only."""
    output = Output(json=options.json)
    known = [workspace().run(options.run_id).run_id] if options.run_id else _idle_runs()
    output.lines("reaped", _reaped(known) or ["nothing was left behind"])
    return EXIT_OK


def forget(options: Options, *, newest: int) -> int:
    """Delete the named run, or all but so many of the newest, with everything that they left anywhere.

    Raises:
        InputError: neither is said, or there is no such run.
        RunLocked: the named run is at work.
    """
    if not options.run_id and newest < 1:
        raise InputError("say which runs to forget", hint="give --run ID, or --newest N to keep the N newest")
    named = [find_run(options.run_id).run_id] if options.run_id else []
    for run_id in named:
        with locked(workspace().run(run_id)):
            pass
    chosen = named or [run_id for run_id in workspace().run_ids()[:-newest] if run_id in _idle_runs()]
    _reaped(chosen)
    for run_id in chosen:
        for runtime in all_runtimes().values():
            runtime.forget(workspace().run(run_id))
        remove_ours(workspace().run(run_id).root)
    Output(json=options.json).lines("forgotten", chosen or ["no run is that old"])
    return EXIT_OK


def service_url(options: Options, name: str) -> str:
    """Where a service of the run's stack answers.

    Raises:
        InputError: the stack is not up.
    """
    state = _stack(options).state()
    if state is None or name not in state.services:
        raise InputError(f"{name} is not running", hint="`invoke up` starts the stack of a run")
    return state.services[name]


def _idle_runs() -> list[str]:
    idle = []
    for run_id in workspace().run_ids():
        with suppress(RunLocked), locked(workspace().run(run_id)):
            idle.append(run_id)
    return idle


def _reaped(run_ids: Sequence[str]) -> list[str]:
    ended = [f"{run_id}: {line}" for run_id in run_ids for line in proc.reap(run_id)]
    return ended + [line for runtime in all_runtimes().values() for line in runtime.reap(run_ids)]


def _stack(options: Options) -> Stack:
    paths = find_run(options.run_id)
    _, _, settings, _ = recall(paths, prd=None, flags=options.flags)
    runtime, _ = choose_runtime(settings.runtime)
    return runtime.stack(workspace(), paths, settings, lambda *_args, **_data: None)
