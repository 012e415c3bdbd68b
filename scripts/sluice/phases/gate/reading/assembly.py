"""What calls into web frameworks do to an application: the vocabulary of FastAPI, Starlette and Flask."""

import ast
from typing import TYPE_CHECKING

from sluice.phases.gate.reading.apps import APPS, ROUTERS, WRAPPERS, Middleware, Place, Route, Router
from sluice.phases.gate.reading.objects import Bound, Decorator, External, Instance, Listed, Made, carries_app
from sluice.phases.gate.reading.python import Function

if TYPE_CHECKING:
    from sluice.phases.gate.reading.interpret import Frame, Interpreter

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_ROUTE_CALLS = {"add_api_route": 1, "add_route": 1, "add_url_rule": 2}
_HOOKS = frozenset({"before_request", "after_request", "before_app_request", "after_app_request", "teardown_request"})


def build(run: "Interpreter", target: External | Bound, call: ast.Call, frame: "Frame") -> object:
    """The result of calling something of a library, or a method."""
    if isinstance(target, Bound):
        return _method(run, target, call, frame)
    name = target.dotted.rpartition(".")[2]
    if target.dotted in APPS or target.dotted in ROUTERS:
        return new_router(run, target.dotted, call, frame)
    first = run.eval(call.args[0], frame) if call.args else None
    if target.dotted in WRAPPERS:
        app = next((k.value for k in call.keywords if k.arg == "app"), None)
        return first or (run.eval(app, frame) if app else None)
    if name in {"Route", "APIRoute", "Mount", "Middleware", "WebSocketRoute"}:
        return Listed(target.dotted, call, frame)
    if isinstance(first, Router) and first.is_app:
        return wrap(run, first, call, frame)
    return None


def new_router(run: "Interpreter", dotted: str, call: ast.Call, frame: "Frame") -> Router:
    """A new application or router, with what its constructor is given."""
    is_app = dotted in APPS
    prefix = run.values.keyword(frame.file, call, "url_prefix") or run.values.keyword(frame.file, call, "prefix")
    router = Router(
        APPS.get(dotted) or ROUTERS[dotted],
        frame.file,
        call,
        prefix=run.values.text(*prefix) if prefix else "",
        is_app=is_app,
    )
    run.made.append(router)
    if dependencies := run.values.keyword(frame.file, call, "dependencies"):
        router.guards.append(dependencies)
    for name in ("routes", "middleware"):
        given = run.values.keyword(frame.file, call, name)
        entries = run.eval(given[1], frame) if given else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, Listed):
                _enter(run, router, entry)
    return router


def _enter(run: "Interpreter", router: Router, entry: Listed) -> None:
    call, frame, kind = entry.call, entry.frame, entry.dotted.rpartition(".")[2]
    if kind == "Middleware":
        add_middleware(run, router, call, frame)
        return
    if kind in {"Route", "APIRoute"}:
        _add_route(run, router, call, 1, frame)
        return
    if kind != "Mount":
        return
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    inner = run.eval(call.args[1] if len(call.args) > 1 else given.get("app", ast.Constant(None)), frame)
    path = run.values.text(frame.file, call.args[0] if call.args else given.get("path"), "")
    if isinstance(inner, Router):
        _attach(router, path, inner, mounted=True)
    elif "routes" in given:
        child = new_router(run, "starlette.routing.Router", call, frame)
        router.children.append((path, child))


def instantiate(
    run: "Interpreter",
    target: Made,
    call: ast.Call,
    given: tuple[list[object], dict[str, object]],
    frame: "Frame",
) -> object:
    """An object of a class of the tree: an application where it inherits from one, a wrapper where it takes one."""
    node, (arguments, named) = target.node, given
    if not isinstance(node, ast.ClassDef):
        return None
    bases = [base for base in run.project.bases(target.file, node) if isinstance(base, str)]
    known = next((base for base in bases if base in APPS or base in ROUTERS), "")
    alone = not known and not any(carries_app(value) for value in (*arguments, *named.values()))
    if alone and node in run.instances:
        return run.instances[node]
    made: object = new_router(run, known, call, frame) if known else Instance(target)
    if alone and isinstance(made, Instance):
        run.instances[node] = made
    initializer = method(run, target, "__init__")
    if initializer:
        run.call(initializer, [made, *arguments], named, frame)
    app = next((a for a in [*arguments[:1], named.get("app")] if isinstance(a, Router) and a.is_app), None)
    if app and method(run, target, "__call__"):
        return wrap(run, app, call, frame)
    if app and any(base.endswith("Middleware") for base in bases):
        return wrap(run, app, call, frame)
    return made


