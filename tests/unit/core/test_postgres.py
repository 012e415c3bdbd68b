import os
import stat
import tempfile

import pytest

from sluice.core import postgres
from sluice.core.errors import EnvironmentFailure

RUN = "20260101-000000-abcdef"


@pytest.fixture
def package(tmp_path):
    """A server package as a wheel lays it out."""
    prefix = tmp_path / "site" / "package" / "pginstall"
    for name in ("bin", "lib", "share/postgresql", "include"):
        (prefix / name).mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (prefix / "bin" / name).write_text("program")
        (prefix / "bin" / name).chmod(0o755)
    (prefix / "share/postgresql/postgres.bki").write_text("data")
    (prefix / "include/header.h").write_text("not needed")
    libraries = tmp_path / "site" / "package.libs"
    libraries.mkdir()
    (libraries / "libpq.so").write_text("library")
    return prefix / "bin"


def modes(path):
    return {str(found.relative_to(path)): stat.S_IMODE(found.stat().st_mode) for found in path.rglob("*")}


def test_a_closed_directory_on_the_way_makes_a_file_unreachable(tmp_path):
    path = tmp_path / "closed" / "file"
    path.parent.mkdir()
    path.write_text("x")
    tmp_path.chmod(0o755)
    assert not postgres.reachable([path])  # pytest's own directory is private
    path.chmod(0o600)
    assert not postgres.reachable([path])
    assert postgres.reachable([])


def test_a_world_readable_place_is_reachable():
    assert postgres.reachable([postgres.Path("/usr/bin"), postgres.Path("/etc/passwd")])


def test_the_server_is_copied_with_its_libraries_and_nothing_is_loosened(package, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (package / "initdb").chmod(0o700)
    before = modes(package.parents[2])
    programs = postgres._copied(package, home)
    assert modes(package.parents[2]) == before
    assert (programs / "postgres").read_text() == "program"
    assert stat.S_IMODE((programs / "initdb").stat().st_mode) == 0o755
    assert (programs / "../../../package.libs/libpq.so").resolve().is_file()
    assert not (programs / "../include").exists()


def test_a_copy_that_was_cut_short_is_made_anew(package, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    programs = postgres._copied(package, home)
    (home / "server" / "complete").unlink()
    (programs / "postgres").unlink()
    assert (postgres._copied(package, home) / "postgres").is_file()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_gets_a_private_directory_that_the_user_can_enter_but_not_list(tmp_path):
    place = postgres.place("", tmp_path / "unused", RUN)
    try:
        assert place.user
        assert stat.S_IMODE(place.home.stat().st_mode) == 0o711
        assert not (tmp_path / "unused").exists()
        assert postgres.place(str(place.home), tmp_path, RUN).home == place.home
    finally:
        postgres.remove(place.home)
    assert not place.home.exists()


def test_an_ordinary_user_keeps_the_data_in_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    place = postgres.place("", tmp_path / "postgres", RUN)
    assert (place.home, place.user) == (tmp_path / "postgres", None)


def test_a_closed_temporary_directory_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "closed"))
    monkeypatch.setattr(postgres, "_SHARED_PLACES", ())
    (tmp_path / "closed").mkdir(mode=0o700)
    with pytest.raises(EnvironmentFailure, match="no directory that PostgreSQL's user can reach"):
        postgres._private_home(tmp_path / "postgres", RUN)


def test_no_unprivileged_user_is_said_clearly(monkeypatch):
    monkeypatch.setattr(postgres, "_USERS", ("no-such-user",))
    with pytest.raises(EnvironmentFailure, match="there is no unprivileged user"):
        postgres._unprivileged_user()


def test_the_server_listens_on_loopback_only_and_no_password_is_in_its_command(tmp_path):
    command = postgres.Cluster(tmp_path, tmp_path, None).command(5432)
    assert "listen_addresses=127.0.0.1" in command
    assert "unix_socket_directories=" in command
    assert not any("password" in word for word in command)


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A temporary directory that counts as one that everybody can enter."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "shared"))
    monkeypatch.setattr(postgres, "_enterable", lambda _: True)
    (tmp_path / "shared").mkdir()
    return tmp_path / "shared"


def test_a_cluster_goes_when_its_run_was_deleted_by_hand(shared, tmp_path):
    stack = tmp_path / "run" / "stack"
    stack.mkdir(parents=True)
    first = postgres._private_home(stack / "postgres", RUN)
    second = postgres._private_home(stack / "postgres", RUN)
    assert first.is_dir()
    stack.rmdir()
    third = postgres._private_home(tmp_path / "postgres", RUN)
    assert list(shared.iterdir()) == [third]
    assert not second.exists()


@pytest.mark.usefixtures("shared")
def test_a_cluster_that_still_serves_stays(tmp_path):
    home = postgres._private_home(tmp_path / "gone" / "postgres", RUN)
    (home / "data").mkdir()
    (home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}\n")
    postgres._private_home(tmp_path / "postgres", RUN)
    assert home.is_dir()


def test_a_directory_that_only_looks_like_ours_stays(shared, tmp_path):
    other = shared / "sluice-other"
    other.mkdir()
    (other / "owner").write_text(str(tmp_path / "gone"))
    (shared / "sluice-link").symlink_to(tmp_path)
    postgres._private_home(tmp_path / "postgres", RUN)
    assert other.is_dir()
    assert (shared / "sluice-link").is_symlink()
