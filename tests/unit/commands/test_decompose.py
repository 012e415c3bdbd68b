import json

import pytest

from sluice import samples
from sluice.commands.pipeline import Options, phase
from sluice.core.errors import InputError


def decompose(prd):
    return phase(3, Options(prd=prd, json=True))


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