def method(run: "Interpreter", target: Made, name: str) -> Made | None:
    """A method of a class, its own or inherited within the tree."""
    node = target.node
    if not isinstance(node, ast.ClassDef):
        return None
    family = [(target.file, node), *(b for b in run.project.bases(target.file, node) if not isinstance(b, str))]
    for file, cls in family:
        for item in cls.body:
            if isinstance(item, Function) and item.name == name:
                return Made(file, item, run.module(file))
    return None


def _method(run: "Interpreter", bound: Bound, call: ast.Call, frame: "Frame") -> object:
    owner, name = bound.owner, bound.name
    if isinstance(owner, Router):
        return _on_router(run, owner, name, call, frame)
    cls = owner.cls if isinstance(owner, Instance) else owner
    found = method(run, cls, name) if isinstance(cls, Made) else None
    arguments = [owner, *(run.eval(argument, frame) for argument in call.args)]
    named = {keyword.arg: run.eval(keyword.value, frame) for keyword in call.keywords if keyword.arg}
    return run.call(found, arguments, named, frame) if found else None


def _on_router(run: "Interpreter", owner: Router, name: str, call: ast.Call, frame: "Frame") -> object:
    if name in _VERBS or name in {"route", "api_route", "middleware"}:
        return Decorator(Bound(owner, name), call, call)
    if name in _ROUTE_CALLS:
        _add_route(run, owner, call, _ROUTE_CALLS[name], frame)
    elif name == "add_middleware":
        add_middleware(run, owner, call, frame)
    elif name in {"include_router", "register_blueprint", "add_namespace", "mount"}:
        _include(run, owner, call, frame)
    elif name == "add_resource":
        _add_resource(run, owner, call, frame)
    elif name in _HOOKS and call.args:
        _hook(run, owner, call.args[0], frame)
    elif name in {"routes.append", "routes.insert", "routes.extend"} and call.args:
        _list(run, owner, call.args[-1], frame)
    return None


def _add_resource(run: "Interpreter", owner: Router, call: ast.Call, frame: "Frame") -> None:
    view = _place(run.eval(call.args[0], frame)) if call.args else None
    for path in call.args[1:]:
        _add_views(run, owner, view, run.values.text(frame.file, path), at=call, frame=frame)


def _list(run: "Interpreter", owner: Router, node: ast.expr, frame: "Frame") -> None:
    """`app.routes.append(Route(…))`, or `extend` with several."""
    entries = run.eval(node, frame)
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, Listed):
            _enter(run, owner, entry)


def apply(run: "Interpreter", decorator: Decorator, call: ast.Call, frame: "Frame") -> object:
    """`app.get("/x")(function)`: a decorator that is called by hand."""
    given = run.eval(call.args[0], frame) if call.args else None
    if isinstance(given, Made):
        decorate(run, Decorator(decorator.bound, decorator.call, call), (given.file, given.node), frame)
    return given


def decorate(run: "Interpreter", decorator: Decorator, place: Place, frame: "Frame") -> None:
    """The function or class at `place` gets a route, or becomes middleware, by a decorator."""
    node = place[1]
    owner, name = decorator.bound.owner, decorator.bound.name
    if not isinstance(owner, Router):
        return
    if name in _HOOKS or name == "middleware":
        everywhere, called = owner.is_app or "app_request" in name, getattr(node, "name", name)
        owner.middleware.append(
            Middleware(called, decorator.node, frame.file, place, frame.guarded, everywhere=everywhere)
        )
        return
    call = decorator.call
    if call is None or (name not in _VERBS and name not in {"route", "api_route"}):
        return
    if isinstance(node, ast.ClassDef):
        _add_views(run, owner, place, _path(run, call, frame), at=call, frame=frame)
        return
    handler = (place[0], node) if isinstance(node, Function) else None
    methods = frozenset({name.upper()}) if name in _VERBS else _methods(run, call, frame)
    owner.routes.append(Route(methods, _path(run, call, frame), call, frame.file, handler, frame.guarded))


def _add_views(
    run: "Interpreter", owner: Router, view: Place | None, path: str, *, at: ast.Call, frame: "Frame"
) -> None:
    """One route for each method of a class of views; for a class of a library the usual ones."""
    if view is None or not isinstance(view[1], ast.ClassDef):
        owner.routes.append(Route(frozenset({"GET", "POST"}), path, at, frame.file))
        return
    family = [(view[0], view[1]), *(b for b in run.project.bases(view[0], view[1]) if not isinstance(b, str))]
    told: set[str] = set()
    for file, cls in family:
        for item in cls.body:
            if isinstance(item, Function) and item.name in _VERBS - told:
                told.add(item.name)
                owner.routes.append(Route(frozenset({item.name.upper()}), path, at, frame.file, (file, item)))


