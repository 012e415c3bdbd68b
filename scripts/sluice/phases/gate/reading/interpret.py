"""Follows how a service's code assembles its applications, without running it.

Module bodies are walked statement by statement; names are bound to applications, routers, functions and instances;
calls into the tree are followed (factories, `setup(app)` helpers, builder classes).  All branches are taken.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from sluice.phases.gate.reading import assembly
from sluice.phases.gate.reading.apps import APPS, ROUTERS, Router
from sluice.phases.gate.reading.guards import production_branch
from sluice.phases.gate.reading.objects import Bound, Decorator, External, Instance, Made, Module, carries_app
from sluice.phases.gate.reading.python import Function, Project, PyFile
from sluice.phases.gate.reading.values import Values

_MAX_CALLS = 20_000
_MAX_DEPTH = 20


@dataclass
class Frame:
    """Names bound in one function call or module."""

    file: PyFile
    names: dict[str, object] = field(default_factory=dict)
    outer: "Frame | None" = None
    depth: int = 0
    guarded: bool = False
    returned: list[object] = field(default_factory=list)

    def find(self, name: str) -> object:
        """The object bound to a name, None when unknown."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return None


class Interpreter:
    """Runs one project's production modules symbolically."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.values = Values(project)
        self.made: list[Router] = []
        self._modules: dict[PyFile, Frame] = {}
        self._results: dict[ast.AST, object] = {}
        self._called: set[ast.AST] = set()
        self.instances: dict[ast.AST, Instance] = {}
        self._calls = 0

    def apps(self) -> list[Router]:
        """Every application, with those of factories that nothing in the tree calls."""
        frameworks = {name.partition(".")[0] for name in (*APPS, *ROUTERS)}
        using = [f for f in self.project.files if any(d.split(".")[0] in frameworks for d in f.imports.values())]
        for file in self.project.files if using else ():
            self.module(file)
        for file in using:
            for node in file.tree.body:
                if isinstance(node, Function) and node not in self._called and _makes_app(file, node):
                    self.call(Made(file, node, self.module(file)), [], {}, self.module(file))
        return [router for router in self.made if router.is_app]

    def module(self, file: PyFile) -> Frame:
        """The names of a module after its body ran."""
        if file not in self._modules:
            frame = self._modules[file] = Frame(file)
            self.run(file.tree.body, frame)
        return self._modules[file]

    def run(self, body: Iterable[ast.stmt], frame: Frame) -> None:
        """Execute statements in order."""
        for node in body:
            handler = getattr(self, f"_run_{type(node).__name__.lower()}", None)
            if handler:
                handler(node, frame)

    def _run_expr(self, node: ast.Expr, frame: Frame) -> None:
        self.eval(node.value, frame)

    def _run_return(self, node: ast.Return, frame: Frame) -> None:
        if node.value:
            frame.returned.append(self.eval(node.value, frame))

    def _run_assign(self, node: ast.Assign, frame: Frame) -> None:
        value = self.eval(node.value, frame)
        for target in node.targets:
            self._bind(target, value, node.value, frame)

    def _run_annassign(self, node: ast.AnnAssign, frame: Frame) -> None:
        if node.value:
            self._bind(node.target, self.eval(node.value, frame), node.value, frame)

    def _bind(self, target: ast.expr, value: object, source: ast.expr, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            frame.names[target.id] = value
        elif isinstance(target, ast.Attribute):
            owner = self.eval(target.value, frame)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
            elif isinstance(owner, Router) and target.attr in {"wsgi_app", "asgi_app"} and isinstance(source, ast.Call):
                assembly.wrap(self, owner, source, frame)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, list) and len(value) == len(target.elts):
            for part, item in zip(target.elts, value, strict=True):
                self._bind(part, item, source, frame)

    def _run_functiondef(self, node: Function, frame: Frame) -> None:
        frame.names[node.name] = Made(frame.file, node, frame)
        for decorator in node.decorator_list:
            found = self.eval(decorator, frame)
            if isinstance(found, Bound):
                found = Decorator(found, None, decorator)
            if isinstance(found, Decorator):
                assembly.decorate(self, found, (frame.file, node), frame)

    _run_asyncfunctiondef = _run_functiondef

    def _run_classdef(self, node: ast.ClassDef, frame: Frame) -> None:
        frame.names[node.name] = Made(frame.file, node, frame)
        for decorator in node.decorator_list:
            found = self.eval(decorator, frame)
            if isinstance(found, Decorator):
                assembly.decorate(self, found, (frame.file, node), frame)

    def _run_if(self, node: ast.If, frame: Frame) -> None:
        before, taken = frame.guarded, production_branch(node.test)
        frame.guarded = before or taken == "orelse"
        self.run(node.body, frame)
        frame.guarded = before or (taken == "body" and bool(node.orelse))
        self.run(node.orelse, frame)
        frame.guarded = before

    def _run_for(self, node: ast.For, frame: Frame) -> None:
        items = self.eval(node.iter, frame)
        for item in items if isinstance(items, list) else [None]:
            self._bind(node.target, item, node.iter, frame)
            self.run(node.body, frame)

    def _run_with(self, node: ast.With, frame: Frame) -> None:
        self.run(node.body, frame)

    _run_while = _run_asyncwith = _run_with

    def _run_try(self, node: ast.Try, frame: Frame) -> None:
        for part in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            self.run(part, frame)

    def _run_import(self, node: ast.Import, frame: Frame) -> None:
        for alias in node.names:
            dotted = alias.name if alias.asname else alias.name.partition(".")[0]
            frame.names[alias.asname or dotted] = Module(dotted)

    def _run_importfrom(self, node: ast.ImportFrom, frame: Frame) -> None:
        base = frame.file.absolute(node)
        for alias in node.names:
            frame.names[alias.asname or alias.name] = Module(f"{base}.{alias.name}" if base else alias.name)

    def eval(self, node: ast.AST, frame: Frame) -> object:
        """The object of an expression, None when it is nothing of interest."""
        handler = getattr(self, f"_eval_{type(node).__name__.lower()}", None)
        return handler(node, frame) if handler else None

    def _eval_name(self, node: ast.Name, frame: Frame) -> object:
        return self._resolved(frame.find(node.id))

    def _resolved(self, value: object, hops: int = 0) -> object:
        """What an imported name stands for: a module, an object of a module of this tree, or an external name."""
        if not isinstance(value, Module) or hops > _MAX_DEPTH:
            return value
        if self.project.module(value.dotted):
            return value
        owner, _, name = value.dotted.rpartition(".")
        file = self.project.module(owner)
        if file is None:
            return External(value.dotted)
        return self._resolved(self.module(file).names.get(name), hops + 1)

    def _eval_attribute(self, node: ast.Attribute, frame: Frame) -> object:
        owner = self.eval(node.value, frame)
        if isinstance(owner, Module):
            return self._resolved(Module(f"{owner.dotted}.{node.attr}"))
        if isinstance(owner, External):
            return External(f"{owner.dotted}.{node.attr}")
        if isinstance(owner, Instance):
            return owner.attributes.get(node.attr) or Bound(owner, node.attr)
        if isinstance(owner, Router) and node.attr == "router":
            return owner
        if isinstance(owner, Bound) and isinstance(owner.owner, Router) and owner.name == "routes":
            return Bound(owner.owner, f"routes.{node.attr}")
        return Bound(owner, node.attr) if isinstance(owner, Router | External | Made) else None

    def _eval_list(self, node: ast.List | ast.Tuple, frame: Frame) -> list[object]:
        found: list[object] = []
        for element in node.elts:
            value = self.eval(element.value if isinstance(element, ast.Starred) else element, frame)
            found += value if isinstance(element, ast.Starred) and isinstance(value, list) else [value]
        return found

    _eval_tuple = _eval_list

    def _eval_binop(self, node: ast.BinOp, frame: Frame) -> object:
        left, right = self.eval(node.left, frame), self.eval(node.right, frame)
        return [*left, *right] if isinstance(left, list) and isinstance(right, list) else left or right

    def _eval_await(self, node: ast.Await | ast.NamedExpr | ast.Starred, frame: Frame) -> object:
        value = self.eval(node.value, frame)
        if isinstance(node, ast.NamedExpr):
            self._bind(node.target, value, node.value, frame)
        return value

    _eval_namedexpr = _eval_starred = _eval_await

    def _eval_ifexp(self, node: ast.IfExp, frame: Frame) -> object:
        return self.eval(node.body, frame) or self.eval(node.orelse, frame)

    def _eval_boolop(self, node: ast.BoolOp, frame: Frame) -> object:
        return next(filter(None, [self.eval(value, frame) for value in node.values]), None)

    def _eval_call(self, node: ast.Call, frame: Frame) -> object:
        target = self.eval(node.func, frame)
        if isinstance(target, External | Bound):
            return assembly.build(self, target, node, frame)
        if isinstance(target, Decorator):
            return assembly.apply(self, target, node, frame)
        if not isinstance(target, Made):
            return None
        positional = self._eval_list(ast.List(node.args), frame)
        named = {keyword.arg: self.eval(keyword.value, frame) for keyword in node.keywords if keyword.arg}
        if isinstance(target.node, ast.ClassDef):
            return assembly.instantiate(self, target, node, (positional, named), frame)
        return self.call(target, positional, named, frame)

    def call(self, target: Made, positional: list[object], named: dict[str, object], frame: Frame) -> object:
        """Run a function of the tree; one that is given no application or router runs once."""
        function = target.node
        self._called.add(function)
        plain = not any(carries_app(value) for value in (*positional, *named.values()))
        self._calls += not plain
        if self._calls > _MAX_CALLS:
            raise RuntimeError(f"more than {_MAX_CALLS} calls to follow in service {self.project.service!r}")
        if not isinstance(function, Function) or frame.depth > _MAX_DEPTH:
            return None
        if plain and function in self._results:
            return self._results[function]
        self._results.setdefault(function, None)
        parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        inner = Frame(target.file, outer=target.frame, depth=frame.depth + 1, guarded=frame.guarded)
        inner.names.update(zip(parameters, positional, strict=False))
        inner.names.update(named)
        self.run(function.body, inner)
        result = next((value for value in inner.returned if value is not None), None)
        if plain:
            self._results[function] = result
        return result


def _makes_app(file: PyFile, function: Function) -> bool:
    made = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(file.dotted(node.func) in APPS or file.dotted(node.func) in ROUTERS for node in made)
