"""Parameters of an operation: in its path, its query and its headers."""

import re
from dataclasses import replace

from pydantic import JsonValue

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.annotations import Annotations
from sluice.phases.build.builders.template.names import attribute, class_name, distinct
from sluice.phases.build.builders.template.plan import Parameter
from sluice.phases.build.builders.template.shapes import Shape, resolved, shape

_FIRST = ("path", "query", "header")
# Names that the code of a handler uses itself.
_LOCALS = frozenset({
    "account", "body", "caller", "conditions", "find", "groups", "issue", "models", "passwords", "payloads", "problems",
    "publish", "request", "router", "row", "rows", "same", "schemas", "select", "session", "settings", "subject",
    "total",
})  # fmt: skip
# OpenAPI says that these are described elsewhere.
_IGNORED = frozenset({("header", "accept"), ("header", "content-type"), ("header", "authorization")})


def path_name(wire: str) -> str:
    """The name of a path parameter in the route of the generated application: its own where a route can have it."""
    return wire if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", wire) else attribute(wire, "key")


def parameters(document: JsonObject, nodes: list[JsonValue], annotations: Annotations) -> list[Parameter]:
    """The parameters of an operation, the required ones first; a later node replaces an earlier one of its name."""
    found: dict[tuple[str, str], Parameter] = {}
    for node in nodes:
        given = resolved(document, node)
        where, wire = str(given.get("in")), str(given.get("name"))
        if where in _FIRST and (where, wire.lower()) not in _IGNORED:
            found[where, wire] = _parameter(given, where, wire, shape(document, given.get("schema")), annotations)
    slots = [path_name(parameter.wire) for parameter in found.values() if parameter.where == "path"]
    if len(set(slots)) != len(slots):
        raise InputError(f"path parameters {slots} cannot be told apart", hint="give them plain names")
    taken: set[str] = set()
    ordered = sorted(found.values(), key=lambda p: (_FIRST.index(p.where), bool(p.default)))
    return [renamed(parameter, distinct(parameter.name, taken)) for parameter in ordered]


def renamed(parameter: Parameter, name: str) -> Parameter:
    """The parameter under another name in the code."""
    return replace(parameter, name=name)


def _parameter(given: JsonObject, where: str, wire: str, of: Shape, annotations: Annotations) -> Parameter:
    bare = annotations.of(of, class_name(wire), "text")
    required = where == "path" or given.get("required") is True
    default = of.schema.get("default")
    name = attribute(wire, "key" if where == "path" else "value")
    name = f"{name}_" if name in _LOCALS else name
    source = "" if required else repr(default) if isinstance(default, str | int | float) else "None"
    bare = f"{bare} | None" if source == "None" else bare
    slot = path_name(wire) if where == "path" else wire
    return Parameter(wire=wire, name=name, where=where, slot=slot, annotation=bare, default=source, shape=of)