def _path(run: "Interpreter", call: ast.Call, frame: "Frame") -> str:
    for name in ("path", "rule"):
        if given := run.values.keyword(frame.file, call, name):
            return run.values.text(*given)
    return run.values.text(frame.file, call.args[0] if call.args else None)


def _methods(run: "Interpreter", call: ast.Call, frame: "Frame") -> frozenset[str]:
    given = run.values.keyword(frame.file, call, "methods")
    found = {str(leaf.value).upper() for leaf in run.values.leaves(*given)} if given else set()
    return frozenset(found or {"GET"})


def _add_route(run: "Interpreter", router: Router, call: ast.Call, index: int, frame: "Frame") -> None:
    names = ("endpoint", "view_func", "route")
    given = next((k.value for k in call.keywords if k.arg in names and not isinstance(k.value, ast.Constant)), None)
    place = call.args[index] if len(call.args) > index else given
    if isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute) and place.func.attr == "as_view":
        _add_views(
            run, router, _place(run.eval(place.func.value, frame)), _path(run, call, frame), at=call, frame=frame
        )
        return
    handler = run.eval(place, frame) if place is not None else None
    if isinstance(handler, Made) and isinstance(handler.node, ast.ClassDef):
        _add_views(run, router, _place(handler), _path(run, call, frame), at=call, frame=frame)
        return
    found = (handler.file, handler.node) if isinstance(handler, Made) and isinstance(handler.node, Function) else None
    router.routes.append(
        Route(_methods(run, call, frame), _path(run, call, frame), call, frame.file, found, frame.guarded)
    )


def _include(run: "Interpreter", owner: Router, call: ast.Call, frame: "Frame") -> None:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    places = [*call.args, *(given[name] for name in ("router", "app", "blueprint") if name in given)]
    child = next((found for place in places if isinstance(found := run.eval(place, frame), Router)), None)
    if child is None:
        return
    mounted = isinstance(call.func, ast.Attribute) and call.func.attr == "mount"
    prefix = run.values.keyword(frame.file, call, "url_prefix") or run.values.keyword(frame.file, call, "prefix")
    if mounted:
        prefix = (frame.file, call.args[0]) if call.args else run.values.keyword(frame.file, call, "path")
    if prefix and child.framework == "flask":
        child.prefix = ""  # Flask: the prefix given on registration replaces the blueprint's own
    if dependencies := run.values.keyword(frame.file, call, "dependencies"):
        child.guards.append(dependencies)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "add_namespace":
        prefix = run.values.keyword(frame.file, call, "path") or (
            (frame.file, call.args[1]) if len(call.args) > 1 else None
        )
    _attach(owner, run.values.text(*prefix) if prefix else "", child, mounted=mounted)


def _attach(owner: Router, prefix: str, child: Router, *, mounted: bool) -> None:
    if child is not owner:
        child.mounted = child.mounted or mounted
        owner.children.append((prefix, child))


def add_middleware(run: "Interpreter", router: Router, call: ast.Call, frame: "Frame") -> None:
    """Middleware given as the first argument of `add_middleware(…)` or `Middleware(…)`."""
    named = next((k.value for k in call.keywords if k.arg == "middleware_class"), None)
    cls = call.args[0] if call.args else named
    if cls is None:
        return
    dispatch = next((k.value for k in call.keywords if k.arg == "dispatch"), None)
    target = _callable(run, run.eval(dispatch if dispatch is not None else cls, frame))
    router.middleware.append(Middleware(frame.file.dotted(cls), call, frame.file, target, frame.guarded))


def _hook(run: "Interpreter", router: Router, node: ast.expr, frame: "Frame") -> None:
    target = _callable(run, run.eval(node, frame))
    router.middleware.append(Middleware(frame.file.dotted(node), node, frame.file, target, frame.guarded))


def wrap(run: "Interpreter", app: Router, call: ast.Call, frame: "Frame") -> Router:
    """`Something(app)`: the wrapper stands before the application."""
    target = _place(run.eval(call.func, frame))
    app.middleware.append(Middleware(frame.file.dotted(call.func), call, frame.file, target, frame.guarded))
    return app


def _callable(run: "Interpreter", found: object) -> Place | None:
    """The function or class, also of `self.method` and `extension.method`."""
    if isinstance(found, Bound):
        cls = found.owner.cls if isinstance(found.owner, Instance) else found.owner
        found = method(run, cls, found.name) if isinstance(cls, Made) else None
    return _place(found)


def _place(found: object) -> Place | None:
    return (found.file, found.node) if isinstance(found, Made) else None
