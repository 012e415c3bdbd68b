"""How long the comparison of two large specifications takes, reading included."""

import copy
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from sluice.commands.bench.figure import Figure, Topic
from sluice.commands.bench.specifications import specification
from sluice.services.contract_engine.changes.report import compare
from sluice.services.contract_engine.specs.documents import read

MEGABYTES: Final = 10


def measure(_directory: Path) -> Iterable[Figure]:
    """The same document against versions of it; seconds are of the processor, so that other work counts less."""
    document = specification(MEGABYTES)
    for name, edit in EDITS.items():
        other = edit(copy.deepcopy(document))
        texts = [json.dumps(version, indent=1) for version in (document, other)]
        began = time.process_time()
        found = compare(*(read(text) for text in texts))
        seconds = time.process_time() - began
        title = f"{MEGABYTES} MB against {name}: {len(found.changes)} changes"
        yield Figure(name=title, value=seconds, unit="s CPU", aim="<= 5")


def one_field_less(document: dict[str, Any]) -> dict[str, Any]:
    """A property of one schema is gone."""
    schemas = document["components"]["schemas"].values()
    next(schema for schema in schemas if len(schema.get("properties", {})) > 1)["properties"].popitem()
    return document


def other_names(document: dict[str, Any]) -> dict[str, Any]:
    """Every schema has another name, which is no change."""
    text = json.dumps(document).replace("#/components/schemas/", "#/components/schemas/The")
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {f"The{name}": schema for name, schema in schemas.items()}
    return renamed


def shorter_texts(document: dict[str, Any]) -> dict[str, Any]:
    """Every text of every schema has another limit."""
    for schema in document["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            if field.get("type") == "string":
                field["maxLength"] = 99
    return document


EDITS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "itself": lambda document: document,
    "one field less": one_field_less,
    "other names": other_names,
    "shorter texts everywhere": shorter_texts,
}
TOPIC: Final = Topic(name="diff", help="two large specifications compared", measure=measure)
