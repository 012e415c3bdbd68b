import json

import pytest

from sluice import samples
from sluice.commands.pipeline import Options, phase
from sluice.core.errors import InputError
from sluice.core.files import digest
from sluice.model.service_map import Service, ServiceMap
from sluice.model.suggestion import Recording, Suggestion

LAMPS = "# Lamps\n\n## Services\n\n### lamp-service\n\n- `POST /lamps` makes one\n"


def decompose(prd, **flags):
    return phase(3, Options(prd=prd, json=True, flags=flags))


@pytest.fixture
def lamps(here):
    path = here / "prd.md"
    path.write_text(LAMPS)
    return path


def test_a_prd_alone_gives_its_decomposition_without_a_run(here, capsys):
    assert decompose(samples.path("tasktracker")) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["service_map"]["services"][0]["name"] == "auth-service"
    assert {"domain_model", "events", "contract_stubs", "questions", "requirements"} <= answer.keys()
    assert err == ""
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x00\x01", "NUL"),
        (b"caf\xe9", "not UTF-8"),
        (b"# A poem\n\nRoses are red.\n", "no services were found"),
    ],
)
def test_what_is_no_prd_ends_with_what_was_missing(here, capsys, content, said):
    prd = here / "prd.md"
    prd.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        decompose(prd)
    assert refusal.value.exit_code == 2
    assert said in str(refusal.value)
    assert refusal.value.hint
    assert capsys.readouterr().out == ""


def test_a_recorded_answer_of_a_language_model_is_merged_without_a_run(lamps, here, capsys):
    service = Service(name="wick-service", original_name="Wicks")
    suggestion = Suggestion(service_map=ServiceMap(services=(service,)))
    recording = Recording(prd=digest(LAMPS), api="openai", url="u", model="m", suggestion=suggestion)
    (here / "answer.json").write_text(recording.model_dump_json())
    assert decompose(lamps, architect="llm", architect_recording="answer.json", runtime=None) == 0
    out, err = capsys.readouterr()
    services = json.loads(out)["service_map"]["services"]
    assert [(service["name"], service["confidence"]) for service in services] == [
        ("lamp-service", 1.0),
        ("wick-service", 0.6),
    ]
    assert err == "a recorded answer of m is used again\n"
    assert sorted(path.name for path in here.iterdir()) == ["answer.json", "prd.md"]


def test_without_model_and_recording_a_language_model_is_an_error_and_not_a_silent_fall_back(lamps):
    with pytest.raises(InputError, match="needs the name of a model"):
        decompose(lamps, architect="llm")
