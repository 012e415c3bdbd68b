"""One open run: its directory, lock, journal, stack and runner, assembled."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sluice.commands.plugins import all_builders, all_phases, choose_runtime
from sluice.core import guardian
from sluice.core.config import Settings, load_settings
from sluice.core.errors import InputError, RunLocked, SluiceError
from sluice.core.files import mark_ours, write_atomic
from sluice.core.paths import RunPaths, Workspace
from sluice.core.registry import pick
from sluice.engine import manifest
from sluice.engine.journal import Journal, Sink, now
from sluice.engine.manifest import Manifest
from sluice.engine.phase import Phase
from sluice.engine.run import Inputs, Runner
from sluice.engine.stack import Stack
from sluice.phases.decompose import suggestion

MAX_PRD_BYTES = 10 * 1024 * 1024
PROJECT_FILE = Path("pyproject.toml")


@dataclass
class Session:
    """An open run."""

    runner: Runner
    manifest: Manifest
    began: str
    guard: guardian.Guard

    @property
    def paths(self) -> RunPaths:
        """The run's directory."""
        return self.runner.paths

    @property
    def journal(self) -> Journal:
        """The run's journal."""
        return self.runner.journal

    @property
    def stack(self) -> Stack:
        """The run's stack."""
        return self.runner.stack

    @property
    def phases(self) -> Sequence[Phase]:
        """All phases in order."""
        return self.runner.phases

    def completed(self, verdict: str) -> Manifest:
        """The manifest as it stands at the end, measured now and not yet written."""
        services = {path.name: path for path in (self.paths.root / "services").glob("*")}
        memory: dict[str, int] = {}
        with suppress(SluiceError):  # an engine that went away must not hide how the run ended
            memory = self.stack.memory() if self.stack.state() else {}
        return manifest.finish(
            self.manifest, self.paths, verdict=verdict, began=self.began, services=services, memory=memory
        )


def workspace() -> Workspace:
    """The `.sluice` directory of the current directory."""
    return Workspace(Path.cwd() / ".sluice")


def read_prd(path: Path) -> str:
    """The text of a PRD.

    Raises:
        InputError: not there, not text, empty or larger than 10 MiB.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the PRD {path}", details=[str(error)], hint="give --prd FILE") from error
    if len(raw) > MAX_PRD_BYTES:
        raise InputError(f"the PRD {path} has {len(raw)} bytes", hint="split it: 10 MiB is the most that is read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"the PRD {path} is not UTF-8 text", details=[str(error)], hint="save it as UTF-8") from error
    if "\0" in text or not text.strip():
        what = "has NUL bytes, so it is not text" if "\0" in text else "is empty"
        raise InputError(f"the PRD {path} {what}", hint="give a Markdown document that names services and entities")
    return text


def find_run(run_id: str | None) -> RunPaths:
    """The run with this id, or the newest.

    Raises:
        InputError: there is none.
    """
    known = workspace().run_ids()
    if not known:
        raise InputError("there is no run yet", hint="`nox -s pipeline` or `invoke phase1` makes one")
    if run_id and run_id not in known:
        raise InputError(f"there is no run {run_id!r}", hint="`invoke runs` lists them")
    return workspace().run(run_id or known[-1])


@contextmanager
def open_new(*, prd: Path, plant: bool, flags: Mapping[str, object], sinks: Sequence[Sink]) -> Iterator[Session]:
    """A new run of this PRD."""
    text = read_prd(prd)
    settings = load_settings(PROJECT_FILE, flags)
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    paths = workspace().create().run(run_id)
    with _opened(paths, text, str(prd.resolve()), settings, sinks, plant=plant) as session:
        yield session


@contextmanager
def open_existing(
    run_id: str | None,
    *,
    prd: Path | None = None,
    flags: Mapping[str, object],
    sinks: Sequence[Sink],
    attempt: bool = True,
) -> Iterator[Session]:
    """An earlier run, with the inputs and settings it had unless others are given.

    An `attempt` will run phases, so the manifest forgets how the run ended; without one it stays as it is.
    """
    paths = find_run(run_id)
    text, source, settings, plant = recall(paths, prd=prd, flags=flags)
    with _opened(paths, text, source, settings, sinks, plant=plant, attempt=attempt) as session:
        yield session


def recall(paths: RunPaths, *, prd: Path | None, flags: Mapping[str, object]) -> tuple[str, str, Settings, bool]:
    """PRD text, its source, settings and `plant` of an earlier run, overridden by what is given.

    Raises:
        InputError: the run was killed before its inputs were written, or they are damaged.
    """
    before = manifest.load(paths)
    if before is None or not paths.prd.is_file():
        again = f" --prd {paths.prd}" if paths.prd.is_file() else ""
        raise InputError(
            f"run {paths.run_id} cannot go on: its run_manifest.json or PRD is missing or damaged",
            hint=f"start a new run: `invoke pipeline{again}`; `invoke reap` ends what this one left running",
        )
    text = read_prd(prd or paths.prd)
    source = str(prd.resolve()) if prd else before.prd_source
    return text, source, load_settings(PROJECT_FILE, flags, stored=before.settings), before.plant


@contextmanager
def _opened(
    paths: RunPaths,
    prd: str,
    source: str,
    settings: Settings,
    sinks: Sequence[Sink],
    *,
    plant: bool,
    attempt: bool = True,
) -> Iterator[Session]:
    runtime, why = choose_runtime(settings.runtime)
    pick(all_builders(), settings.builder, "builder")
    if attempt:
        suggestion.require(settings, paths.root)
    settings = settings.model_copy(update={"runtime": runtime.name})
    mark_ours(paths.root)
    with locked(paths), guardian.watch(paths.run_id, type(runtime).__module__) as guard:
        write_atomic(paths.prd, prd)
        dumped = settings.model_dump(mode="json")
        began = now()
        stored = None if attempt else manifest.load(paths)
        started = stored or manifest.begin(paths, prd=prd, source=source, plant=plant, settings=dumped, cwd=Path.cwd())
        manifest.save(started, paths)
        journal = Journal(paths, sinks)
        journal.emit("run.started", f"run {paths.run_id}: {why}", run_id=paths.run_id, runtime=runtime.name, prd=source)
        runner = Runner(
            workspace=workspace(),
            paths=paths,
            settings=settings,
            inputs=Inputs(prd=prd, plant=plant),
            stack=runtime.stack(workspace(), paths, settings, journal.emit),
            journal=journal,
            phases=all_phases(),
        )
        yield Session(runner=runner, manifest=started, began=began, guard=guard)


@contextmanager
def locked(paths: RunPaths) -> Iterator[None]:
    """Hold the run's lock.

    Raises:
        RunLocked: another process works on the run.
    """
    lock = FileLock(paths.root / ".lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout as error:
        hint = "wait for it, or end it; the lock goes with its process"
        raise RunLocked(f"another process works on run {paths.run_id}", hint=hint) from error
