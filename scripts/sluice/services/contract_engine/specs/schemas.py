"""Schema objects: their dialect, their patterns, and the properties that they require."""

from collections.abc import Iterator
from typing import Final

import jsonschema_rs
from openapi_schema_validator import OAS31_BASE_DIALECT_ID, OAS32_BASE_DIALECT_ID
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Fault, Parts
from sluice.services.contract_engine.specs.operations import row, table
from sluice.services.contract_engine.specs.specification import Place, Specification, fault_at, where
from sluice.services.contract_engine.specs.structure import check_dialect

_REGEX: Final = jsonschema_rs.validator_for({"format": "regex"}, validate_formats=True)
_COMBINED: Final = ("allOf", "anyOf", "oneOf")
_LOOSE: Final = (*_COMBINED, "$ref", "if", "not", "additionalProperties", "patternProperties", "unevaluatedProperties")


def check_dialects(spec: Specification) -> Iterator[Fault]:
    """Outermost schemas by their dialect; OpenAPI 3.0 and Swagger describe theirs in the document's structure."""
    if spec.kind != "openapi" or spec.family == "3.0":
        return
    usual = spec.document.get("jsonSchemaDialect")
    if usual is None:
        usual = OAS32_BASE_DIALECT_ID if spec.family == "3.2" else OAS31_BASE_DIALECT_ID
    for place, schema in spec.nodes["schema"]:
        if id(schema) in spec.inner:
            continue
        dialect = schema.get("$schema", usual)
        faults = check_dialect(str(dialect), schema)
        if faults is None:
            yield fault_at("openapi.dialect", place, f"JSON Schema dialect {str(dialect)[:200]!r} is not known")
            continue
        for fault in faults:
            yield fault_at(fault.rule, place, fault.message, *fault.parts)


def check_patterns(spec: Specification) -> Iterator[Fault]:
    """Regular expressions, each judged once."""
    rule = "asyncapi.pattern" if spec.kind == "asyncapi" else "openapi.pattern"
    holders = spec.nodes["schema"] if spec.kind != "swagger" else [*spec.nodes["schema"], *spec.nodes["parameter"]]
    known: dict[str, bool] = {}
    for place, schema in holders:
        patterns: list[tuple[Parts, JsonValue]] = []
        if "pattern" in schema:
            patterns.append((("pattern",), schema["pattern"]))
        if "patternProperties" in schema:
            patterns += [(("patternProperties", key), key) for key in table(schema, "patternProperties")]
        for below, pattern in patterns:
            if not isinstance(pattern, str):
                continue
            if pattern not in known:
                known[pattern] = _REGEX.is_valid(pattern)
            if not known[pattern]:
                yield fault_at(rule, place, f"{pattern[:200]!r} is no regular expression", *below)


def check_required(spec: Specification) -> Iterator[Fault]:
    """Required properties are defined: for `allOf` of a component or body that must be so, else it should."""
    prefix = "asyncapi" if spec.kind == "asyncapi" else "openapi"
    for place, schema in spec.nodes["schema"]:
        required = schema.get("required")
        if not isinstance(required, list) or not required:
            continue
        unknown = {name for name in required if isinstance(name, str)} - set(table(schema, "properties"))
        if unknown and prefix == "openapi" and "allOf" in schema and id(schema) not in spec.inner:
            unknown -= _known_properties(spec, place, schema)
            if unknown:
                yield fault_at("openapi.required", place, f"required, but not defined: {_listed(unknown)}", "required")
        elif unknown and "properties" in schema and not any(word in schema for word in _LOOSE) and not _within(place):
            message = f"required, but not among the properties: {_listed(unknown)}"
            yield fault_at(f"{prefix}.required-unknown", place, message, "required")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))[:200]


def _within(place: Place) -> bool:
    """Whether a schema is part of a combination, whose other parts may define the properties."""
    return any(part in _COMBINED for part in where(place)[1])


def _known_properties(spec: Specification, place: Place, schema: JsonObject) -> set[str]:
    """Property names that a schema knows through its combinations, however they are nested or repeated."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting: list[JsonValue] = [schema]
    while waiting:
        node = spec.final(place, waiting.pop())
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        names.update(table(node, "properties"))
        waiting.extend(part for word in _COMBINED for part in row(node, word))
        waiting.extend(node[word] for word in ("items", "not") if word in node)
    return names
