import json

import pytest

from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure, InputError
from sluice.phases.decompose.suggestion import RECORDING, obtain, require

KEY = "k3y-of-a-test"
ANSWER = {"service_map": {"services": [{"name": "lamp-service", "original_name": "Lamps"}]}}
PRD = "# Lamps"


@pytest.fixture
def settings(model, monkeypatch):
    monkeypatch.setenv("LAMP_KEY", KEY)
    model.answers = [ANSWER]
    chosen = {"architect_url": model.url, "architect_model": "m", "architect_key_variable": "LAMP_KEY"}
    return Settings(architect="llm", **chosen)


@pytest.fixture
def said():
    lines = []

    def emit(kind, message="", **_data):
        lines.append((kind, message))

    emit.lines = lines
    return emit


def test_by_default_nobody_is_asked(tmp_path, said):
    assert obtain(PRD, Settings(), tmp_path / "own.json", said) is None
    assert said.lines == []


def test_an_answer_is_recorded_and_used_again(model, settings, tmp_path, said):
    own = tmp_path / "inputs" / "own.json"
    first = obtain(PRD, settings, own, said)
    assert obtain(PRD, settings, own, said) == first
    assert len(model.requests) == 1
    assert [kind for kind, _ in said.lines] == ["architect.asked", "architect.replayed"]
    assert own.stat().st_mode & 0o777 == 0o600
    assert KEY not in own.read_text() + str(said.lines)


@pytest.mark.parametrize("change", [{"architect_model": "n"}, {"architect_api": "anthropic"}, {"prd": "# Other"}])
def test_another_document_or_endpoint_is_asked_anew(model, settings, tmp_path, said, change):
    own = tmp_path / "own.json"
    obtain(PRD, settings, own, said)
    obtain(change.pop("prd", PRD), settings.model_copy(update=change), own, said)
    assert len(model.requests) == 2


def test_a_damaged_recording_of_the_run_is_made_anew(settings, tmp_path, said):
    own = tmp_path / "own.json"
    own.write_text("{")
    obtain(PRD, settings, own, said)
    assert json.loads(own.read_text())["model"] == "m"


def test_a_named_recording_is_written_then_replayed_without_model_and_key(model, settings, tmp_path, said):
    named = tmp_path / "named.json"
    first = obtain(PRD, settings.model_copy(update={"architect_recording": str(named)}), None, said)
    replay = Settings(architect="llm", architect_recording=str(named))
    own = tmp_path / "own.json"
    assert obtain(PRD, replay, own, said) == first
    named.unlink()
    assert obtain(PRD, replay, own, said) == first
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [("{}", "no recording"), ('{"prd":"x","api":"openai","url":"u","model":"m","suggestion":{}}', "another document")],
)
def test_a_named_recording_that_does_not_fit_is_refused(tmp_path, said, text, why):
    named = tmp_path / "named.json"
    named.write_text(text)
    with pytest.raises(InputError, match=why):
        obtain(PRD, Settings(architect="llm", architect_recording=str(named)), None, said)


def test_a_failure_records_nothing_and_is_no_silent_fall_back_to_the_rules(model, settings, tmp_path, said):
    model.answers = [500]
    own = tmp_path / "own.json"
    with pytest.raises(EnvironmentFailure):
        obtain(PRD, settings, own, said)
    assert not own.exists()


def test_a_missing_key_is_said_before_anything_starts_unless_a_recording_stands_in(settings, tmp_path, monkeypatch):
    require(settings, tmp_path)
    monkeypatch.delenv("LAMP_KEY")
    require(Settings(), tmp_path)
    with pytest.raises(InputError, match="LAMP_KEY is not set"):
        require(settings, tmp_path)
    (tmp_path / RECORDING).parent.mkdir()
    (tmp_path / RECORDING).write_text("{}")
    require(settings, tmp_path)
