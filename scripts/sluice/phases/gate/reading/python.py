"""Python sources of one service: parsed once, names resolved through imports and re-exports."""

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

from sluice.phases.gate.scan import SourceFile

_MAX_HOPS = 8
_LIBRARIES = sys.stdlib_module_names | {"fastapi", "flask", "starlette", "quart", "pydantic", "redis", "flask_cors"}
Function = ast.FunctionDef | ast.AsyncFunctionDef
N = TypeVar("N", bound=ast.AST)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Module)


@dataclass(frozen=True, eq=False)
class PyFile:
    """One parsed module; `module` is its dotted name below the service's directory (or below `src`)."""

    source: SourceFile
    tree: ast.Module
    module: str
    is_package: bool = False

    @property
    def rel(self) -> str:
        """POSIX path below the scanned root."""
        return self.source.rel

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node in the order of `ast.walk`, but for the contexts (load, store) of names."""
        found: list[ast.AST] = [self.tree]
        for node in found:
            found += children(node)
        return tuple(found)

    @cached_property
    def kinds(self) -> dict[type[ast.AST], list[ast.AST]]:
        """Every node by its type, so that many checks need only one walk."""
        found: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self.nodes:
            found.setdefault(type(node), []).append(node)
        return found

    def every(self, kind: type[N]) -> Sequence[N]:
        """Nodes of this very type."""
        return self.kinds.get(kind, ())  # type: ignore[return-value] # the index keeps each type apart

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        yield from self.every(ast.FunctionDef)
        yield from self.every(ast.AsyncFunctionDef)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        return {child: node for node in self.nodes for child in children(node)}

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name → dotted name, for every import statement of the file, wherever it stands."""
        found: dict[str, str] = {}
        for node in self.every(ast.Import):
            for alias in node.names:
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or name] = name
        for origin in self.every(ast.ImportFrom):
            base = self.absolute(origin)
            found.update({alias.asname or alias.name: f"{base}.{alias.name}" for alias in origin.names})
        return found

    @cached_property
    def top(self) -> dict[str, ast.AST]:
        """Module-level classes, functions and assigned values, by name; conditional ones included, the last wins."""
        found: dict[str, ast.AST] = {}
        for node in _module_level(self.tree.body):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    @cached_property
    def globals(self) -> dict[str, list[ast.AST]]:
        """Every value that module level binds to a name or adds to it (`+=`, `append`), by name."""
        found: dict[str, list[ast.AST]] = {}
        for node in _module_level(self.tree.body):
            for name, value in _bound(node):
                found.setdefault(name, []).append(value)
        return found

    def absolute(self, node: ast.ImportFrom) -> str:
        """The dotted module that a `from … import` names."""
        if not node.level:
            return node.module or ""
        parts = self.module.split(".") if self.module else []
        base = parts[: len(parts) - (node.level - self.is_package)]
        return ".".join([*base, *([node.module] if node.module else [])])

    def dotted(self, node: ast.AST) -> str:
        """`a.b.c` of a name or attribute chain with the first part resolved through imports; '' for anything else."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imports.get(node.id, node.id), *reversed(parts)])

    def scope(self, node: ast.AST) -> ast.AST:
        """The function, class or module that directly holds a node."""
        current = self.parents.get(node, self.tree)
        while not isinstance(current, _SCOPES):
            current = self.parents.get(current, self.tree)
        return current

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Parent, grandparent … up to the module."""
        while node in self.parents:
            node = self.parents[node]
            yield node


def children(node: ast.AST) -> list[ast.AST]:
    """Child nodes, contexts left out; several times faster than `ast.iter_child_nodes`, which matters on big trees."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and name != "ctx":
            found.append(value)
    return found


def _bound(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name) and node.value:
        yield node.target.id, node.value
    elif isinstance(node, ast.Expr) and (added := added_to(node.value)):
        yield added


def added_to(node: ast.AST) -> tuple[str, ast.AST] | None:
    """Name and value of `name.append(value)`, `name.extend(value)` and the like."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    owner = node.func.value
    grows = node.func.attr in {"append", "extend", "insert", "add", "update"}
    return (owner.id, node.args[-1]) if grows and isinstance(owner, ast.Name) else None


def _module_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _module_level(getattr(node, part, []))


