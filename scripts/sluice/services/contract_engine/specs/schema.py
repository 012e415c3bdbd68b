"""The JSON Schema of a validation report: `python -m` this module prints what is committed beside the service."""

import json
import sys

from sluice.model.contract import ValidationReport

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def report_schema() -> str:
    """The schema as text, with a final newline."""
    schema = {"$schema": DIALECT, **ValidationReport.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(report_schema())
