import json

import pytest

from sluice.commands import pipeline
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError
from sluice.core.files import digest
from sluice.model.service_map import Service, ServiceMap
from sluice.model.suggestion import Recording, Suggestion

PRD = "# Lamps\n\n## Services\n\n### lamp-service\n\n- `POST /lamps` makes one\n"


@pytest.fixture
def prd(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "prd.md"
    path.write_text(PRD)
    return path


def test_a_recorded_answer_of_a_language_model_is_merged_without_a_run(prd, capsys):
    service = Service(name="wick-service", original_name="Wicks")
    suggestion = Suggestion(service_map=ServiceMap(services=(service,)))
    recording = Recording(prd=digest(PRD), api="openai", url="u", model="m", suggestion=suggestion)
    (prd.parent / "answer.json").write_text(recording.model_dump_json())
    flags = {"architect": "llm", "architect_recording": "answer.json", "runtime": None}
    assert pipeline.phase(3, Options(prd=prd, json=True, flags=flags)) == 0
    printed = capsys.readouterr()
    services = json.loads(printed.out)["service_map"]["services"]
    assert [(service["name"], service["confidence"]) for service in services] == [
        ("lamp-service", 1.0),
        ("wick-service", 0.6),
    ]
    assert printed.err == "a recorded answer of m is used again\n"
    assert sorted(path.name for path in prd.parent.iterdir()) == ["answer.json", "prd.md"]


def test_without_model_and_recording_the_language_model_is_an_error_and_not_a_silent_fall_back(prd):
    with pytest.raises(InputError, match="needs the name of a model"):
        pipeline.phase(3, Options(prd=prd, json=True, flags={"architect": "llm"}))
