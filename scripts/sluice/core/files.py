"""Files that survive a crash: written beside, fsynced, renamed; and paths that cannot leave their root."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from sluice.core.errors import InputError

CACHEDIR_TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
IGNORED_DIRS = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".git", ".venv"})


def write_atomic(path: Path, data: str | bytes, *, mode: int = 0o644) -> None:
    """Replace `path` by `data` so that a reader, or a crash, sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = data.encode() if isinstance(data, str) else data
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(fd, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _fsync_directory(path.parent)


def _fsync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def canonical_json(value: JsonValue) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data: str | bytes) -> str:
    """`sha256:<hex>` of the text (UTF-8, lone surrogates kept) or the bytes."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def source_files(root: Path) -> Iterator[Path]:
    """Regular files below `root`, sorted, without caches; symbolic links are not followed."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in IGNORED_DIRS)
        for name in sorted(files):
            path = Path(directory, name)
            if path.is_file() and not path.is_symlink():
                yield path


def tree_digest(root: Path) -> str:
    """`sha256:<hex>` over the relative paths and contents of the tree's source files."""
    total = hashlib.sha256()
    for path in source_files(root):
        total.update(f"{path.relative_to(root).as_posix()}\0{digest(path.read_bytes())}\n".encode())
    return f"sha256:{total.hexdigest()}"


def inside(root: Path, *parts: str) -> Path:
    """`root / parts`, resolved.

    Raises:
        InputError: the path would leave `root`.
    """
    base = root.resolve()
    path = base.joinpath(*parts).resolve()
    if not path.is_relative_to(base):
        raise InputError(f"path {'/'.join(parts)!r} leaves its directory", hint="use a name without '..' or '/'")
    return path


def mark_ours(directory: Path) -> Path:
    """Create `directory` and put our CACHEDIR.TAG in it; only such directories are ever deleted.

    Raises:
        InputError: a file stands where the directory shall be.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"{directory} cannot be a directory", details=[str(error)], hint="move it away") from error
    tag = directory / CACHEDIR_TAG
    if not tag.exists():
        write_atomic(tag, f"{_SIGNATURE}\n# Made by sluice; safe to delete.\n")
    return directory


def remove_ours(directory: Path) -> None:
    """Delete a directory that carries our CACHEDIR.TAG; nothing if it does not exist.

    Raises:
        InputError: the directory is not ours.
    """
    if not directory.exists():
        return
    tag = directory / CACHEDIR_TAG
    if directory.is_symlink() or not tag.is_file() or not tag.read_text().startswith(_SIGNATURE):
        raise InputError(f"{directory} was not made by sluice", hint="delete it by hand if you are sure")
    shutil.rmtree(directory)
