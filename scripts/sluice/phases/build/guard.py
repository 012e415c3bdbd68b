"""Notices what a builder changes in the run's directory outside its output."""

import os
from collections.abc import Iterator
from pathlib import Path

from sluice.model.contract import ContractSet
from sluice.phases.build.job import CONFIG, DOCUMENTS, ENTRIES, BuildJob
from sluice.phases.build.text import printable, some

Snapshot = dict[Path, tuple[int, int, int]]

_RUN_ENTRIES = frozenset({"inputs", "artifacts", "jobs", "services", "compose", "reports", "stack"})


def snapshot(job: BuildJob) -> Snapshot:
    """Size, inode and change time of all that this builder must not touch, and of whatever does not belong there.

    What other builders and the engine write meanwhile is left out.
    """
    run = job.shop.ctx.run.root
    fixed = (run / "inputs", run / "artifacts", job.directory / DOCUMENTS, job.directory / CONFIG)
    paths = [path for top in fixed for path in _below(top)]
    return {path: _signature(path) for path in [*paths, *_strangers(job)]}


def outside_problems(job: BuildJob, before: Snapshot) -> list[str]:
    """What changed since `before`, as a sentence."""
    after = snapshot(job)
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    names = [printable(os.path.relpath(path, job.output)) for path in changed]
    return [f"wrote outside its output directory: {some(names)}"] if changed else []


def _strangers(job: BuildJob) -> Iterator[Path]:
    """Entries that neither Sluice nor the protocol puts there."""
    run, services = job.shop.ctx.run.root, frozenset(job.shop.ctx.artifacts.get(ContractSet).services)
    attempts = frozenset(path.name for path in job.directory.parent.glob("attempt-*"))
    known = {
        run: _RUN_ENTRIES,
        run / "jobs": services,
        run / "services": services,
        job.directory.parent: attempts | {"result.json"},
        job.directory: ENTRIES,
    }
    for directory, names in known.items():
        for path in sorted(directory.iterdir()) if directory.is_dir() else ():
            if path.name not in names and not path.name.startswith((".", "run_")):
                yield path


def _below(top: Path) -> Iterator[Path]:
    yield top
    for directory, names, files in os.walk(top) if not top.is_symlink() else ():
        yield from (Path(directory, name) for name in (*names, *files))


def _signature(path: Path) -> tuple[int, int, int]:
    try:
        status = path.lstat()
    except OSError:
        return (0, 0, 0)
    return (status.st_size, status.st_ino, status.st_ctime_ns)
