"""The JSON Schema of summary.json: `python -m sluice.reports.schema` prints it, `summary.schema.json` is its copy."""

import json
import sys

from sluice.model.summary import Summary

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def summary_schema() -> str:
    """The schema as text, with a final newline."""
    schema = {"$schema": DIALECT, **Summary.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(summary_schema())
