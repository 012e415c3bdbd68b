import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.core.errors import InputError
from sluice.core.files import (
    canonical_json,
    digest,
    inside,
    mark_ours,
    remove_ours,
    source_files,
    tree_digest,
    write_atomic,
)


def test_writing_replaces_the_file_and_leaves_no_temporary(tmp_path):
    path = tmp_path / "deep" / "file.txt"
    write_atomic(path, "one")
    write_atomic(path, b"two", mode=0o600)
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


def test_a_failed_write_keeps_the_old_content(tmp_path, monkeypatch):
    path = tmp_path / "file.txt"
    write_atomic(path, "old")

    def full(_fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.txt"]


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none(), st.booleans())))
def test_equal_values_have_equal_canonical_json(value):
    shuffled = dict(reversed(value.items()))
    assert canonical_json(shuffled) == canonical_json(value)
    assert digest(canonical_json(shuffled)) == digest(canonical_json(value))


@pytest.mark.parametrize("parts", [("..",), ("a", "..", "..", "b"), ("/etc/passwd",), ("link", "x")])
def test_no_path_leaves_its_root(tmp_path, parts):
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to("/etc")
    with pytest.raises(InputError, match="leaves its directory"):
        inside(root, *parts)


def test_a_path_inside_is_given_back(tmp_path):
    assert inside(tmp_path, "a", "..", "b.txt") == tmp_path.resolve() / "b.txt"


def test_only_marked_directories_are_deleted(tmp_path):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    with pytest.raises(InputError, match="was not made by sluice"):
        remove_ours(foreign)
    ours = mark_ours(tmp_path / "ours")
    (ours / "file").touch()
    remove_ours(ours)
    remove_ours(tmp_path / "never-was")
    assert [entry.name for entry in tmp_path.iterdir()] == ["foreign"]


def test_a_link_to_a_marked_directory_is_not_deleted(tmp_path):
    ours = mark_ours(tmp_path / "ours")
    (tmp_path / "link").symlink_to(ours)
    with pytest.raises(InputError):
        remove_ours(tmp_path / "link")
    assert ours.is_dir()


def test_tree_digest_sees_content_and_names_but_no_caches_and_no_links(tmp_path):
    (tmp_path / "a.py").write_text("1")
    before = tree_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("cache")
    (tmp_path / "link.py").symlink_to("a.py")
    assert tree_digest(tmp_path) == before
    assert [path.name for path in source_files(tmp_path)] == ["a.py"]
    (tmp_path / "a.py").write_text("2")
    changed = tree_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({before, changed, tree_digest(tmp_path)}) == 3


def test_a_file_where_our_directory_shall_be_is_said_and_kept(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(InputError, match="cannot be a directory"):
        mark_ours(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"
