"""Which checks judge a document of each kind, and in which order."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from sluice.services.contract_engine.specs import asyncapi, components, operations, schemas
from sluice.services.contract_engine.specs.catalogue import RULES
from sluice.services.contract_engine.specs.faults import Fault
from sluice.services.contract_engine.specs.grammar import ASYNCAPI_2, ASYNCAPI_3, OPENAPI, OPENAPI_3_0, SWAGGER, Grammar
from sluice.services.contract_engine.specs.hints import check_hints
from sluice.services.contract_engine.specs.sources import Sources
from sluice.services.contract_engine.specs.specification import Specification
from sluice.services.contract_engine.specs.structure import MAX_ERRORS, check_part, check_structure
from sluice.services.contract_engine.specs.values import check_values

_OPENAPI: Final = re.compile(r"3\.[012]\.\d+(?:-.+)?")
_COMMON: Final = (
    schemas.check_patterns,
    schemas.check_required,
    components.check_servers,
    components.check_unused,
    check_hints,
)
_CHECKS: Final[dict[str, tuple[Callable[[Specification], Iterator[Fault]], ...]]] = {
    "openapi": (
        operations.check_paths,
        operations.check_parameters,
        operations.check_ids,
        operations.check_security,
        operations.check_links,
        components.check_tags,
        components.check_discriminators,
        components.check_notes,
        schemas.check_dialects,
        *_COMMON,
    ),
    "swagger": (
        operations.check_paths,
        operations.check_parameters,
        operations.check_ids,
        operations.check_security,
        components.check_tags,
        components.check_notes,
        *_COMMON,
    ),
    "asyncapi": (asyncapi.check_channels, asyncapi.check_operations, asyncapi.check_names, *_COMMON),
}


def faults_of_document(kind: str, sources: Sources) -> list[Fault]:
    """Every fault of a document and of the files that it refers to.

    Where the structure is broken, rules that this may have misled stay silent.
    """
    document = sources.files[0].document
    version = str(document.get(kind, "")) if isinstance(document, dict) else ""
    grammar = _grammar(kind, version)
    if grammar is None or not isinstance(document, dict):
        rule = "asyncapi.version" if kind == "asyncapi" else "openapi.version"
        return [Fault(rule, (kind,), f"{kind} {version[:40]!r} is not supported")]
    spec = Specification(kind=kind, version=version, sources=sources, grammar=grammar)
    broken = list(check_structure(kind, spec.family, version, document))
    spec.walk()
    broken += [*spec.faults, *sources.faults, *_parts(spec)]
    found = [fault for check in _CHECKS[kind] for fault in _robust(check, spec, is_broken=bool(broken))]
    if not broken and not any(fault.rule in _SCHEMA_RULES for fault in found):
        found += check_values(spec)
    if broken:
        found = _not_misled(found, broken)
    return [*broken, *found]


_SCHEMA_RULES: Final = frozenset({"openapi.schema", "openapi.pattern", "asyncapi.pattern", "openapi.dialect"})


# What is broken below the place of these faults may be all that is wrong.
_OF_PARAMETERS: Final = frozenset({"openapi.path-parameter", "openapi.parameter", "openapi.body-parameter"})
_OF_WHOLES: Final = frozenset({"openapi.required", "asyncapi.channel", "asyncapi.message", "asyncapi.parameter"})


def _not_misled(found: list[Fault], broken: list[Fault]) -> list[Fault]:
    """The errors that what is broken cannot have caused; of warnings, none."""
    above = {(fault.source, fault.parts[:n]) for fault in broken for n in range(len(fault.parts) + 1)}
    parameters = [fault for fault in broken if "parameters" in fault.parts]
    above_parameters = {(fault.source, fault.parts[:n]) for fault in parameters for n in range(len(fault.parts) + 1)}
    places = {(fault.source, fault.parts) for fault in broken}
    misled = {**dict.fromkeys(_OF_PARAMETERS, above_parameters), **dict.fromkeys(_OF_WHOLES, above)}
    return [
        fault
        for fault in found
        if _is_error(fault) and (fault.source, fault.parts) not in misled.get(fault.rule, places)
    ]


def _is_error(fault: Fault) -> bool:
    return RULES[fault.rule].severity == "error"


def _robust(
    check: Callable[[Specification], Iterator[Fault]], spec: Specification, *, is_broken: bool
) -> Iterator[Fault]:
    """What a check finds; on a broken structure it may have to give up."""
    try:
        yield from islice(check(spec), MAX_ERRORS)
    except (TypeError, ValueError, LookupError, AttributeError):
        if not is_broken:
            raise


def _parts(spec: Specification) -> Iterator[Fault]:
    """Structure of what references found where the document's own schema does not look."""
    if spec.kind == "asyncapi":
        return
    for target, kind in spec.foreign:
        for fault in check_part(spec.family, kind, target.node):
            yield Fault(fault.rule, (*target.parts, *fault.parts), fault.message, target.source)


def _grammar(kind: str, version: str) -> Grammar | None:
    if kind == "swagger":
        return SWAGGER if version == "2.0" else None
    if kind == "asyncapi":
        if version not in asyncapi.VERSIONS:
            return None
        return ASYNCAPI_3 if version.startswith("3.") else ASYNCAPI_2
    if not _OPENAPI.fullmatch(version):
        return None
    return OPENAPI_3_0 if version.startswith("3.0") else OPENAPI
