from importlib.resources import files

from sluice.reports.schema import summary_schema


def test_the_committed_schema_is_what_the_model_says():
    committed = files("sluice.reports").joinpath("summary.schema.json").read_text(encoding="utf-8")
    assert committed == summary_schema(), (
        "run: python -m sluice.reports.schema > scripts/sluice/reports/summary.schema.json"
    )
