"""Documents against the official JSON Schemas, faults said by the branch of a choice that was meant."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Final

import jsonschema_rs
from openapi_schema_validator import OAS31_BASE_DIALECT_ID, OAS32_BASE_DIALECT_ID
from openapi_spec_validator.schemas import schema_v2, schema_v30, schema_v31, schema_v32
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Fault, Parts

MAX_ERRORS: Final = 1_000
_PART: Final = 1_000
_OPENAPI: Final = {"2.0": schema_v2, "3.0": schema_v30, "3.1": schema_v31, "3.2": schema_v32}
_DEFINITIONS: Final = {"2.0": "definitions", "3.0": "definitions", "3.1": "$defs", "3.2": "$defs"}
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def check_structure(kind: str, family: str, version: str, document: JsonObject) -> Iterator[Fault]:
    """Faults of a whole document."""
    validator = _asyncapi(version) if kind == "asyncapi" else _openapi(family)
    if validator.is_valid(document):
        return
    rule = "asyncapi.structure" if kind == "asyncapi" else "openapi.structure"
    count = 0
    for part in _parts(document):
        for fault in faults_of(validator, part, rule, ()):
            yield fault
            count += 1
        if count > MAX_ERRORS:
            return


def check_part(family: str, name: str, node: JsonValue) -> Iterator[Fault]:
    """Faults of an OpenAPI object that stands in a file of its own; kinds that the schema does not know have none."""
    validator = _part(family, name)
    if validator is not None:
        yield from faults_of(validator, node, "openapi.structure", ())


def check_dialect(dialect: str, schema: JsonValue) -> list[Fault] | None:
    """Faults of a schema by its dialect of JSON Schema; None when there is no such dialect."""
    validator = _dialect(dialect)
    if validator is None:
        return None
    return [] if validator.is_valid(schema) else list(faults_of(validator, schema, "openapi.schema", ()))


def faults_of(validator: jsonschema_rs.Validator, instance: JsonValue, rule: str, place: Parts) -> Iterator[Fault]:
    """Faults of a value that stands at `place`, without repetition."""
    errors = islice(validator.iter_errors(instance), MAX_ERRORS)
    leaves = (leaf for error in errors for leaf in meant(error))
    yield from dict.fromkeys(Fault(rule, (*place, *leaf.instance_path), leaf.message[:500]) for leaf in leaves)


def _parts(document: JsonObject) -> Iterator[JsonObject]:
    """The document in parts, so that a million faults are not collected where a thousand are shown."""
    large = [
        (key, name, table)
        for key, value in document.items()
        if isinstance(value, dict)
        for name, table in [("", value), *value.items()]
        if isinstance(table, dict) and len(table) > _PART and (name == "" or key == "components")
    ]
    if not large:
        yield document
        return
    rest = dict(document)
    for key, name, table in large:
        holder = rest[key]
        rest[key] = {**holder, name: {}} if name and isinstance(holder, dict) else {}
        members = iter(table.items())
        while some := dict(islice(members, _PART)):
            yield {**_skeleton(document), key: {name: some} if name else some}
    yield rest


def _skeleton(document: JsonObject) -> JsonObject:
    return {
        key: {} if key in {"paths", "channels"} else value for key, value in document.items() if key != "components"
    }


@cache
def _openapi(family: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(dict(_OPENAPI[family]), offline=True)


@cache
def _asyncapi(version: str) -> jsonschema_rs.Validator:
    text = files("sluice.services.contract_engine").joinpath("schemas", f"asyncapi-{version}.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text), offline=True)


@cache
def _part(family: str, name: str) -> jsonschema_rs.Validator | None:
    whole = dict(_OPENAPI[family])
    table = _DEFINITIONS[family]
    key = next((key for key in whole[table] if key.replace("-", "").lower() == name.lower()), None)
    if key is None:
        return None
    kept = {word: whole[word] for word in ("$id", "id", "$schema", table) if word in whole}
    return jsonschema_rs.validator_for({**kept, "$ref": f"#/{table}/{key}"}, offline=True)


@cache
def _dialect(dialect: str) -> jsonschema_rs.Validator | None:
    dialect = dialect.removesuffix("#")
    if dialect in {OAS31_BASE_DIALECT_ID, OAS32_BASE_DIALECT_ID}:
        schemas = list(_shipped(files("openapi_schema_validator") / "schemas"))
        registry = jsonschema_rs.Registry([(str(one["$id"]), one) for one in schemas])
        schema: JsonObject = {"$schema": _DRAFT, "$ref": dialect}
        return jsonschema_rs.validator_for(schema, registry=registry, offline=True)
    if not dialect.startswith(("https://json-schema.org/draft/", "http://json-schema.org/draft-")):
        return None
    try:
        return jsonschema_rs.validator_for({"$schema": dialect, "$ref": dialect}, offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
        return None


def _shipped(folder: Traversable) -> Iterator[JsonObject]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _shipped(entry)
        else:
            yield json.loads(entry.read_text("utf-8"))


def meant(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """The errors of the most likely branch of anyOf and oneOf, down to the leaves; else the error itself."""
    branches = [branch for branch in getattr(error.kind, "context", None) or [] if branch]
    if not branches:
        yield error
        return
    for inner in min(branches, key=_distance):
        yield from meant(inner)


def _distance(branch: list[jsonschema_rs.ValidationError]) -> tuple[bool, int, int]:
    """A branch that wants a `$ref`, or fails at once, was hardly meant; one that fails deep inside was."""
    wants_reference = any(error.kind.name == "required" and '"$ref"' in error.message for error in branch)
    return wants_reference, -max(len(error.instance_path) for error in branch), len(branch)
