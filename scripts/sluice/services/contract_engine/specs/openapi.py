"""OpenAPI 3.0 and 3.1: openapi-spec-validator's meta-schemas and semantic rules, each fault with its place.

The library leaves the place out of most semantic faults, follows any `$ref` and walks shared schemas again and again;
so its keyword validators are wrapped to say where they are, and the steps that a hostile document could make endless
are replaced by bounded ones.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, cast

import jsonschema_rs
from jsonschema_path.paths import SchemaPath
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v30, schema_v31
from openapi_spec_validator.validation import keywords
from openapi_spec_validator.validation.registries import KeywordValidatorRegistry
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.hints import openapi_hints
from sluice.services.contract_engine.specs.operations import check_operations
from sluice.services.contract_engine.specs.pointers import Parts, fault, located, lookup, objects, target_parts
from sluice.services.contract_engine.specs.structure import check_structure
from sluice.services.contract_engine.specs.values import Values

_VERSION = re.compile(r"3\.([01])\.\d+")
_COMPONENTS: Final = ("components", "schemas")
_RULES: Final = {
    "ExtraParametersError": ("openapi.required", "define the property or take it out of `required`"),
    "ParameterDuplicateError": ("openapi.parameter", "give each parameter of an operation its own name"),
    "UnresolvableParameterError": ("openapi.path-parameter", "declare with `in: path` what stands in the path"),
    "DuplicateOperationIDError": ("openapi.operation-id", "give each operation its own operationId"),
}


def check_openapi(document: JsonObject, *, stop: bool) -> list[SpecError]:
    """Faults of an OpenAPI document; `stop`: its references are broken, so only its structure is judged."""
    version = document["openapi"]
    match = _VERSION.fullmatch(str(version))
    if not match:
        message = f"OpenAPI {version!r} is not supported"
        return [fault("openapi.version", ("openapi",), message, "use 3.1.0, 3.0.3 or another 3.0.x or 3.1.x")]
    errors = check_structure(_structure(match[1]), document, "openapi.structure")
    if errors or stop:
        return errors
    return [*check_operations(document), *openapi_hints(document), *_semantics(document, match[1])]


def openapi_warnings(document: JsonObject) -> list[SpecError]:
    """Examples of bodies, parameters and headers that their own schema does not allow."""
    values = Values(document, old=str(document["openapi"]).startswith("3.0"))
    warnings: list[SpecError] = []
    for parts, node in objects(document):
        if not isinstance(node.get("schema"), dict):
            continue
        examples = node.get("examples")
        shown: dict[Parts, JsonValue] = {("example",): node["example"]} if "example" in node else {}
        for name, example in examples.items() if isinstance(examples, dict) else ():
            if isinstance(example, dict) and "value" in example:
                shown["examples", name, "value"] = example["value"]
        schema = located(document, (*parts, "schema"))
        for below, value in shown.items():
            warnings += values.check("openapi.example", schema, value, (*parts, *below))
    return warnings


@cache
def _structure(minor: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(dict(schema_v30 if minor == "0" else schema_v31), offline=True)


@cache
def _json_schema() -> jsonschema_rs.Validator:
    meta = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    return jsonschema_rs.validator_for(meta, validate_formats=True, offline=True)


def _semantics(document: JsonObject, minor: str) -> list[SpecError]:
    base = OpenAPIV30SpecValidator if minor == "0" else OpenAPIV31SpecValidator
    kinds = {**base.keyword_validators, "schema": _Schema, "default": _Default}
    check = _Registry(kinds, document, minor)["__root__"]
    errors: list[SpecError] = []
    try:
        errors.extend(cast("_Check", check)(SchemaPath.from_dict(document, handlers={})))
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError) as error:
        hint = "see whether a reference leads to something of another kind"
        errors.append(fault("openapi.semantics", (), f"cannot be judged further: {error!r}", hint))
    return errors


_Check = Callable[..., Iterator[Any]]


class _Registry(KeywordValidatorRegistry):
    """The library's registry, whose validators yield faults with their place."""

    def __init__(self, kinds: Mapping[str, type[keywords.KeywordValidator]], document: JsonObject, minor: str) -> None:
        super().__init__(kinds)
        self.document = document
        self.minor = minor

    def __missing__(self, keyword: str) -> keywords.KeywordValidator:
        check = cast("_Check", super().__missing__(keyword))

        def placed(*args: object, **kwargs: object) -> Iterator[SpecError]:
            path = next(arg for arg in args if isinstance(arg, SchemaPath))
            return self.faults(path, check(*args, **kwargs))

        self[keyword] = cast("keywords.KeywordValidator", placed)
        return self[keyword]

    def place(self, path: SchemaPath, below: Iterable[str | int] = ()) -> Parts:
        """Where a path, which may run through references, stands in the document."""
        return located(self.document, (*path.parts, *below))

    def faults(self, path: SchemaPath, errors: Iterable[Any]) -> Iterator[SpecError]:
        """The library's errors as faults at `path`; what is a fault already passes."""
        for error in errors:
            if isinstance(error, SpecError):
                yield error
            else:
                rule, hint = _RULES.get(type(error).__name__, ("openapi.schema", ""))
                yield fault(rule, self.place(path, error.absolute_path), error.message, hint)


