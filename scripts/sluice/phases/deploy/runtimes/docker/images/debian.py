"""Debian packages by apt, as if on an empty machine: nothing of this one is read but its mirrors and lists."""

from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from platform import freedesktop_os_release, machine
from typing import Final

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.files import mark_ours, write_atomic

_TIMEOUT_S = 300.0
_HINT = "offline images need apt on a Debian machine, its lists (`apt-get update`) and a mirror that answers"
NEEDED_BY_SCRIPTS: Final = frozenset({
    "adduser", "debconf", "debianutils", "dpkg", "init-system-helpers", "libdebconfclient0", "libfile-find-rule-perl",
    "libgdbm-compat4", "libgdbm6", "libmd0", "libnumber-compare-perl", "libpam-modules", "libpam-modules-bin",
    "libpam0g", "libsemanage-common", "libsemanage2", "libsepol2", "libtext-glob-perl", "lsb-base", "passwd", "perl",
    "perl-base", "sysvinit-utils", "tar", "usrmerge",
})  # fmt: skip
"""Packages that only maintainer scripts use, which never run here."""
_FAMILIES: Final = ("libperl5", "perl-modules-5")


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
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",
        }
        flags = (("-o", f"{name}={value}") for name, value in options.items())
        self._argv = ("apt-get", "-qq", *chain.from_iterable(flags))

    def closure(self, roots: Iterable[str]) -> frozenset[str]:
        """The packages that these need in order to work, themselves included; what only installs them is left out.

        Raises:
            EnvironmentFailure: there is no apt, or it knows no such package.
        """
        done = self._run("--simulate", "install", *sorted(roots))
        names = (line.split()[1] for line in done.stdout.splitlines() if line.startswith("Inst "))
        return frozenset(name for name in names if name not in NEEDED_BY_SCRIPTS and not name.startswith(_FAMILIES))

    def download(self, names: Iterable[str]) -> dict[str, Path]:
        """Each package's file, in `debs/`; what is there already is not fetched again.

        Raises:
            EnvironmentFailure: a package cannot be fetched.
        """
        debs = self._home / "debs"
        debs.mkdir(exist_ok=True)
        wanted = sorted(names)
        listed = self._run("--print-uris", "download", *wanted).stdout.splitlines()
        files = {name: debs / name for name in (line.split()[1] for line in listed)}
        if any(not path.is_file() for path in files.values()):
            self._run("download", *wanted, cwd=debs)
        for path in set(debs.iterdir()) - set(files.values()):
            path.unlink()
        return {name.split("_")[0]: path for name, path in sorted(files.items())}

    def _run(self, *arguments: str, cwd: Path | None = None) -> proc.Completed:
        run = partial(proc.run, timeout=_TIMEOUT_S, env=child_environment({"LC_ALL": "C"}))
        return run([*self._argv, *arguments], cwd=cwd).check(hint=_HINT)


def release() -> str:
    """`bookworm amd64`: what packages depend on; '' where this is no Debian machine."""
    try:
        system = freedesktop_os_release()
    except OSError:
        return ""
    return f"{system.get('VERSION_CODENAME', '')} {machine()}" if system.get("ID") == "debian" else ""
