"""What openapi-spec-validator does not judge about operations: paths, security requirements, links, hints."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.pointers import Parts, fault, objects

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PATH = re.compile(r"(?:[^{}]|\{[^{}/]+\})*")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def check_operations(document: JsonObject) -> list[SpecError]:
    """Faults of the paths and of what operations refer to by name."""
    return [*_paths(document), *_security(document), *_links(document)]


def operations(document: JsonObject) -> Iterator[tuple[Parts, JsonObject]]:
    """Every operation with its place."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield ("paths", path, method), operation


def _paths(document: JsonObject) -> Iterator[SpecError]:
    paths = document.get("paths")
    shapes: dict[str, str] = {}
    for path in paths if isinstance(paths, dict) else ():
        shape = _PARAMETER.sub("{}", path)
        if not _PATH.fullmatch(path):
            yield fault("openapi.path", ("paths", path), "braces do not match", "write parameters as {name}")
        elif shape in shapes:
            message = f"the same path as {shapes[shape]!r}"
            yield fault("openapi.path", ("paths", path), message, "put the operations of both under one path")
        shapes[shape] = path


def _security(document: JsonObject) -> Iterator[SpecError]:
    components = document.get("components")
    declared = components.get("securitySchemes") if isinstance(components, dict) else None
    names = set(declared) if isinstance(declared, dict) else set()
    for parts, holder in [((), document), *operations(document)]:
        requirements = holder.get("security")
        for index, requirement in enumerate(requirements if isinstance(requirements, list) else ()):
            for name in requirement if isinstance(requirement, dict) else ():
                if name not in names:
                    place: Parts = (*parts, "security", index, name)
                    hint = "declare it in components.securitySchemes"
                    yield fault("openapi.security", place, f"no security scheme is called {name!r}", hint)


def _links(document: JsonObject) -> Iterator[SpecError]:
    known = {operation.get("operationId") for _, operation in operations(document)}
    for parts, node in objects(document):
        links = node.get("links")
        is_response = "description" in node and isinstance(links, dict) and parts[-1:] != ("properties",)
        for name, link in links.items() if is_response and isinstance(links, dict) else ():
            target: JsonValue = link.get("operationId") if isinstance(link, dict) else None
            if isinstance(target, str) and target not in known:
                place: Parts = (*parts, "links", name, "operationId")
                yield fault("openapi.link", place, f"no operation is called {target!r}", "name an existing operationId")
