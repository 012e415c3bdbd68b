"""What documents declare once and use elsewhere: components, tags, servers, discriminators, references."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from sluice.services.contract_engine.specs.faults import Fault, Parts
from sluice.services.contract_engine.specs.operations import row, table
from sluice.services.contract_engine.specs.specification import Place, Specification, Target, fault_at, where

_ROOT: Final[Place] = (None, 0)
_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_SWAGGER_TABLES: Final = ("definitions", "parameters", "responses")
_NOTES: Final = frozenset({"$ref", "description", "summary"})


def check_unused(spec: Specification) -> Iterator[Fault]:
    """Components that nothing refers to; a document without operations is a library, where all may be unused."""
    if not spec.nodes["operation"]:
        return
    named = _named_schemes(spec)
    mapped = {parts for _, _, parts in _mappings(spec)}
    for parts, node in _components(spec):
        if (0, parts) in spec.used or parts in mapped or _is_subtype(spec, node):
            continue
        if parts[-2] in {"securitySchemes", "securityDefinitions"} and parts[-1] in named:
            continue
        yield Fault(f"{_prefix(spec)}.unused", parts, f"nothing uses {str(parts[-1])!r}")


def check_discriminators(spec: Specification) -> Iterator[Fault]:
    """Mappings lead to schemas."""
    for place, reference, parts in _mappings(spec):
        source = where(place)[0]
        if spec.kind == "openapi" and parts and spec.end(0, "#/components/schemas/" + str(parts[-1])) is not None:
            continue
        target = spec.target(source, reference)
        if not (isinstance(target, Target) and isinstance(target.node, dict | bool)):
            yield fault_at("openapi.discriminator", place, f"{reference!r} is no schema")


def check_tags(spec: Specification) -> Iterator[Fault]:
    """Declared once; parents exist and do not run in circles."""
    parents: dict[str, str] = {}
    tags = row(spec.document, "tags")
    names = [tag.get("name") for tag in tags if isinstance(tag, dict)]
    seen = set()
    for index, tag in enumerate(tags):
        name = tag.get("name") if isinstance(tag, dict) else None
        if not isinstance(tag, dict) or not isinstance(name, str):
            continue
        if name in seen:
            yield Fault("openapi.tag", ("tags", index), f"tag {name!r} stands twice")
        seen.add(name)
        parent = tag.get("parent")
        if spec.family == "3.2" and isinstance(parent, str):
            if parent not in names:
                yield Fault("openapi.tag", ("tags", index, "parent"), f"no tag is called {parent!r}")
            parents[name] = parent
            if _circles(name, parents):
                yield Fault("openapi.tag", ("tags", index, "parent"), f"tag {name!r} stands above itself")


def check_servers(spec: Specification) -> Iterator[Fault]:
    """Variables of server URLs."""
    rule = f"{_prefix(spec)}.server-variable"
    for place, server in spec.nodes["server"]:
        addresses = [server.get(key) for key in ("url", "host", "pathname")]
        used = {name for text in addresses if isinstance(text, str) for name in _VARIABLE.findall(text)}
        variables = table(server, "variables")
        for name in sorted(used - set(variables)):
            yield fault_at(rule, place, f"variable {name!r} is not declared", "url" if "url" in server else "host")
        for name in sorted(set(variables) - used):
            yield fault_at(rule, place, f"no {{{name}}} stands in the URL", "variables", name)
        for name, variable in variables.items():
            allowed, default = row(variable, "enum"), variable.get("default") if isinstance(variable, dict) else None
            if allowed and default is not None and default not in allowed:
                yield fault_at(rule, place, f"{default!r} is not one of its enum", "variables", name, "default")


def check_notes(spec: Specification) -> Iterator[Fault]:
    """What is allowed and yet a pity: text that nobody reads, or that is missing."""
    if spec.family == "3.2":
        for place, response in spec.nodes["response"]:
            if "description" not in response and "summary" not in response and "$ref" not in response:
                yield fault_at("openapi.response-description", place, "a response without a description")
    if spec.family in {"2.0", "3.0"}:
        for place, schema in spec.nodes["schema"]:
            if "$ref" in schema and len(schema) > 1:
                ignored = sorted(key for key in schema if key not in _NOTES and not key.startswith("x-"))
                if ignored:
                    yield fault_at("openapi.ref-siblings", place, f"ignored beside $ref: {', '.join(ignored)[:200]}")


def _prefix(spec: Specification) -> str:
    return "asyncapi" if spec.kind == "asyncapi" else "openapi"


def _components(spec: Specification) -> Iterator[tuple[Parts, JsonValue]]:
    if spec.kind == "swagger":
        for name in (*_SWAGGER_TABLES, "securityDefinitions"):
            yield from (((name, key), node) for key, node in table(spec.document, name).items())
        return
    components = table(spec.document, "components")
    for name in components:
        if not name.startswith("x-"):
            yield from ((("components", name, key), node) for key, node in table(components, name).items())


def _named_schemes(spec: Specification) -> set[str]:
    holders = [spec.document, *(node for kind in ("operation", "server") for _, node in spec.nodes[kind])]
    requirements = (one for holder in holders for one in row(holder, "security"))
    return {name for one in requirements if isinstance(one, dict) for name in one}


def _mappings(spec: Specification) -> Iterator[tuple[Place, str, Parts]]:
    """Place, reference and, for what is a name, the component it means."""
    if spec.kind != "openapi":
        return
    for place, schema in spec.nodes["schema"]:
        discriminator = schema.get("discriminator")
        mapping = table(discriminator, "mapping")
        targets = [(("mapping", key), value) for key, value in mapping.items()]
        if isinstance(discriminator, dict) and isinstance(discriminator.get("defaultMapping"), str):
            targets.append((("defaultMapping", ""), discriminator["defaultMapping"]))
        for below, value in targets:
            if isinstance(value, str):
                spot: Place = ((place, "discriminator"), below[0])
                name = value.removeprefix("#/components/schemas/")
                parts: Parts = ("components", "schemas", name) if _NAME.fullmatch(name) else ()
                yield (spot, below[1]) if below[1] else spot, value, parts


def _is_subtype(spec: Specification, node: JsonValue) -> bool:
    """Whether a schema extends one that tells its subtypes apart by a discriminator, which needs no reference."""
    bases = (spec.final(_ROOT, part) for part in row(node, "allOf"))
    return any(isinstance(base, dict) and "discriminator" in base for base in bases)


def _circles(name: str, parents: dict[str, str]) -> bool:
    seen = set()
    above: str | None = name
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above is not None
