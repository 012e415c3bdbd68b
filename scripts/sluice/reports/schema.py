"""JSON Schemas of what is printed: `python -m sluice.reports.schema NAME` prints one, `NAME.schema.json` is its copy.

`summary` is a run (`--json`, summary.json), `diff` what `invoke report --diff A B --json` prints,
`gate` what `invoke gate PATH --json` prints.
"""

import json
import sys

from sluice.model.base import Model
from sluice.model.finding import GateAnswer
from sluice.model.run_diff import RunDiff
from sluice.model.summary import Summary

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: dict[str, type[Model]] = {"summary": Summary, "diff": RunDiff, "gate": GateAnswer}


def schema_text(name: str) -> str:
    """One schema as text, with a final newline."""
    schema = {"$schema": DIALECT, **SCHEMAS[name].model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text(sys.argv[1] if len(sys.argv) > 1 else "summary"))
