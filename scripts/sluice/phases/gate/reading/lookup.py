"""Where a name, an attribute or a dictionary entry gets its value: the syntax that is bound to it."""

import ast
from collections.abc import Iterator

from sluice.phases.gate.reading.guards import for_development
from sluice.phases.gate.reading.python import Function, Project, PyFile, added_to

_MAX_DEPTH = 14
Bound = tuple[PyFile, ast.AST]


class Lookup:
    """Finds bound expressions in one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._classes: dict[ast.AST, tuple[PyFile, ast.ClassDef] | None] = {}
        self._depth = 0
        self._scopes: dict[ast.AST, dict[str, list[ast.AST]]] = {}
        self._selves: dict[ast.AST, dict[str, list[ast.AST]]] = {}

    def _assigned(self, scope: ast.AST, name: str) -> list[ast.AST]:
        """Values of a name in a function (parameter defaults too) or in a class body."""
        if scope not in self._scopes:
            self._scopes[scope] = _assignments(scope)
        given = _defaults(scope, name) if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) else ()
        return [*given, *self._scopes[scope].get(name, [])]

    def _on_self(self, cls: ast.ClassDef) -> dict[str, list[ast.AST]]:
        """What methods of a class assign to `self`, by attribute."""
        if cls not in self._selves:
            self._selves[cls] = _set_on_self(cls)
        return self._selves[cls]

    def bindings(self, file: PyFile, node: ast.Name) -> Iterator[tuple[PyFile, ast.AST]]:
        """Values bound to a name in the innermost scope that binds it."""
        scope = file.scope(node)
        while isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = [
                (file, value) for value in self._assigned(scope, node.id) if value is not node and _taken(file, value)
            ]
            if not isinstance(scope, ast.ClassDef) and _is_parameter(scope, node.id):
                found += self.project.passed(scope, node.id)
            if found:
                yield from found
                return
            scope = file.scope(scope)
        located = self.project.definition(file, node)
        if located and not isinstance(located[1], ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            where, last = located
            values = next((given for given in where.globals.values() if any(value is last for value in given)), [last])
            yield from ((where, value) for value in values if value is not node and _taken(where, value))

    def entry(self, file: PyFile, node: ast.AST, key: str) -> tuple[PyFile, ast.AST] | None:
        """The value under `key` of a dictionary literal, or of a `dict(…)` call, that `node` stands for."""
        for where, value in [(file, node), *(self.bindings(file, node) if isinstance(node, ast.Name) else [])]:
            if isinstance(value, ast.Dict):
                for name, item in zip(value.keys, value.values, strict=True):
                    if isinstance(name, ast.Constant) and name.value == key:
                        return where, item
            elif isinstance(value, ast.Call) and where.dotted(value.func) == "dict":
                for keyword in value.keywords:
                    if keyword.arg == key:
                        return where, keyword.value
        return None

    def keyword(self, file: PyFile, call: ast.Call, name: str) -> tuple[PyFile, ast.AST] | None:
        """The value of a keyword argument, also from `**options`."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return file, keyword.value
            if keyword.arg is None and (found := self.entry(file, keyword.value, name)):
                return found
        return None

    def attribute(self, file: PyFile, node: ast.Attribute) -> list[tuple[PyFile, ast.AST]]:
        """What `object.name` may be: a value of its class or module."""
        located = self.project.definition(file, node)
        if located and not isinstance(located[1], ast.ClassDef):
            return [(located[0], value) for value in results(located[1])]
        owner = self.class_of(file, node.value)
        return list(self._member(*owner, node.attr)) if owner else []

    def _member(self, file: PyFile, node: ast.ClassDef, name: str) -> Iterator[tuple[PyFile, ast.AST]]:
        family = [(file, node), *(base for base in self.project.bases(file, node) if not isinstance(base, str))]
        for where, cls in family:
            found = list(self._assigned(cls, name))
            found += [r for f in cls.body if isinstance(f, Function) and f.name == name for r in results(f)]
            found += self._on_self(cls).get(name, [])
            if found:
                yield from ((where, value) for value in found)
                return

    def class_of(self, file: PyFile, node: ast.AST) -> tuple[PyFile, ast.ClassDef] | None:
        """The class of this tree that an expression is an instance of (or is), found through calls and names."""
        if node in self._classes:
            return self._classes[node]
        if self._depth > _MAX_DEPTH:
            return None
        self._classes[node] = None  # whoever comes back here while it is looked for has gone in a circle
        self._depth += 1
        try:
            found = self._class_of(file, node)
        finally:
            self._depth -= 1
        self._classes[node] = found
        return found

    def _class_of(self, file: PyFile, node: ast.AST) -> tuple[PyFile, ast.ClassDef] | None:
        if isinstance(node, ast.Name) and node.id in {"self", "cls"}:
            owner = next((a for a in file.ancestors(node) if isinstance(a, ast.ClassDef)), None)
            return (file, owner) if owner else None
        for where, value in self._origins(file, node):
            if isinstance(value, ast.ClassDef):
                return where, value
            if value is not node and (cls := self.class_of(where, value)):
                return cls
        return None

    def _origins(self, file: PyFile, node: ast.AST) -> list[Bound]:
        """What an expression's value comes from: a class, a call's results, or what a name is bound to."""
        target = self.project.definition(file, node.func if isinstance(node, ast.Call) else node)
        if isinstance(node, ast.Call):
            return [(target[0], r) for r in results(target[1], target[1])] if target else []
        if isinstance(node, ast.Name):
            annotated = _annotation(file, node)
            return list(self.bindings(file, node)) or ([target] if target else [(file, annotated)] if annotated else [])
        if isinstance(node, ast.Attribute):
            return [target] if target else self.attribute(file, node)
        return []


def _taken(file: PyFile, value: ast.AST) -> bool:
    return not for_development(file.ancestors(value), value)


def _is_parameter(function: Function, name: str) -> bool:
    arguments = function.args
    return any(a.arg == name for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def _annotation(file: PyFile, node: ast.Name) -> ast.expr | None:
    """The annotation of the parameter that a name is."""
    for scope in file.ancestors(node):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            for parameter in [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]:
                if parameter.arg == node.id:
                    return parameter.annotation
    return None


def _assignments(scope: ast.AST) -> dict[str, list[ast.AST]]:
    """Values assigned to each name anywhere in a function, or in a class body."""
    found: dict[str, list[ast.AST]] = {}
    for node in scope.body if isinstance(scope, ast.ClassDef) else ast.walk(scope):
        if isinstance(node, ast.Assign):
            for name in {target.id: None for target in node.targets if isinstance(target, ast.Name)}:
                found.setdefault(name, []).append(node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.Expr) and (added := added_to(node.value)):
            found.setdefault(added[0], []).append(added[1])
    return found


def _defaults(function: Function, name: str) -> Iterator[ast.AST]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    padded = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    for parameter, default in [
        *zip(positional, padded, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]:
        if parameter.arg == name and default is not None:
            yield default


def _set_on_self(cls: ast.ClassDef) -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for node in ast.walk(cls):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
            if own and isinstance(target, ast.Attribute) and isinstance(node, ast.Assign):
                found.setdefault(target.attr, []).append(node.value)
    return found


def results(node: ast.AST, default: ast.AST | None = None) -> list[ast.AST]:
    """What calling a function gives (its returned expressions); for another node that node (`default` for a class)."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value]
    if isinstance(node, ast.ClassDef):
        return [default] if default else []
    return [node]
