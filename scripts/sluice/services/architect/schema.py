"""The JSON Schema of a Decomposition: `python -m` this module prints what is committed beside it."""

import json
import sys

from sluice.model.decomposition import Decomposition

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def decomposition_schema() -> str:
    """The schema as text, with a final newline."""
    schema = {"$schema": DIALECT, **Decomposition.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(decomposition_schema())
