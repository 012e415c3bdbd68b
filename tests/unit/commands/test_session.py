import pytest
from filelock import FileLock

from sluice.commands.session import MAX_PRD_BYTES, find_run, open_existing, open_new, read_prd, recall, workspace
from sluice.core.errors import InputError, RunLocked
from sluice.engine.journal import read_events

OTHER_ID = "20260102-000000-abcdef"
EMBEDDED = {"runtime": "embedded"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"# A\x00B", "NUL"),
        (b"\x7fELF\x02\x01\x01\x00", "NUL"),
        (b"# caf\xe9", "not UTF-8"),
        ("# Dinge".encode("utf-16"), "not UTF-8"),
        (b"x" * (MAX_PRD_BYTES + 1), "10 MiB"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(tmp_path, content, said):
    (tmp_path / "prd.md").write_bytes(content)
    with pytest.raises(InputError) as error:
        read_prd(tmp_path / "prd.md")
    assert said in str(error.value)
    assert error.value.hint


@pytest.mark.parametrize("name", ["missing.md", ".", "missing/prd.md", "x" * 300])
def test_what_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(InputError, match="cannot read the PRD") as error:
        read_prd(tmp_path / name)
    assert error.value.hint == "give --prd FILE"


def test_text_is_read_without_its_byte_order_mark(tmp_path):
    (tmp_path / "prd.md").write_bytes("\ufeff# Dinge\r\nGrößen 😀\r\n".encode())
    assert read_prd(tmp_path / "prd.md") == "# Dinge\r\nGrößen 😀\r\n"


def test_the_newest_run_is_meant_unless_one_is_named(make_run):
    older, newer = make_run(), make_run(OTHER_ID)
    assert find_run(None) == newer
    assert find_run(older.run_id) == older


@pytest.mark.usefixtures("here")
def test_without_a_run_the_way_to_one_is_said():
    with pytest.raises(InputError, match="no run yet") as error:
        find_run(None)
    assert "invoke phase1" in error.value.hint


@pytest.mark.parametrize("run_id", ["../../etc", "20260101-000000-ffffff", "latest", ""])
def test_a_run_that_is_not_there_is_never_a_path(make_run, run_id):
    existing = make_run()
    if not run_id:
        assert find_run(run_id) == existing
        return
    with pytest.raises(InputError, match="there is no run"):
        find_run(run_id)


@pytest.mark.req("R0-162")
def test_a_run_goes_on_with_what_it_was_given(make_run):
    paths = make_run(prd="# Things\n", settings={**EMBEDDED, "seed": 7}, plant=True)
    text, source, settings, plant = recall(paths, prd=None, flags={"runtime": None})
    assert (text, source, settings.seed, plant) == ("# Things\n", "things.md", 7, True)


def test_what_is_given_anew_wins(make_run, here):
    paths = make_run(settings={**EMBEDDED, "seed": 7})
    (here / "other.md").write_text("# Other\n")
    text, source, settings, _ = recall(paths, prd=here / "other.md", flags={"seed": 9})
    assert (text, source, settings.seed) == ("# Other\n", str(here / "other.md"), 9)


def test_a_variable_set_now_wins_over_what_the_run_had(make_run, monkeypatch):
    paths = make_run(settings={**EMBEDDED, "seed": 7, "max_examples": 20})
    monkeypatch.setenv("SLUICE_MAX_EXAMPLES", "50")
    settings = recall(paths, prd=None, flags={"seed": None})[2]
    assert (settings.max_examples, settings.seed) == (50, 7)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"run_id": 3}'])
def test_a_damaged_manifest_is_never_believed(make_run, damage):
    paths = make_run()
    paths.manifest.write_text(damage)
    with pytest.raises(InputError, match="missing or damaged") as error:
        recall(paths, prd=None, flags={})
    assert str(paths.prd) in error.value.hint


def test_a_run_without_its_prd_cannot_go_on(make_run):
    paths = make_run()
    paths.prd.unlink()
    with pytest.raises(InputError, match="missing or damaged"):
        recall(paths, prd=None, flags={})


def test_settings_that_nobody_knows_any_more_are_an_error(make_run):
    with pytest.raises(InputError, match="unknown setting 'colour'"):
        recall(make_run(settings={"colour": "red"}), prd=None, flags={})


def test_a_new_run_has_its_inputs_on_disk_before_anything_runs(here):
    (here / "prd.md").write_text("# Things\n")
    seen = []
    with open_new(prd=here / "prd.md", plant=False, flags=EMBEDDED, sinks=[seen.append]) as session:
        assert session.paths.prd.read_text() == "# Things\n"
        assert recall(session.paths, prd=None, flags={})[2].runtime == "embedded"
        assert [event.type for event in read_events(session.paths.journal)] == ["run.started"]
    assert [event.type for event in seen] == ["run.started"]


@pytest.mark.parametrize("flags", [{"runtime": "embeded"}, {"builder": "templat"}, {"seed": "x"}])
def test_bad_settings_leave_no_run_behind(here, flags):
    (here / "prd.md").write_text("# Things\n")
    with pytest.raises(InputError), open_new(prd=here / "prd.md", plant=False, flags={**EMBEDDED, **flags}, sinks=[]):
        pass
    assert workspace().run_ids() == []


def test_a_run_that_another_process_works_on_is_locked(make_run):
    paths = make_run()
    before = paths.manifest.read_bytes()
    with (
        FileLock(paths.root / ".lock"),
        pytest.raises(RunLocked, match="another process works on run") as error,
        open_existing(None, flags={}, sinks=[]),
    ):
        pass
    assert error.value.exit_code == 2
    assert "wait for it" in error.value.hint
    assert paths.manifest.read_bytes() == before
    assert not paths.journal.exists()
