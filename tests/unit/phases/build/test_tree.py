"""What a service's directory may hold."""

import os
from pathlib import Path

import pytest

from sluice.model.build import BuilderClaim
from sluice.phases.build import tree
from sluice.phases.build.text import some
from sluice.phases.build.tree import REQUIRED, absent_claims, copy_sources, tree_problems


@pytest.fixture
def service(tmp_path: Path) -> Path:
    for name in (*REQUIRED, "tests/test_app.py"):
        path = tmp_path / "output" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "output"


def test_a_whole_service_has_no_problems(service: Path) -> None:
    assert tree_problems(service) == []


@pytest.mark.parametrize("name", [*REQUIRED, "tests/test_app.py"])
def test_each_required_file_is_missed(name: str, service: Path) -> None:
    (service / name).unlink()

    assert tree_problems(service) == [f"missing: {name.replace('test_app', 'test_*')}"]


def test_a_hard_link_to_a_file_elsewhere_is_refused(service: Path) -> None:
    (service.parent / "secret").write_text("x")
    (service / "app" / "copy.py").hardlink_to(service.parent / "secret")

    assert tree_problems(service) == ["'app/copy.py' is a hard link"]


def test_a_linked_directory_is_refused_and_not_entered(service: Path) -> None:
    (service / "app" / "all").symlink_to("/")

    assert tree_problems(service) == ["'app/all' is a symbolic link"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_refused(service: Path) -> None:
    (service / "Dockerfile").chmod(0)

    assert tree_problems(service) == ["'Dockerfile' cannot be read"]


def test_too_many_files_are_refused(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_FILES", 3)

    assert tree_problems(service) == [f"6 files of {tree_size(service)} bytes are more than a service may have"]


def tree_size(service: Path) -> int:
    return sum(path.lstat().st_size for path in service.rglob("*"))


def test_caches_are_neither_judged_nor_copied(service: Path) -> None:
    (service / "__pycache__").mkdir()
    (service / "__pycache__" / "link").symlink_to("/")

    copied = copy_sources(service, service.parent / "copy")

    assert tree_problems(service) == []
    assert sorted(p.relative_to(copied).as_posix() for p in copied.rglob("*") if p.is_file()) == sorted(
        [*REQUIRED, "tests/test_app.py"]
    )


def test_a_copy_keeps_contents_and_the_executable_bit(service: Path) -> None:
    (service / "start.sh").write_text("#!/bin/sh\n")
    (service / "start.sh").chmod(0o700)

    copied = copy_sources(service, service.parent / "copy")

    assert (copied / "app" / "main.py").read_text() == "app/main.py"
    assert (copied / "start.sh").stat().st_mode & 0o777 == 0o755
    assert (copied / "Dockerfile").stat().st_mode & 0o777 == 0o644


def test_claimed_files_may_be_absolute_if_they_are_there(service: Path) -> None:
    claim = BuilderClaim(files=("./app/../app/main.py", str(service / "Dockerfile"), "app/none.py", "/etc/passwd"))

    assert absent_claims(service, claim) == ["claims files that it did not make: /etc/passwd, app/none.py"]


def test_long_lists_are_cut() -> None:
    assert some(list("abcdefg")) == "a, b, c, d, e and 2 more"
    assert some(["a"]) == "a"
