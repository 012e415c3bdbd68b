from importlib.resources import files

import pytest

from sluice.reports.schema import SCHEMAS, schema_text


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_what_the_model_says(name):
    committed = files("sluice.reports").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(name), (
        f"run: python -m sluice.reports.schema {name} > scripts/sluice/reports/{name}.schema.json"
    )
