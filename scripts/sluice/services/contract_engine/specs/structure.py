"""Faults of a document against a JSON Schema, said by the branch of a choice that was meant."""

from collections.abc import Iterator

import jsonschema_rs
from pydantic import JsonValue

from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.pointers import Parts, fault


def check_structure(
    validator: jsonschema_rs.Validator, instance: JsonValue, rule: str, place: Parts = (), hint: str = ""
) -> list[SpecError]:
    """Every fault of `instance`, which stands at `place` of the document; sorted and without repetition."""
    errors = (leaf for error in validator.iter_errors(instance) for leaf in _meant(error))
    faults = {fault(rule, (*place, *error.instance_path), error.message, hint) for error in errors}
    return sorted(faults, key=lambda f: (f.pointer, f.message))


def _meant(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """The errors of the most likely branch of anyOf and oneOf, down to the leaves; else the error itself."""
    branches = [branch for branch in getattr(error.kind, "context", None) or [] if branch]
    if not branches:
        yield error
        return
    for inner in min(branches, key=_distance):
        yield from _meant(inner)


def _distance(branch: list[jsonschema_rs.ValidationError]) -> tuple[bool, int, int]:
    """A branch that wants a `$ref`, or fails at once, was hardly meant; one that fails deep inside was."""
    wants_reference = any(error.kind.name == "required" and '"$ref"' in error.message for error in branch)
    return wants_reference, -max(len(error.instance_path) for error in branch), len(branch)
