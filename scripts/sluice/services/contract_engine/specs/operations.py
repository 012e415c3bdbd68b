"""Operations of OpenAPI and Swagger documents: paths, parameters, ids, security requirements, links."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.services.contract_engine.specs.faults import Fault, Parts
from sluice.services.contract_engine.specs.grammar import METHODS
from sluice.services.contract_engine.specs.specification import Place, Specification, fault_at

_PATH: Final = re.compile(r"(?:[^{}]|\{[^{}/]+\})*")
_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
_ROOT: Final[Place] = (None, 0)
_PATHS: Final[Place] = (_ROOT, "paths")


def operations(document: JsonObject) -> Iterator[tuple[Parts, JsonObject]]:
    """Every operation of the document's paths with its place."""
    for path, item in table(document, "paths").items():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield ("paths", path, method), operation


def table(node: JsonValue, key: str) -> JsonObject:
    """The object under a key; empty when there is none."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def row(node: JsonValue, key: str) -> list[JsonValue]:
    """The list under a key; empty when there is none."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []


def check_paths(spec: Specification) -> Iterator[Fault]:
    """Braces that match, and no two paths of one shape."""
    shapes: dict[str, str] = {}
    for path in table(spec.document, "paths"):
        shape = _PARAMETER.sub("{}", path)
        if not _PATH.fullmatch(path):
            yield fault_at("openapi.path", _PATHS, "braces do not match", path)
        elif shape in shapes:
            yield fault_at("openapi.path-ambiguous", _PATHS, f"the same path as {shapes[shape]!r}", path)
        shapes.setdefault(shape, path)


def check_parameters(spec: Specification) -> Iterator[Fault]:
    """Parameters that differ from each other, and those in the path against its template."""
    for path, given in table(spec.document, "paths").items():
        if path.startswith("x-"):
            continue
        place: Place = (_PATHS, path)
        item = spec.final(place, given)
        shared = _parameters(spec, place, item)
        for method, operation in _methods(item):
            below: Place = (place, method)
            own = _parameters(spec, below, operation)
            if _PATH.fullmatch(path):
                yield from _template(path, below, [*shared, *own])
            if spec.kind == "swagger":
                yield from _bodies(below, [*shared, *own])
    for kind in ("pathItem", "operation"):
        for place, node in spec.nodes[kind]:
            yield from _repeated(_parameters(spec, place, node))


def check_ids(spec: Specification) -> Iterator[Fault]:
    """No operationId twice."""
    seen: dict[str, Place] = {}
    for place, operation in spec.nodes["operation"]:
        name = operation.get("operationId")
        if isinstance(name, str) and seen.setdefault(name, place) is not place:
            yield fault_at("openapi.operation-id", place, f"operationId {name!r} stands twice")


def check_security(spec: Specification) -> Iterator[Fault]:
    """Requirements name declared schemes and, for OAuth 2, declared scopes."""
    swagger = spec.kind == "swagger"
    holder = spec.document if swagger else table(spec.document, "components")
    schemes = table(holder, "securityDefinitions" if swagger else "securitySchemes")
    for place, node in [(_ROOT, spec.document), *spec.nodes["operation"]]:
        for index, requirement in enumerate(row(node, "security")):
            for name, scopes in requirement.items() if isinstance(requirement, dict) else ():
                below = ("security", index, name)
                if name in schemes:
                    scheme = spec.final(_ROOT, schemes[name])
                    yield from _scopes(place, below, scheme, scopes)
                elif not (spec.family == "3.2" and (":" in name or "#" in name or "/" in name)):
                    yield fault_at("openapi.security", place, f"no security scheme is called {name!r}", *below)


def check_links(spec: Specification) -> Iterator[Fault]:
    """Links name operations that there are."""
    known = {operation.get("operationId") for _, operation in spec.nodes["operation"]}
    for place, link in spec.nodes["link"]:
        name, reference = link.get("operationId"), link.get("operationRef")
        if isinstance(name, str) and name not in known:
            yield fault_at("openapi.link", place, f"no operation is called {name!r}", "operationId")
        if isinstance(reference, str) and reference.startswith("#/") and spec.end(0, reference) is None:
            yield fault_at("openapi.link", place, f"{reference!r} leads nowhere", "operationRef")


def _methods(item: JsonValue) -> Iterator[tuple[str, JsonObject]]:
    for method in (*METHODS, "query"):
        operation = item.get(method) if isinstance(item, dict) else None
        if isinstance(operation, dict):
            yield method, operation


def _parameters(spec: Specification, place: Place, holder: JsonValue) -> list[tuple[Place, JsonObject]]:
    """The parameters of a path or operation, references followed, each with the place where it is listed."""
    below: Place = (place, "parameters")
    listed = row(holder, "parameters")
    found = [((below, index), spec.final(below, node)) for index, node in enumerate(listed)]
    return [(where, node) for where, node in found if isinstance(node, dict)]


def _template(path: str, place: Place, parameters: Iterable[tuple[Place, JsonObject]]) -> Iterator[Fault]:
    wanted = set(_PARAMETER.findall(path))
    declared = {str(node.get("name")): where for where, node in parameters if node.get("in") == "path"}
    for name in sorted(wanted - set(declared)):
        yield fault_at("openapi.path-parameter", place, f"no parameter in the path is called {name!r}")
    for name in sorted(set(declared) - wanted):
        yield fault_at("openapi.path-parameter", declared[name], f"the path has no {{{name}}}")


def _repeated(parameters: Iterable[tuple[Place, JsonObject]]) -> Iterator[Fault]:
    seen = set()
    for place, node in parameters:
        key = (str(node.get("name")), str(node.get("in")))
        if key in seen:
            yield fault_at("openapi.parameter", place, f"parameter {key[0]!r} in {key[1]} stands twice")
        seen.add(key)


def _bodies(place: Place, parameters: Iterable[tuple[Place, JsonObject]]) -> Iterator[Fault]:
    ways = [str(node.get("in")) for _, node in parameters]
    if ways.count("body") > 1 or ("body" in ways and "formData" in ways):
        yield fault_at("openapi.body-parameter", place, "more than one body, or a body beside form parameters")


def _scopes(place: Place, below: Parts, scheme: JsonValue, scopes: JsonValue) -> Iterator[Fault]:
    if not isinstance(scheme, dict) or scheme.get("type") != "oauth2" or not isinstance(scopes, list):
        return
    flows = [scheme, *table(scheme, "flows").values()]
    declared = {scope for flow in flows for scope in table(flow, "scopes")}
    for index, scope in enumerate(scopes):
        if isinstance(scope, str) and scope not in declared:
            yield fault_at("openapi.scope", place, f"scope {scope!r} is not declared", *below, index)
