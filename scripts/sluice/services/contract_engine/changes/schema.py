"""The JSON Schema of `contracts.diff --json`: run as a module it prints it, `diff.schema.json` is its copy."""

import json
import sys

from sluice.model.changes import ContractDiff

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def diff_schema() -> str:
    """The schema as text, with a final newline."""
    schema = {"$schema": DIALECT, **ContractDiff.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(diff_schema())
