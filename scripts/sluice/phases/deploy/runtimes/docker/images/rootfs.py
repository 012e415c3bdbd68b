"""A root file system from Debian packages, as one tar, without unpacking anything on this machine."""

import tarfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from sluice.core.errors import EnvironmentFailure

_MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_MERGED: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_LEFT_OUT: Final = (
    "usr/share/doc/", "usr/share/info/", "usr/share/lintian/", "usr/share/locale/", "usr/share/man/",
    "usr/share/zoneinfo/posix/", "usr/share/zoneinfo/right/",
)  # fmt: skip


def write_root(debs: Iterable[Path], target: Path, *, links: bool) -> None:
    """Write what the packages contain as a tar; equal packages give equal bytes.

    Manuals and translations are left out, licences stay.  `links`: with those of a merged /usr (`bin` to `usr/bin`).

    Raises:
        EnvironmentFailure: a file is no Debian package.
    """
    seen: set[str] = set()
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as out:
        for link in _links() if links else ():
            seen.add(link.name)
            out.addfile(link)
        for deb in debs:
            with _data(deb) as packed:
                for member in packed:
                    _place(member)
                    if member.name and member.name not in seen and not _left_out(member.name):
                        seen.add(member.name)
                        out.addfile(member, packed.extractfile(member) if member.isreg() else None)


def _links() -> Iterator[tarfile.TarInfo]:
    for name in ("bin", "sbin", "lib", "lib64"):
        real = tarfile.TarInfo(f"usr/{name}")
        real.type, real.mode = tarfile.DIRTYPE, 0o755
        yield real
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
        yield link


def _place(member: tarfile.TarInfo) -> None:
    """Give a member its path in a merged /usr, and no names of owners, which may differ between machines."""
    member.name = _merged(member.name)
    if member.islnk():
        member.linkname = _merged(member.linkname)
    member.uname = member.gname = ""


def _left_out(name: str) -> bool:
    # Debian's mark that pip must not install is for machines that apt keeps; here pip does it all.
    return (name.startswith(_LEFT_OUT) and not name.endswith("/copyright")) or name.endswith("/EXTERNALLY-MANAGED")


def _merged(name: str) -> str:
    plain = name.removeprefix("./").rstrip("/")
    return f"usr/{plain}" if plain.split("/")[0] in _MERGED else plain.removeprefix(".")


def _data(deb: Path) -> tarfile.TarFile:
    """The `data.tar.*` of a package, which is an `ar` archive."""
    raw = deb.read_bytes()
    position = len(_MAGIC)
    while raw.startswith(_MAGIC) and len(header := raw[position : position + _HEADER]) == _HEADER:
        size = int(header[48:58])
        start = position + _HEADER
        if header.startswith(b"data.tar"):
            return tarfile.open(fileobj=BytesIO(raw[start : start + size]), mode="r:*")
        position = start + size + size % 2
    raise EnvironmentFailure(f"{deb.name} is no Debian package", hint="delete it; it is fetched again")
