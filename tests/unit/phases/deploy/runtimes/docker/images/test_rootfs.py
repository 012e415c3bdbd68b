import tarfile
from io import BytesIO

import pytest

from sluice.core.errors import EnvironmentFailure
from sluice.phases.deploy.runtimes.docker.images import rootfs


def entry(name, content=None, *, link="", hard="", mode=0o644):
    member = tarfile.TarInfo(name)
    member.mode, member.uname = mode, "builder"
    if link:
        member.type, member.linkname = tarfile.SYMTYPE, link
    elif hard:
        member.type, member.linkname = tarfile.LNKTYPE, hard
    elif content is None:
        member.type, member.mode = tarfile.DIRTYPE, 0o755
    else:
        member.size = len(content)
    return member, content


def ar(name, content):
    return (
        f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        + content
        + b"\n" * (len(content) % 2)
    )


def package(path, *entries, pack="xz"):
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{pack}") as out:
        for member, content in entries:
            out.addfile(member, BytesIO(content) if content is not None else None)
    parts = (("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), (f"data.tar.{pack}", packed.getvalue()))
    path.write_bytes(b"!<arch>\n" + b"".join(ar(*part) for part in parts))
    return path


@pytest.fixture
def debs(tmp_path):
    libc = package(
        tmp_path / "libc.deb",
        entry("./"),
        entry("./lib/"),
        entry("./lib/libc.so.6", b"library"),
        entry("./lib/libc.so", link="libc.so.6"),
        entry("./usr/share/doc/libc/changelog", b"long"),
        entry("./usr/share/doc/libc/copyright", b"licence"),
    )
    shell = package(
        tmp_path / "shell.deb",
        entry("./bin/"),
        entry("./bin/dash", b"program", mode=0o755),
        entry("./bin/sh", hard="./bin/dash"),
        entry("./lib/"),
        entry("./usr/lib/python3.11/EXTERNALLY-MANAGED", b"no pip"),
        pack="gz",
    )
    return [libc, shell]


def written(debs, target, *, links=True):
    rootfs.write_root(debs, target, links=links)
    with tarfile.open(target) as out:
        return {member.name: member for member in out}


def test_packages_are_merged_below_usr_behind_links(debs, tmp_path):
    found = written(debs, tmp_path / "root.tar")
    assert [found[name].linkname for name in ("bin", "lib")] == ["usr/bin", "usr/lib"]
    assert {"usr/lib/libc.so.6", "usr/bin/dash", "usr/lib/libc.so"} < set(found)
    assert found["usr/bin/sh"].linkname == "usr/bin/dash"
    assert found["usr/bin/dash"].mode == 0o755
    assert not any(name.startswith(("bin/", "lib/", ".")) for name in found)


def test_only_the_first_layer_brings_the_links(debs, tmp_path):
    assert "bin" not in written(debs, tmp_path / "root.tar", links=False)


def test_licences_stay_and_manuals_go(debs, tmp_path):
    found = written(debs, tmp_path / "root.tar")
    assert "usr/share/doc/libc/copyright" in found
    assert "usr/share/doc/libc/changelog" not in found


def test_pip_may_install_in_the_image(debs, tmp_path):
    assert not any("EXTERNALLY-MANAGED" in name for name in written(debs, tmp_path / "root.tar"))


def test_each_path_is_there_once_and_nobody_from_the_build_machine_owns_it(debs, tmp_path):
    rootfs.write_root(debs, tmp_path / "root.tar", links=True)
    with tarfile.open(tmp_path / "root.tar") as out:
        members = out.getmembers()
    assert len({member.name for member in members}) == len(members)
    assert {member.uname for member in members} == {""}


def test_equal_packages_give_equal_bytes(debs, tmp_path):
    for name in ("one", "two"):
        rootfs.write_root(debs, tmp_path / name, links=True)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"!<arch>\n", b"!<arch>\nshort"])
def test_what_is_no_package_is_a_clear_error(tmp_path, content):
    (tmp_path / "bad.deb").write_bytes(content)
    with pytest.raises(EnvironmentFailure, match=r"bad\.deb is no Debian package"):
        rootfs.write_root([tmp_path / "bad.deb"], tmp_path / "root.tar", links=True)
