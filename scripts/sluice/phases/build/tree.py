"""The files that a builder left: where they may be, and what they may be."""

import os
import posixpath
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from sluice.core.files import IGNORED_DIRS, source_files
from sluice.model.build import BuilderClaim
from sluice.phases.build.text import some

REQUIRED = ("app/main.py", "requirements.txt", "requirements-dev.txt", "Dockerfile", "alembic.ini")
MAX_FILES = 5_000
MAX_BYTES = 64 * 1024 * 1024


def tree_problems(root: Path) -> list[str]:
    """Missing files, links, special files and excess, as sentences."""
    if root.is_symlink() or not root.is_dir():
        return ["its output directory is gone"]
    files, size, odd = 0, 0, list[str]()
    for path, status in _entries(root):
        files += stat.S_ISREG(status.st_mode)
        size += status.st_size
        odd += [f"{path.relative_to(root).as_posix()!r} {fault}" for fault in _odd(path, status)]
    problems = [some(odd)] if odd else []
    if files > MAX_FILES or size > MAX_BYTES:
        problems.append(f"{files} files of {size} bytes are more than a service may have")
    return problems + (_missing(root) if files else ["it made no files"])


def _missing(root: Path) -> list[str]:
    missing = [name for name in REQUIRED if not (root / name).is_file()]
    missing += [] if any((root / "tests").glob("**/test_*.py")) else ["tests/test_*.py"]
    return [f"missing: {some(missing)}"] if missing else []


def _entries(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below `root` but caches; symbolic links are not followed."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in IGNORED_DIRS)
        for name in (*names, *sorted(files)):
            path = Path(directory, name)
            yield path, path.lstat()


def _odd(path: Path, status: os.stat_result) -> Iterator[str]:
    if stat.S_ISLNK(status.st_mode):
        yield "is a symbolic link"
    elif not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        yield "is not a regular file"
    elif stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        yield "is a hard link"
    if not stat.S_ISLNK(status.st_mode) and not os.access(path, os.R_OK):
        yield "cannot be read"
    if not path.name.isprintable():
        yield "has an unprintable name"


def absent_claims(root: Path, claim: BuilderClaim) -> list[str]:
    """Claimed files that are not there, as a sentence."""
    there = {path.relative_to(root).as_posix() for path in source_files(root)}
    claimed = (posixpath.normpath(name.removeprefix(f"{root}/")) for name in claim.files)
    absent = sorted({name for name in claimed if name not in there})
    return [f"claims files that it did not make: {some(absent)}"] if absent else []


def copy_sources(root: Path, target: Path) -> Path:
    """Copy the regular files of `root`, without caches, to `target`, which must not exist; returns `target`."""
    target.mkdir(parents=True)
    for path in source_files(root):
        copy = target / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
    return target
