"""Which constants can reach an expression: through names, settings classes, environment defaults and small helpers."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sluice.phases.gate.reading.guards import production_branch
from sluice.phases.gate.reading.lookup import Lookup, results
from sluice.phases.gate.reading.python import PyFile

HOLE = "\0"
"""Stands for a part of a string that only run time knows."""

_MAX_DEPTH = 14
_MAX_STEPS = 5000
_ALIKE = {
    "tuple": "list",
    "set": "list",
    "boolop": "ifexp",
    "setcomp": "listcomp",
    "generatorexp": "listcomp",
    "namedexpr": "starred",
    "await": "starred",
}
_ENVIRONMENT = (
    "getenv",
    "environ.get",
    "environ.setdefault",
    "config",
    "env",
    "env.str",
    "env.list",
    "env.get",
    "environ.list",
)
_TRANSPARENT = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "str", "cast", "AnyHttpUrl", "AnyUrl", "HttpUrl", "SecretStr"}
)
_SAME = frozenset({"strip", "lstrip", "rstrip", "lower", "copy", "replace", "get_secret_value", "decode", "encode"})


class _Handler(Protocol):
    def __call__(self, file: PyFile, node: ast.AST, depth: int, /) -> Iterator["Leaf"]: ...


@dataclass(frozen=True)
class Leaf:
    """A constant (str, bool, int, None …) and where it is written; `known` is False where only run time can say."""

    value: object
    file: PyFile
    node: ast.AST
    known: bool = True


class Values(Lookup):
    """Looks up constants in one project."""

    _steps = 0
    origins: frozenset[ast.AST] | None = None
    """What cross-origin middleware takes its origins from, once somebody asked."""

    def leaves(self, file: PyFile, node: ast.AST | None) -> list[Leaf]:
        """Every scalar that `node` may evaluate to, or hold as an element."""
        self._steps = 0
        return [] if node is None else list(self._leaves(file, node, 0))

    def text(self, file: PyFile, node: ast.AST | None, default: str = HOLE) -> str:
        """The string of `node`, HOLE for each unknown part; `default` when there is no node."""
        if node is None:
            return default
        found = next(iter(self.leaves(file, node)), None)
        return found.value if found and isinstance(found.value, str) else HOLE

    def _leaves(self, file: PyFile, node: ast.AST, depth: int) -> Iterator[Leaf]:
        name = type(node).__name__.lower()
        handler: _Handler | None = getattr(self, f"_of_{_ALIKE.get(name, name)}", None)
        self._steps += 1
        if handler is None or depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            yield Leaf(None, file, node, known=False)
        else:
            yield from handler(file, node, depth + 1)

    def _of_constant(self, file: PyFile, node: ast.Constant, _: int) -> Iterator[Leaf]:
        yield Leaf(node.value, file, node)

    def _of_list(self, file: PyFile, node: ast.List | ast.Tuple | ast.Set, depth: int) -> Iterator[Leaf]:
        for element in node.elts:
            yield from self._leaves(file, element, depth)

    def _of_dict(self, file: PyFile, node: ast.Dict, depth: int) -> Iterator[Leaf]:
        for value in node.values:
            yield from self._leaves(file, value, depth)

    def _of_joinedstr(self, file: PyFile, node: ast.JoinedStr, depth: int) -> Iterator[Leaf]:
        text = "".join(self._part(file, part, depth) for part in node.values)
        yield Leaf(text, file, node, known=HOLE not in text)

    def _part(self, file: PyFile, node: ast.AST, depth: int) -> str:
        inner = node.value if isinstance(node, ast.FormattedValue) else node
        found = next(self._leaves(file, inner, depth), None)
        return str(found.value) if found and found.known and isinstance(found.value, str | int) else HOLE

    def _of_binop(self, file: PyFile, node: ast.BinOp, depth: int) -> Iterator[Leaf]:
        left, right = (list(self._leaves(file, side, depth)) for side in (node.left, node.right))
        if isinstance(node.op, ast.Add) and len(left) == len(right) == 1 and not _listed(node.left, node.right):
            text = "".join(str(leaf.value) if leaf.known else HOLE for leaf in (*left, *right))
            yield Leaf(text, file, node, known=HOLE not in text)
        else:
            yield from (*left, *right)

    def _of_ifexp(self, file: PyFile, node: ast.IfExp | ast.BoolOp, depth: int) -> Iterator[Leaf]:
        choices = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        if isinstance(node, ast.IfExp) and (taken := production_branch(node.test)) != "both":
            choices = [getattr(node, taken)]
        for choice in choices:
            yield from self._leaves(file, choice, depth)

    def _of_listcomp(
        self, file: PyFile, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, depth: int
    ) -> Iterator[Leaf]:
        yield from self._leaves(file, node.generators[0].iter, depth)

    def _of_starred(self, file: PyFile, node: ast.NamedExpr | ast.Await | ast.Starred, depth: int) -> Iterator[Leaf]:
        yield from self._leaves(file, node.value, depth)

    def _of_lambda(self, file: PyFile, node: ast.Lambda, depth: int) -> Iterator[Leaf]:
        yield from self._leaves(file, node.body, depth)

    def _of_name(self, file: PyFile, node: ast.Name, depth: int) -> Iterator[Leaf]:
        bound = list(self.bindings(file, node))
        for where, value in bound:
            yield from self._leaves(where, value, depth)
        if not bound:
            yield Leaf(None, file, node, known=False)

    def _of_subscript(self, file: PyFile, node: ast.Subscript, depth: int) -> Iterator[Leaf]:
        found = self.entry(file, node.value, self._part(file, node.slice, depth))
        if found is None:
            yield Leaf(None, file, node, known=False)
        else:
            yield from self._leaves(found[0], found[1], depth)

    def _of_attribute(self, file: PyFile, node: ast.Attribute, depth: int) -> Iterator[Leaf]:
        found = self.attribute(file, node)
        for where, value in found:
            yield from self._leaves(where, value, depth)
        if not found:
            yield Leaf(None, file, node, known=False)

    def _of_call(self, file: PyFile, node: ast.Call, depth: int) -> Iterator[Leaf]:
        dotted = file.dotted(node.func)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        first = node.args[0] if node.args else None
        default = next((k.value for k in node.keywords if k.arg in {"default", "default_factory"}), None)
        if dotted.endswith(_ENVIRONMENT) or (dotted.rpartition(".")[2] in {"getenv", "get"} and len(node.args) > 1):
            default = default or (node.args[1] if len(node.args) > 1 else None)
            yield from self._optional(file, default, node, depth)
        elif dotted.rpartition(".")[2] in {"Field", "field"} or dotted == "re.compile":
            yield from self._optional(file, default or first, node, depth)
        elif method == "split" and isinstance(node.func, ast.Attribute):
            separator = self._part(file, first, depth) if first else " "
            for leaf in self._leaves(file, node.func.value, depth):
                yield from _split(leaf, separator)
        elif method in _SAME and isinstance(node.func, ast.Attribute):
            yield from self._leaves(file, node.func.value, depth)
        elif dotted.rpartition(".")[2] in {*_TRANSPARENT, "loads"}:
            for leaf in self._optional(file, node.args[-1] if node.args else None, node, depth):
                yield from _loaded(leaf) if dotted.endswith("loads") else [leaf]
        else:
            yield from self._returned(file, node, depth)

    def _optional(self, file: PyFile, value: ast.AST | None, node: ast.AST, depth: int) -> Iterator[Leaf]:
        if value is None:
            yield Leaf(None, file, node, known=False)
        else:
            yield from self._leaves(file, value, depth)

    def _returned(self, file: PyFile, node: ast.Call, depth: int) -> Iterator[Leaf]:
        located = self.project.definition(file, node.func)
        found = [(located[0], value) for value in results(located[1])] if located else []
        if isinstance(node.func, ast.Attribute) and not found:
            found = self.attribute(file, node.func)
        for where, value in found:
            yield from self._leaves(where, value, depth)
        if not found:
            yield Leaf(None, file, node, known=False)


def _listed(*nodes: ast.AST) -> bool:
    return any(isinstance(node, ast.List | ast.Tuple | ast.Set | ast.ListComp) for node in nodes)


def _split(leaf: Leaf, separator: str) -> Iterator[Leaf]:
    if isinstance(leaf.value, str) and leaf.known and separator != HOLE:
        yield from (Leaf(part, leaf.file, leaf.node) for part in leaf.value.split(separator or None))
    else:
        yield leaf


def _loaded(leaf: Leaf) -> Iterator[Leaf]:
    try:
        value = json.loads(leaf.value) if isinstance(leaf.value, str) else None
    except ValueError:
        value = None
    for item in value if isinstance(value, list) else [value]:
        yield Leaf(item, leaf.file, leaf.node, known=item is not None)
