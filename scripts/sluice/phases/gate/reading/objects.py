"""What names stand for while a service's code is followed: modules, library names, functions, classes, instances."""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sluice.phases.gate.reading.apps import Router
from sluice.phases.gate.reading.python import PyFile

if TYPE_CHECKING:
    from sluice.phases.gate.reading.interpret import Frame


@dataclass(frozen=True)
class Module:
    """An imported dotted name, looked up when it is used."""

    dotted: str


@dataclass(frozen=True)
class External:
    """Something of a library."""

    dotted: str


@dataclass(frozen=True, eq=False)
class Made:
    """A function or class of the tree, with the names around it."""

    file: PyFile
    node: ast.AST
    frame: "Frame"


@dataclass(eq=False)
class Instance:
    """An object of a class of the tree."""

    cls: Made
    attributes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """`owner.name`, about to be called."""

    owner: object
    name: str


@dataclass(frozen=True)
class Decorator:
    """A call like `app.get("/x")`, waiting for its function."""

    bound: Bound
    call: ast.Call | None
    node: ast.AST


@dataclass(frozen=True)
class Listed:
    """An entry of a `routes=[…]` or `middleware=[…]` list: a library call, evaluated once its owner is known."""

    dotted: str
    call: ast.Call
    frame: "Frame"


def carries_app(value: object) -> bool:
    """Whether an application or router can be reached through a value."""
    if isinstance(value, Instance):
        return any(isinstance(attribute, Router) for attribute in value.attributes.values())
    return isinstance(value, Router) or (isinstance(value, list) and any(map(carries_app, value)))
