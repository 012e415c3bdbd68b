"""Python environments of generated services: made once by uv for each set of requirements, then shared."""

import configparser
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import uv
from filelock import FileLock

from sluice.core import proc
from sluice.core.environment import child_environment, variable
from sluice.core.errors import EnvironmentFailure
from sluice.core.files import digest, inside, mark_ours, remove_ours, write_atomic
from sluice.core.paths import Workspace

_COMPLETE = "complete"
_INSTALL_TIMEOUT_S = 900.0
_LOCK_POLL_S = 0.1
_INCLUDE = re.compile(r"(?:-r|--requirement|-c|--constraint)[ =]?\s*(\S+)")
_HARMLESS_OPTIONS = ("--hash", "--only-binary", "--no-binary", "--prefer-binary", "--require-hashes", "--pre")
_UV_VARIABLES = ("UV_FIND_LINKS", "UV_EXTRA_INDEX_URL", "UV_INDEX_STRATEGY", "UV_OFFLINE")


def ensure_environment(
    workspace: Workspace,
    requirement_files: Sequence[Path],
    *,
    emit: Callable[..., None],
    run_id: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """The python executable of an environment with these requirements; made once, safe against concurrent callers.

    Equal contents share one environment.  `run_id` labels the installer's processes, `cancelled` is polled to end them.

    Raises:
        EnvironmentFailure: a file is missing or unusable, or its packages cannot be installed.
        InputError: an included file lies outside the directory of the file that names it.
    """
    contents = sorted({text for path in requirement_files for text in _closure(path)})
    tag = f"{sys.implementation.cache_tag} {platform.machine()} {platform.system()}"
    name = digest("\0".join([tag, *contents])).removeprefix("sha256:")[:16]
    home = workspace.environments / name
    python = home / "venv" / "bin" / "python"
    if _usable(home, python):
        return python
    workspace.environments.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace.environments / f"{name}.lock", poll_interval=_LOCK_POLL_S):
        if not _usable(home, python):
            _build(home, python, requirement_files, emit, partial(proc.run, run_id=run_id, cancelled=cancelled))
    return python


def _usable(home: Path, python: Path) -> bool:
    return (home / _COMPLETE).is_file() and python.exists()


def _build(
    home: Path,
    python: Path,
    files: Sequence[Path],
    emit: Callable[..., None],
    run: Callable[..., proc.Completed],
) -> None:
    began = time.monotonic()
    emit("environment.building", "installing the packages of the generated services", environment=home.name)
    remove_ours(home)
    mark_ours(home)
    env = child_environment(index_variables(), inherit=_UV_VARIABLES)
    tool = uv.find_uv_bin()
    make = [tool, "venv", "--quiet", "--no-project", "--python", sys.executable, str(home / "venv")]
    install = [tool, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *_no_index()]
    for path in files:
        install += ["--requirement", str(path.resolve())]
    for argv in (make, install):
        done = run(argv, cwd=home, env=env, timeout=_INSTALL_TIMEOUT_S)
        if done.code or done.exceeded:
            raise _failure(files, done)
    write_atomic(home / _COMPLETE, "")
    seconds = round(time.monotonic() - began, 1)
    emit("environment.ready", f"packages installed in {seconds} s", environment=home.name, seconds=seconds)


def _failure(files: Sequence[Path], done: proc.Completed) -> EnvironmentFailure:
    how = {"": f"uv ended with code {done.code}", "cancelled": "interrupted"}.get(done.exceeded, "took too long")
    return EnvironmentFailure(
        f"cannot install the packages of {', '.join(sorted({path.parent.name for path in files}))}: {how}",
        details=[*(f"requirements: {path}" for path in files), *done.stderr.strip().splitlines()[-10:]],
        hint="check the pinned versions, and that the package index answers (UV_* variables or pip's configuration)",
    )


def _closure(path: Path) -> Iterator[str]:
    """Contents of a requirements file and of those it includes, which must lie beside or below it."""
    seen: set[Path] = set()
    waiting = [path.resolve()]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        try:
            text = current.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFailure(
                f"cannot read {current.name} of {path.parent.name}", details=[str(error)], hint="rebuild the service"
            ) from error
        yield text
        waiting += [inside(path.resolve().parent, included) for included in _included(current, text)]


def _included(path: Path, text: str) -> Iterator[str]:
    for raw in text.splitlines():
        line = raw.strip()
        if match := _INCLUDE.fullmatch(line.split(" #")[0].strip()):
            yield match[1]
        elif line.startswith("-") and not line.startswith(_HARMLESS_OPTIONS):
            raise EnvironmentFailure(
                f"{path.name} of {path.parent.name} has an option that is not allowed",
                details=[line[:200]],
                hint="list pinned packages only; where packages come from is this machine's configuration",
            )


def index_variables() -> dict[str, str]:
    """Index settings for uv that say what pip's configuration on this machine says; {} when UV_* already say it."""
    return {} if _uv_is_configured() else _translated(pip_settings())


def _uv_is_configured() -> bool:
    chosen = ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_CONFIG_FILE", *_UV_VARIABLES)
    return any(variable(name) for name in chosen)


def _no_index() -> list[str]:
    """The flag, since uv has no variable for it."""
    wanted = pip_settings().get("no-index", "").lower() in {"1", "true", "yes", "on"}
    return ["--no-index"] if wanted and not _uv_is_configured() else []


def pip_settings() -> dict[str, str]:
    """Settings of pip (`index-url`, `find-links`, …): files in pip's order, then `PIP_*` variables."""
    found: dict[str, str] = {}
    for path in _pip_files():
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip itself tells its users about a broken file
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update(parser.items(section))
    for key in ("index-url", "extra-index-url", "find-links", "no-index", "cert"):
        if value := variable(f"PIP_{key.replace('-', '_').upper()}"):
            found[key] = value
    return found


def _pip_files() -> list[Path]:
    chosen = variable("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    home = Path(variable("HOME") or "~").expanduser()
    config_home = Path(variable("XDG_CONFIG_HOME") or home / ".config")
    paths = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip/pip.conf", config_home / "pip/pip.conf"]
    return [*paths, Path(sys.prefix, "pip.conf"), *([Path(chosen)] if chosen else [])]


def _translated(settings: Mapping[str, str]) -> dict[str, str]:
    links = [link for link in settings.get("find-links", "").split() if "://" in link or Path(link).exists()]
    found = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": " ".join(settings.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(links),
        "SSL_CERT_FILE": "" if variable("SSL_CERT_FILE") else settings.get("cert", ""),
    }
    if found["UV_INDEX"]:  # pip takes the best version of all its indexes; uv's default would stop at the first
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in found.items() if value}
