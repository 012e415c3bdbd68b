"""The one module that starts processes: each in a group of its own, labelled with its run, bounded in all it does."""

import os
import pwd
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import psutil

from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure, ProcessFailed

RUN_ID_VARIABLE = "SLUICE_RUN_ID"
DEFAULT_OUTPUT_LIMIT = 4 * 1024 * 1024
_POLL_SECONDS = 0.05
_KILL_SECONDS = 5.0
_QUIET_SCANS = 2

Limit = Literal["", "wall", "idle", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Completed:
    """A finished command; `stdout` and `stderr` are the first `limit` bytes, decoded; `exceeded` names a limit hit."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float
    exceeded: Limit = ""

    def check(self, *, hint: str = "") -> "Completed":
        """Self, or raises ProcessFailed when the command failed or hit a limit."""
        if self.code or self.exceeded:
            output = f"{self.stdout}\n{self.stderr}"
            raise ProcessFailed(self.argv, None if self.exceeded else self.code, output, hint=hint)
        return self


@dataclass(frozen=True, kw_only=True)
class Handle:
    """A process that goes on running; `started` (seconds since the epoch) guards against a reused pid."""

    name: str
    pid: int
    started: float
    log: str = ""

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return _same(self.pid, self.started) is not None


@dataclass
class _Capture:
    """Reads one pipe to its end; keeps the first `limit` bytes, and all of it in `spill` up to 16 x `limit`."""

    stream: IO[bytes]
    limit: int
    spill: Path | None
    on_data: Callable[[], None]
    kept: bytearray = field(default_factory=bytearray)

    def run(self) -> None:
        written = 0
        with (self.spill or Path(os.devnull)).open("wb") as out, self.stream:
            while chunk := os.read(self.stream.fileno(), 65536):
                self.on_data()
                self.kept += chunk[: max(0, self.limit - len(self.kept))]
                if written < 16 * self.limit:
                    written += out.write(chunk)


def run(
    argv: Sequence[str],
    *,
    run_id: str = "",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
    timeout: float | None = None,
    idle_timeout: float | None = None,
    spill: Path | None = None,
    output_limit: int = DEFAULT_OUTPUT_LIMIT,
    stdin: bytes | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Completed:
    """Run a command to its end, in a process group of its own that is gone when this returns.

    Args:
        argv: program and arguments; never a shell.
        run_id: labels the process (and its children) so that `invoke reap` finds it.
        cwd: working directory.
        env: the whole environment of the child (default: `child_environment()`).
        user: numeric user id to run as (needs root).
        timeout: seconds of wall time.
        idle_timeout: seconds without a byte of output.
        spill: directory that receives `stdout` and `stderr` (first 16 x `output_limit` bytes each).
        output_limit: bytes of each stream that are kept in the result.
        stdin: what the command reads; None gives it an empty input.
        cancelled: polled; when it says True the group is ended.

    Raises:
        EnvironmentFailure: the program cannot be started.
    """
    began = time.monotonic()
    last = began

    def touch() -> None:
        nonlocal last
        last = time.monotonic()

    process = _start(argv, run_id=run_id, cwd=cwd, env=env, user=user, feed=stdin is not None)
    captures = [
        _Capture(stream, output_limit, spill / name if spill else None, touch)
        for name, stream in (("stdout", process.stdout), ("stderr", process.stderr))
        if stream
    ]
    threads = [threading.Thread(target=capture.run, daemon=True) for capture in captures]
    for thread in threads:
        thread.start()
    try:
        _feed(process, stdin)
        exceeded: Limit = ""
        while not exceeded and process.poll() is None:
            exceeded = _limit(time.monotonic() - began, time.monotonic() - last, timeout, idle_timeout, cancelled)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
    finally:
        stop_group(process.pid)
        code = process.wait()
        for thread in threads:
            thread.join(timeout=5)
    stdout, stderr = (bytes(capture.kept).decode("utf-8", "replace") for capture in captures)
    seconds = time.monotonic() - began
    return Completed(argv=tuple(argv), code=code, stdout=stdout, stderr=stderr, seconds=seconds, exceeded=exceeded)


def _feed(process: subprocess.Popen[bytes], stdin: bytes | None) -> None:
    if stdin is not None and process.stdin:
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(stdin)


def _limit(
    elapsed: float,
    idle: float,
    timeout: float | None,
    idle_timeout: float | None,
    cancelled: Callable[[], bool],
) -> Limit:
    if timeout is not None and elapsed > timeout:
        return "wall"
    if idle_timeout is not None and idle > idle_timeout:
        return "idle"
    return "cancelled" if cancelled() else ""


def _start(
    argv: Sequence[str],
    *,
    run_id: str,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    user: int | None,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
    feed: bool = False,
) -> subprocess.Popen[bytes]:
    environment = dict(child_environment() if env is None else env)
    if run_id:
        environment[RUN_ID_VARIABLE] = run_id
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            user=user,
            group=None if user is None else pwd.getpwuid(user).pw_gid,
            extra_groups=None if user is None else [],
        )
    except OSError as error:
        raise EnvironmentFailure(
            f"cannot start {argv[0]}", details=[str(error)], hint="is the environment complete? run `nox -s dev`"
        ) from error


def spawn(
    argv: Sequence[str],
    *,
    name: str,
    run_id: str,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
) -> Handle:
    """Start a command that goes on running; its output is appended to `log`.

    Raises:
        EnvironmentFailure: the program cannot be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = _start(argv, run_id=run_id, cwd=cwd, env=env, user=user, stdout=stream, stderr=stream)
    threading.Thread(target=process.wait, daemon=True).start()
    try:
        started = psutil.Process(process.pid).create_time()
    except psutil.NoSuchProcess:
        started = time.time()
    return Handle(name=name, pid=process.pid, started=started, log=str(log))


def _same(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - started) < 1:
            return process
    except psutil.Error:
        pass
    return None


def companion(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start an unlabelled helper whose standard input is a pipe that closes when this process ends, however it ends."""
    return _start(
        argv, run_id="", cwd=None, env=env, user=None, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, feed=True
    )


def stop(handle: Handle, *, grace: float = 5.0, first: signal.Signals = signal.SIGTERM) -> None:
    """End the process group of `handle`: the signal `first`, then SIGKILL after `grace` seconds."""
    if handle.alive():
        stop_group(handle.pid, grace=grace, first=first)


def stop_group(pgid: int, *, grace: float = 5.0, first: signal.Signals = signal.SIGTERM) -> None:
    """End a process group that this program started; returns when it is gone."""
    for number, patience in ((first, grace), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pgid, number)
        deadline = time.monotonic() + patience
        while _group_alive(pgid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def _group_alive(pgid: int) -> bool:
    try:
        os.killpg(pgid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return any(_in_group(process, pgid) for process in psutil.process_iter(["pid", "status"]))


def _in_group(process: psutil.Process, pgid: int) -> bool:
    try:
        return os.getpgid(process.pid) == pgid and process.info["status"] != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, PermissionError):
        return False


def labelled(run_id: str, *, keep: Iterable[int] = ()) -> Iterator[psutil.Process]:
    """Living processes that carry this run's label in their environment, and their descendants.

    Descendants, because a process may overwrite its own environment: PostgreSQL's children do.  Left out are the
    caller, and the processes of `keep` with all their descendants.
    """
    children: dict[int, list[psutil.Process]] = {}
    waiting = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                children.setdefault(process.ppid(), []).append(process)
                if process.environ().get(RUN_ID_VARIABLE) == run_id:
                    waiting.append(process)
    spared = set(_descendants(list(keep), children))
    by_pid = {process.pid: process for family in (waiting, *children.values()) for process in family}
    yield from (by_pid[pid] for pid in _descendants([p.pid for p in waiting], children) if pid not in spared)


def _descendants(roots: list[int], children: Mapping[int, list[psutil.Process]]) -> Iterator[int]:
    """The roots and all below them, each once."""
    seen: set[int] = set()
    while roots:
        pid = roots.pop()
        if pid not in seen:
            seen.add(pid)
            roots += [child.pid for child in children.get(pid, [])]
            yield pid


def memory(process: psutil.Process) -> int:
    """Bytes that a process uses alone, and its share of what it shares (PSS); 0 when it is gone."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", info.rss))


def reap(run_id: str, *, grace: float = 3.0, keep: Iterable[int] = ()) -> list[str]:
    """End every process of this run, asking first and killing after `grace` seconds; `pid name` of each that was ended.

    Looks again until nothing is found twice, since what is being ended may still start something.  The processes of
    `keep`, and what they started, stay.
    """
    kept = tuple(keep)
    deadline = time.monotonic() + grace
    asked: dict[psutil.Process, str] = {}
    quiet = 0
    while quiet < _QUIET_SCANS and time.monotonic() < deadline + _KILL_SECONDS:
        found = {*labelled(run_id, keep=kept), *filter(_living, asked)}
        quiet = 0 if found else quiet + 1
        for process in found:
            with suppress(psutil.Error):
                if time.monotonic() > deadline:
                    process.kill()
                elif process not in asked:
                    asked[process] = f"{process.pid} {process.name()}"
                    # PostgreSQL waits for its clients on SIGTERM; SIGINT is its fast stop.
                    process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
        time.sleep(_POLL_SECONDS)
    return list(asked.values())


def _living(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
