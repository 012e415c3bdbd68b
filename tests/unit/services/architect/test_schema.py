import json
from importlib.resources import files

import jsonschema_rs
import pytest

from sluice.services.architect.decompose import decompose
from sluice.services.architect.schema import decomposition_schema

COMMITTED = files("sluice.services.architect").joinpath("decomposition.schema.json").read_text(encoding="utf-8")


def test_the_committed_schema_is_what_the_model_says():
    assert decomposition_schema() == COMMITTED, (
        "run: python -m sluice.services.architect.schema > scripts/sluice/services/architect/decomposition.schema.json"
    )


def test_every_answer_is_valid_by_the_schema_and_one_without_services_is_not(sample):
    answer = decompose(sample).model_dump(mode="json")
    validator = jsonschema_rs.Draft202012Validator(json.loads(COMMITTED))
    validator.validate(answer)
    with pytest.raises(jsonschema_rs.ValidationError):
        validator.validate({**answer, "service_map": None})
