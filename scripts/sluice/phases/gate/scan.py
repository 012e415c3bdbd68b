"""Which files the gate looks at, which service each belongs to, and which of them are production code."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sluice.core.errors import InputError

MAX_BYTES = 2_000_000
_DOT_FOLDERS = frozenset({".github", ".gitlab", ".circleci", ".docker", ".devcontainer"})
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "bower_components", "htmlcov"})
_NOT_SHIPPED = frozenset(
    {"test", "tests", "testing", "e2e", "fixtures", "__tests__", "testdata", "doc", "docs", "example", "examples"}
    | {"sample", "samples", "benchmark", "benchmarks"}
)
_TEST_FILE = re.compile(
    r"test_.*\.py|.*_tests?\.py|conftest\.py|noxfile\.py|tasks\.py|setup\.py|fabfile\.py|locustfile\.py"
)
_CODE_MARKERS = ("pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile")
_DOCKERFILE = re.compile(
    r"(?:dockerfile|containerfile)(?:\.[\w.-]+)?|[\w.-]+\.(?:dockerfile|containerfile)", re.IGNORECASE
)


@dataclass(frozen=True)
class SourceFile:
    """One text file: `rel` is its POSIX path below the scanned root, `service` '' when it belongs to none."""

    path: Path
    rel: str
    service: str
    production: bool

    @property
    def name(self) -> str:
        """File name without its directory."""
        return self.path.name

    @property
    def suffix(self) -> str:
        """Lower-case suffix with its dot."""
        return self.path.suffix.lower()

    @property
    def is_dockerfile(self) -> bool:
        """Whether the name is one that container builders take."""
        return is_dockerfile(self.name)

    @cached_property
    def text(self) -> str:
        """Content; bytes that are not UTF-8 are replaced."""
        return self.path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")

    @cached_property
    def lines(self) -> list[str]:
        """Lines as editors and Python count them."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Line `number`, counted from 1; '' where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name holds Dockerfile instructions."""
    return bool(_DOCKERFILE.fullmatch(name)) and not name.lower().endswith((".md", ".dockerignore", ".py"))


def walk(root: Path) -> Iterator[Path]:
    """Regular files below `root`, sorted; no symbolic links, caches, environments, binaries or huge files."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if _entered(Path(directory, name)))
        for name in sorted(files):
            path = Path(directory, name)
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_BYTES and not _binary(path):
                yield path


def _entered(directory: Path) -> bool:
    name = directory.name
    skipped = name in _SKIPPED or name.endswith(".egg-info") or (name.startswith(".") and name not in _DOT_FOLDERS)
    return not skipped and not directory.is_symlink() and not (directory / "pyvenv.cfg").exists()


def _binary(path: Path) -> bool:
    if path.suffix == ".py":
        return False  # a NUL byte must not hide code from the gate: such a file is one that nobody can parse
    with path.open("rb") as stream:
        return b"\0" in stream.read(4096)


def read_tree(root: Path, services: Mapping[str, Path], folders: tuple[Path, ...]) -> tuple[SourceFile, ...]:
    """The files of `folders` (directories or single files below `root`), each with the service that owns it.

    Raises:
        InputError: a folder is not there.
    """
    owners = sorted(services.items(), key=lambda item: len(item[1].parts), reverse=True)
    found: dict[Path, SourceFile] = {}
    for folder in folders:
        if not folder.exists():
            raise InputError(f"{folder.name} does not exist", hint="name a folder of services")
        for path in walk(folder) if folder.is_dir() else [folder]:
            owner = next(((name, base) for name, base in owners if path.is_relative_to(base)), ("", root))
            parts = path.relative_to(owner[1]).parts
            found.setdefault(path, SourceFile(path, path.relative_to(root).as_posix(), owner[0], _production(parts)))
    return tuple(sorted(found.values(), key=lambda file: file.rel))


def _production(parts: tuple[str, ...]) -> bool:
    return not any(part.lower() in _NOT_SHIPPED for part in parts[:-1]) and not _TEST_FILE.fullmatch(parts[-1])


def find_services(root: Path) -> dict[str, Path]:
    """Directories that look like services, by name: those with a Dockerfile, else those with Python packaging.

    The root itself is the one service when nothing below it is.
    """
    files = list(walk(root))
    code = {parent for path in files if path.suffix == ".py" for parent in path.parents if parent.is_relative_to(root)}
    shipped = [path for path in files if _production(path.relative_to(root).parts)]
    dockerfiles = {path.parent for path in shipped if is_dockerfile(path.name)}
    packages = {path.parent for path in shipped if path.name in _CODE_MARKERS}
    for marked in (dockerfiles, packages):
        bases = (marked & code) - {root}
        outermost = sorted(base for base in bases if not any(parent in bases for parent in base.parents))
        if outermost:
            return _named(root, outermost)
    return {root.resolve().name: root} if code else {}


def _named(root: Path, bases: list[Path]) -> dict[str, Path]:
    names = [base.name for base in bases]
    return {base.name if names.count(base.name) == 1 else base.relative_to(root).as_posix(): base for base in bases}
