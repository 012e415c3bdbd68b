import json
from importlib.resources import files

import jsonschema_rs
import pytest

from sluice.commands.contracts import rules, validate
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError
from sluice.services.contract_engine.specs.schema import report_schema

GOOD = """\
openapi: 3.1.0
info: {title: books, version: "1"}
paths:
  /books:
    get: {responses: {"200": {description: All}}}
"""
BAD = GOOD.replace("/books:", "/books/{id}:")
COMMITTED = files("sluice.services.contract_engine").joinpath("validation-report.schema.json").read_text("utf-8")


@pytest.fixture
def judged(here):
    def run(text, *, json=False, folder=""):
        (here / "api.yaml").write_text(text)
        return validate(Options(json=json), file=here / "api.yaml", folder=folder)

    return run


def test_a_valid_document_ends_with_code_0(judged, capsys):
    assert judged(GOOD) == 0
    assert "api.yaml: OpenAPI 3.1.0, 1 operation: valid" in capsys.readouterr().out


def test_a_wrong_one_ends_with_code_4_and_names_line_column_rule_and_what_to_do(judged, capsys):
    assert judged(BAD) == 4
    out = capsys.readouterr().out
    assert "api.yaml:5:5  error  openapi.path-parameter" in out
    assert "at /paths/~1books~1{id}/get" in out
    assert "declare with `in: path` what stands in the path" in out
    assert "not valid, 1 error" in out


@pytest.mark.parametrize("text", [GOOD, BAD, "a: [", ""])
def test_json_is_what_the_committed_schema_says(judged, capsys, text):
    judged(text, json=True)
    answer = json.loads(capsys.readouterr().out)
    assert report_schema() == COMMITTED, "run python -m sluice.services.contract_engine.specs.schema"
    jsonschema_rs.Draft202012Validator(json.loads(COMMITTED)).validate(answer)
    for error in answer["errors"]:
        assert error.keys() == {"rule", "pointer", "message", "hint", "line", "column", "file"}
        assert (error["file"], type(error["line"]), type(error["column"])) == ("api.yaml", int, int)


def test_bad_arguments_are_said(judged, here):
    with pytest.raises(InputError, match="cannot read"):
        validate(Options(), file=here / "none.yaml", folder="")
    with pytest.raises(InputError, match="is no folder"):
        judged(GOOD, folder=str(here / "api.yaml"))
    (here / "below").mkdir()
    with pytest.raises(InputError, match="does not lie below"):
        judged(GOOD, folder=str(here / "below"))


def test_rules_are_listed_with_what_to_do(capsys):
    assert rules(Options(json=True)) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"rule", "severity", "says", "what to do"} == listed[0].keys()
    assert "openapi.path-ambiguous" in {row["rule"] for row in listed}