@dataclass(frozen=True)
class Broken:
    """A Python file that cannot be parsed."""

    source: SourceFile
    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class Project:
    """The Python sources of one service."""

    service: str
    files: tuple[PyFile, ...]
    broken: tuple[Broken, ...] = ()
    _modules: dict[str, PyFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        packages = {file.module for file in self.files if file.is_package}
        for file in self.files:
            for name in _spellings(file.module, packages):
                self._modules.setdefault(name, file)

    @cached_property
    def calls(self) -> dict[str, list[tuple[PyFile, ast.Call]]]:
        """Every call, by the last part of the name that is called."""
        found: dict[str, list[tuple[PyFile, ast.Call]]] = {}
        for file in self.files:
            for node in file.every(ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else file.dotted(node.func)
                found.setdefault(name.rpartition(".")[2], []).append((file, node))
        return found

    def passed(self, function: Function, name: str) -> list[tuple[PyFile, ast.expr]]:
        """What callers pass for a parameter."""
        parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        bound = bool(parameters) and parameters[0] in {"self", "cls"}
        index = parameters.index(name) - bound if name in parameters else None
        found: list[tuple[PyFile, ast.expr]] = []
        for file, call in self.calls.get(function.name, []):
            named = [keyword.value for keyword in call.keywords if keyword.arg == name]
            placed = call.args[index : index + 1] if index is not None and index >= 0 else []
            found += [(file, value) for value in (named or placed)]
        return found

    def module(self, dotted: str) -> PyFile | None:
        """The file of a dotted module name."""
        return self._modules.get(dotted)

    def locate(self, dotted: str, hops: int = 0) -> tuple[PyFile, ast.AST] | None:
        """The class, function or value that a dotted name stands for, through re-exports; None: not of this tree."""
        module, _, name = dotted.rpartition(".")
        file = self.module(module)
        if file is None or hops > _MAX_HOPS:
            return None
        if name in file.top:
            return file, file.top[name]
        target = file.imports.get(name, "")
        return self.locate(target, hops + 1) if target and target != dotted else None

    def definition(self, file: PyFile, node: ast.AST) -> tuple[PyFile, ast.AST] | None:
        """What a name or attribute chain in `file` stands for, when it is defined in this tree at module level."""
        if isinstance(node, ast.Name) and node.id in file.top and node.id not in file.imports:
            return file, file.top[node.id]
        dotted = file.dotted(node)
        return self.locate(dotted) if dotted else None

    def bases(self, file: PyFile, node: ast.ClassDef) -> Iterator[tuple[PyFile, ast.ClassDef] | str]:
        """All base classes, nearest first: those of this tree as (file, class), the others as dotted names."""
        seen = {id(node)}
        queue: list[tuple[PyFile, ast.expr]] = [(file, base) for base in node.bases]
        while queue:
            where, base = queue.pop(0)
            base = base.value if isinstance(base, ast.Subscript) else base
            found = self.definition(where, base)
            if found is None or not isinstance(found[1], ast.ClassDef):
                yield where.dotted(base)
            elif id(found[1]) not in seen:
                seen.add(id(found[1]))
                yield found[0], found[1]
                queue += [(found[0], parent) for parent in found[1].bases]


def _spellings(module: str, packages: AbstractSet[str]) -> Iterator[str]:
    """A module's dotted name, also without leading folders that are no packages: trees put `src` on the path."""
    parts = module.split(".")
    for start in range(len(parts)):
        if start and ".".join(parts[:start]) in packages:
            return
        if not start or parts[start] not in _LIBRARIES:
            yield ".".join(parts[start:])


def read_project(service: str, files: Iterable[SourceFile], base: str) -> Project:
    """Parse the Python files of one service; `base` is the service's directory relative to the root ('.' for it)."""
    parsed: list[PyFile] = []
    broken: list[Broken] = []
    for source in files:
        result = _parse(source, base)
        if isinstance(result, PyFile):
            parsed.append(result)
        else:
            broken.append(result)
    return Project(service, tuple(sorted(parsed, key=lambda file: file.module.count("."))), tuple(broken))


def _parse(source: SourceFile, base: str) -> PyFile | Broken:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
    except SyntaxError as error:
        return Broken(source, error.lineno or 1, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return Broken(source, 1, str(error) or type(error).__name__)
    path = PurePosixPath(source.rel)
    parts = list(path.relative_to(base).with_suffix("").parts)
    package = parts[-1] == "__init__"
    return PyFile(source, tree, ".".join(parts[:-1] if package else parts), package)
