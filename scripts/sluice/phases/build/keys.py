"""A builder's keys: inherited only where two sides name them, and taken out of whatever it wrote."""

from dataclasses import replace
from pathlib import Path

from sluice.core.environment import variable
from sluice.core.files import source_files, write_atomic
from sluice.core.proc import Completed
from sluice.phases.build.job import BuildJob, key_names
from sluice.phases.build.text import some

_MASK = "***"
_MAX_BYTES = 128 * 1024 * 1024


def without_keys(job: BuildJob, completed: Completed) -> tuple[Completed, list[str]]:
    """Mask inherited keys in the builder's output and in every file of its job; names the service's files with one."""
    keys = [value for name in key_names(job) if (value := variable(name))]
    if not keys:
        return completed, []
    written = [
        path for path in source_files(job.directory) if path.stat().st_size <= _MAX_BYTES and _mask_file(path, keys)
    ]
    leaks = [path.relative_to(job.output).as_posix() for path in written if path.is_relative_to(job.output)]
    masked = replace(completed, stdout=_masked(completed.stdout, keys), stderr=_masked(completed.stderr, keys))
    return masked, [f"wrote a key into {some(leaks)}"] if leaks else []


def _masked(text: str, keys: list[str]) -> str:
    for key in keys:
        text = text.replace(key, _MASK)
    return text


def _mask_file(path: Path, keys: list[str]) -> bool:
    """Whether the file held a key; it is replaced, not written to, since it may be a link to something else."""
    raw = path.read_bytes()
    clean = raw
    for key in keys:
        clean = clean.replace(key.encode(), _MASK.encode())
    if clean != raw:
        write_atomic(path, clean)
    return clean != raw
