"""Web applications as they are put together: routes, routers, mounts and middleware, whatever framework wrote them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sluice.phases.gate.reading.python import Function, PyFile

Framework = Literal["fastapi", "starlette", "flask"]
Place = tuple[PyFile, ast.AST]

APPS: dict[str, Framework] = {
    "fastapi.FastAPI": "fastapi",
    "fastapi.applications.FastAPI": "fastapi",
    "starlette.applications.Starlette": "starlette",
    "flask.Flask": "flask",
    "quart.Quart": "flask",
    "flask_openapi3.OpenAPI": "flask",
    "apiflask.APIFlask": "flask",
}
ROUTERS: dict[str, Framework] = {
    "fastapi.APIRouter": "fastapi",
    "fastapi.routing.APIRouter": "fastapi",
    "starlette.routing.Router": "starlette",
    "flask.Blueprint": "flask",
    "quart.Blueprint": "flask",
    "flask_openapi3.APIBlueprint": "flask",
    "apiflask.APIBlueprint": "flask",
    "flask_smorest.Blueprint": "flask",
    "flask_restx.Namespace": "flask",
}
WRAPPERS = frozenset({"flask_restful.Api", "flask_restx.Api", "flask_restplus.Api", "flask_smorest.Api"})


@dataclass(frozen=True, eq=False)
class Route:
    """One route; `path` has a HOLE for what only run time knows, `at` is the decorator, call or list entry.

    `guarded` is True for a route that only development runs have.
    """

    methods: frozenset[str]
    path: str
    at: ast.AST
    file: PyFile
    handler: tuple[PyFile, Function] | None = None
    guarded: bool = False


@dataclass(frozen=True, eq=False)
class Middleware:
    """Something on the request path; `target` is its class or function when it is of this tree, `name` as written.

    `everywhere` is False for a blueprint's own hooks, `guarded` True for what only development runs mount.
    """

    name: str
    at: ast.AST
    file: PyFile
    target: Place | None = None
    guarded: bool = False
    everywhere: bool = True


@dataclass(eq=False)
class Router:
    """A collection of routes; an application is one too (`is_app`)."""

    framework: Framework
    file: PyFile
    node: ast.AST
    prefix: str = ""
    is_app: bool = False
    routes: list[Route] = field(default_factory=list)
    children: list[tuple[str, "Router"]] = field(default_factory=list)
    middleware: list[Middleware] = field(default_factory=list)
    guards: list[Place] = field(default_factory=list)
    """What its constructor or whoever includes it gives as `dependencies=[…]`."""
    mounted: bool = False

    def all_routes(self) -> Iterator[tuple[str, Route]]:
        """Every route with its full path, through included routers and mounted applications."""
        yield from ((path, route) for path, route, _ in self.placed_routes())

    def placed_routes(
        self, before: str = "", above: tuple["Router", ...] = ()
    ) -> Iterator[tuple[str, Route, tuple["Router", ...]]]:
        """Every route with its full path and the routers that a request passes on its way, outermost first."""
        if self in above:
            return
        base, chain = before + self.prefix, (*above, self)
        for route in self.routes:
            yield _tidy(base + route.path), route, chain
        for prefix, child in self.children:
            yield from child.placed_routes(base + prefix, chain)

    def all_middleware(self, above: tuple["Router", ...] = ()) -> Iterator[Middleware]:
        """Middleware before every route of this application: its own, and what its blueprints hang on it."""
        if self in above:
            return
        yield from self.middleware
        for _, child in self.children:
            if not child.is_app:
                yield from (m for m in child.all_middleware((*above, self)) if m.everywhere)


def _tidy(path: str) -> str:
    while "//" in path:
        path = path.replace("//", "/")
    return path
