import json
from importlib.resources import files

import jsonschema
import pytest

from sluice.model.summary import Summary
from sluice.reports.formats.summary_json import render


def test_the_rendered_summary_validates_against_the_published_schema(any_view):
    schema = json.loads(files("sluice.reports").joinpath("summary.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(render(any_view)))


def test_the_promised_keys_are_there_whatever_happened(any_view):
    found = json.loads(render(any_view))
    assert {"run_id", "verdict", "runtime", "phases", "services", "compliance", "flow", "findings", "reports"} <= set(
        found
    )
    assert {"number", "name", "status", "seconds", "reason"} <= set(found["phases"][0])
    assert {"operations", "conforming", "ratio", "per_service"} == set(found["compliance"])


def test_it_reads_back_as_the_same_summary(any_view):
    assert Summary.model_validate_json(render(any_view)) == any_view.summary


@pytest.mark.req("R0-096")
def test_every_finding_of_the_gate_is_in_it(partial_view):
    assert [finding["check"] for finding in json.loads(render(partial_view))["findings"]] == [
        finding.check for finding in partial_view.gate.findings
    ]
