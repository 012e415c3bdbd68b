import json

import pytest

from sluice.core.paths import RunPaths
from sluice.engine.store import Store, differences
from sluice.model.base import Artifact, Model


class Part(Model):
    name: str
    ports: tuple[int, ...] = ()


class Machine(Artifact):
    parts: tuple[Part, ...] = ()


@pytest.fixture
def store(tmp_path):
    return Store(RunPaths(tmp_path / "20260101-000000-abcdef"))


def test_an_artifact_comes_back_as_it_was_saved(store):
    machine = Machine(parts=(Part(name="wheel", ports=(1, 2)),))
    digest = store.save(machine, {"prd": "sha256:1"})
    assert store.load(Machine) == machine
    assert store.digest_of(Machine) == digest


def test_what_a_save_changed_is_named(store):
    store.save(Machine(parts=(Part(name="wheel"), Part(name="brake"))), {})
    store.save(Machine(parts=(Part(name="wheel", ports=(1,)), Part(name="brake"))), {})
    assert store.changed(Machine) == ("parts.wheel.ports",)


@pytest.mark.parametrize("damage", [b"", b"{", b'{"artifact": 1}', b"\xff\xfe"])
def test_a_damaged_file_counts_as_missing(store, damage):
    store.save(Machine(), {})
    (store.paths.artifacts / "Machine.json").write_bytes(damage)
    assert store.load(Machine) is None
    assert store.digest_of(Machine) is None


def test_a_body_that_was_edited_counts_as_missing(store):
    store.save(Machine(parts=(Part(name="wheel"),)), {})
    path = store.paths.artifacts / "Machine.json"
    envelope = json.loads(path.read_text())
    envelope["body"]["parts"][0]["name"] = "forged"
    path.write_text(json.dumps(envelope))
    assert store.load(Machine) is None


def test_saving_the_same_again_keeps_the_file_and_its_history(store):
    store.save(Machine(), {})
    store.save(Machine(parts=(Part(name="wheel"),)), {})
    before = (store.paths.artifacts / "Machine.json").stat().st_ino
    store.save(Machine(parts=(Part(name="wheel"),)), {})
    assert (store.paths.artifacts / "Machine.json").stat().st_ino == before
    assert store.changed(Machine) == ("parts.wheel",)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2, "b": 3}, ["a", "b"]),
        ([{"name": "x", "v": 1}], [{"name": "x", "v": 2}], ["x.v"]),
        ([1, 2], [1, 3], ["everything"]),
    ],
)
def test_differences_are_paths(before, after, expected):
    assert differences(before, after) == expected
