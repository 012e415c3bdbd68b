"""Debian packages by apt, as if on an empty machine: nothing of this one is read but its mirrors and its lists."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from platform import freedesktop_os_release, machine
from typing import Final

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.files import mark_ours, write_atomic

_TIMEOUT_S: Final = 300.0
_HINT: Final = "offline images need a Debian machine with a package mirror that answers"
_DEPENDS: Final = frozenset({"Depends:", "PreDepends:"})
NEEDED_BY_SCRIPTS: Final = frozenset({
    "adduser", "debconf", "debianutils", "dpkg", "init-system-helpers", "lsb-base", "perl", "perl-base", "tar",
})  # fmt: skip
"""Packages that only maintainer scripts use, which never run here."""
Graph = Mapping[str, frozenset[str]]
"""What each package needs at once."""


class Apt:
    """apt with an empty installed state and a cache of its own, below `home`."""

    def __init__(self, home: Path) -> None:
        self._home = mark_ours(home)
        write_atomic(home / "status", "")
        options = {
            "Dir::State::status": home / "status",
            "Dir::Cache::pkgcache": home / "packages.bin",
            "Dir::Cache::srcpkgcache": home / "sources.bin",
            "Debug::NoLocking": "1",
            "APT::Sandbox::User": "root",
        }
        self._options = list(chain.from_iterable(("-o", f"{name}={value}") for name, value in options.items()))

    def update(self) -> None:
        """Use lists of its own from now on, fresh ones: the machine may have none, or name packages that are gone.

        Raises:
            EnvironmentFailure: there is no apt, or no mirror answers.
        """
        lists = self._home / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        self._options += ["-o", f"Dir::State::lists={lists}"]
        self._run("apt-get", "-qq", "update")

    def graph(self, roots: Iterable[str]) -> Graph:
        """What these packages need, and what that needs.

        Raises:
            EnvironmentFailure: there is no apt, or it knows no such package.
        """
        return read_graph(self._run("apt-cache", "depends", "--important", "--recurse", *sorted(roots)).stdout)

    def download(self, names: Iterable[str]) -> dict[str, Path]:
        """Each package's file, in `debs/`; what is there already is not fetched again.

        Raises:
            EnvironmentFailure: a package cannot be fetched.
        """
        debs = self._home / "debs"
        debs.mkdir(exist_ok=True)
        wanted = sorted(names)
        listed = self._run("apt-get", "-qq", "--print-uris", "download", *wanted).stdout.splitlines()
        files = {name: debs / name for name in (line.split()[1] for line in listed)}
        if any(not path.is_file() for path in files.values()):
            self._run("apt-get", "-qq", "download", *wanted, cwd=debs)
        for path in set(debs.iterdir()) - set(files.values()):
            path.unlink()
        return {name.split("_")[0]: path for name, path in sorted(files.items())}

    def _run(self, program: str, *arguments: str, cwd: Path | None = None) -> proc.Completed:
        env = child_environment({"LC_ALL": "C"})
        argv = [program, *self._options, *arguments]
        return proc.run(argv, cwd=cwd, timeout=_TIMEOUT_S, env=env).check(hint=_HINT)


def read_graph(text: str) -> Graph:
    """The answer of `apt-cache depends`; of alternatives the first, of what several packages provide none."""
    found: dict[str, set[str]] = {}
    current: set[str] = set()
    alternative = False
    for line in text.splitlines():
        if not line.startswith((" ", "|")):
            current = found.setdefault(line, set())
            continue
        words = line.replace("|", " ").split()
        if words[0] in _DEPENDS:
            if not alternative and not words[1].startswith("<"):
                current.add(words[1])
            alternative = line.lstrip().startswith("|")
    return {name: frozenset(needed) for name, needed in found.items()}


def closure(graph: Graph, roots: Iterable[str]) -> frozenset[str]:
    """The packages that these need in order to work, themselves included; what only installs them is left out."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in NEEDED_BY_SCRIPTS:
            found.add(name)
            waiting += graph.get(name, ())
    return frozenset(found)


def release() -> str:
    """`bookworm x86_64`: what packages depend on; '' where this is no Debian machine."""
    try:
        system = freedesktop_os_release()
    except OSError:
        return ""
    return f"{system.get('VERSION_CODENAME', '')} {machine()}" if system.get("ID") == "debian" else ""