class _Schema(keywords.SchemaValidator):
    """Schema objects: each once, judged by the compiled meta-schema."""

    def __init__(self, registry: _Registry) -> None:
        super().__init__(registry)
        self._registry = registry
        self._sound: dict[Parts, bool] = {}

    def __call__(
        self,
        schema: SchemaPath,
        require_properties: bool = True,  # noqa: FBT001, FBT002 - the library's signature
        meta_checked: bool = False,  # noqa: FBT001, FBT002 - the library's signature
    ) -> Iterator[Any]:
        """Faults of one schema and of those below it; components are judged in their own turn, where they stand."""
        place = self._registry.place(schema)
        if place[:-1] == _COMPONENTS and tuple(schema.parts) != place:
            return
        # OpenAPI 3.0 describes its schemas in its own structure, which has been judged.
        if not meta_checked and self._registry.minor != "0" and place not in self._sound:
            errors = check_structure(_json_schema(), cast("Any", schema.read_value()), "openapi.schema", place)
            self._sound[place] = not errors
            yield from errors
        if not self._sound.get(place, True):
            return
        yield from self._registry.faults(schema, super().__call__(schema, require_properties, meta_checked=True))

    def _collect_properties(self, schema: SchemaPath) -> set[str]:
        """Property names that a schema knows through its combinations, however they are nested or repeated."""
        document = self._registry.document
        names: set[str] = set()
        seen: set[int] = set()
        waiting: list[JsonValue] = [lookup(document, self._registry.place(schema))]
        while waiting:
            node = waiting.pop()
            if not isinstance(node, dict) or id(node) in seen:
                continue
            seen.add(id(node))
            reference, properties = node.get("$ref"), node.get("properties")
            if isinstance(reference, str):
                waiting.append(lookup(document, target_parts(reference)))
            if isinstance(properties, dict):
                names.update(properties)
            combined = (node.get(word) for word in ("allOf", "anyOf", "oneOf"))
            waiting.extend(part for parts in combined if isinstance(parts, list) for part in parts)
        return names


class _Default(keywords.KeywordValidator):
    """Default values against their schema."""

    def __init__(self, registry: _Registry) -> None:
        super().__init__(registry)
        self._place = registry.place
        self._values = Values(registry.document, old=registry.minor == "0")

    def __call__(self, schema: SchemaPath, value: Any) -> list[SpecError]:
        """Faults of the default `value` of `schema`."""
        place = self._place(schema)
        return self._values.check("openapi.default", place, value, (*place, "default"))
