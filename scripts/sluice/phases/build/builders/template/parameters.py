"""Parameters of an operation: in its path, its query and its headers."""

from dataclasses import replace

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.annotations import Annotations
from sluice.phases.build.builders.template.names import attribute, class_name, distinct
from sluice.phases.build.builders.template.plan import Parameter
from sluice.phases.build.builders.template.shapes import Shape, resolved, shape

_FIRST = ("path", "query", "header")


def path_name(wire: str) -> str:
    """The name of a path parameter in the route of the generated application."""
    return attribute(wire, "key")


def parameters(document: JsonObject, nodes: list[JsonValue], annotations: Annotations) -> list[Parameter]:
    """The parameters of an operation, the required ones first; a later node replaces an earlier one of its name."""
    found: dict[tuple[str, str], Parameter] = {}
    for node in nodes:
        given = resolved(document, node)
        where, wire = str(given.get("in")), str(given.get("name"))
        if where in _FIRST:
            found[where, wire] = _parameter(given, where, wire, shape(document, given.get("schema")), annotations)
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
    name = path_name(wire) if where == "path" else attribute(wire, "value")
    source = "" if required else repr(default) if isinstance(default, str | int | float) else "None"
    bare = f"{bare} | None" if source == "None" else bare
    slot = name if where == "path" else wire
    return Parameter(wire=wire, name=name, where=where, slot=slot, annotation=bare, default=source, shape=of)
