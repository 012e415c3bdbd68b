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

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.defaults import check_default
from sluice.services.contract_engine.specs.operations import check_operations
from sluice.services.contract_engine.specs.pointers import Parts, fault, located
from sluice.services.contract_engine.specs.structure import check_structure

_VERSION = re.compile(r"3\.([01])\.\d+")
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
    return [*check_operations(document), *_semantics(document, match[1])]


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
        """Faults of one schema and of those below it."""
        place = self._registry.place(schema)
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
        names: set[str] = set()
        seen: set[Parts] = set()
        waiting = [schema]
        while waiting:
            path = waiting.pop()
            place = self._registry.place(path)
            if place in seen:
                continue
            seen.add(place)
            if "properties" in path:
                names.update(cast("Iterable[str]", (path / "properties").keys()))
            for word in ("allOf", "anyOf", "oneOf"):
                if word in path:
                    waiting.extend(path / word)
        return names


class _Default(keywords.KeywordValidator):
    """Default values against their schema."""

    def __init__(self, registry: _Registry) -> None:
        super().__init__(registry)
        self._registry = registry

    def __call__(self, schema: SchemaPath, value: Any) -> Iterator[SpecError]:
        """Faults of the default `value` of `schema`."""
        registry = self._registry
        yield from check_default(registry.document, registry.place(schema), value, old=registry.minor == "0")
