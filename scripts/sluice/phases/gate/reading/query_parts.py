"""What goes into a text that is put together, and whether a caller has any say in it."""

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.values import Values

_SAFE_CALLS = frozenset(
    {"int", "float", "len", "bool", "quote_ident", "quote_identifier", "quoted_name", "escape_identifier", "Identifier"}
    | {"UUID", "uuid4", "hash", "round", "abs", "id"}
)
_SAME = frozenset({"strip", "lstrip", "rstrip", "replace", "lower", "upper"})
_OWN_NAMES = frozenset({"__tablename__", "__name__", "schema", "db_table", "fullname"})
_NUMBER = re.compile(r"(?:int|float|bool|UUID|uuid\.UUID|date|datetime|Literal\[.*\])(?: \| None)?")
_MAX_DEPTH = 8


def parts(node: ast.expr) -> list[ast.expr]:
    """What goes into a string that is formatted or joined; empty for any other expression."""
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if isinstance(node, ast.BinOp):
        return _operands(node)
    if isinstance(node, ast.IfExp):
        return [*parts(node.body), *parts(node.orelse)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format" and is_text(node.func.value):
            return [*node.args, *(keyword.value for keyword in node.keywords)]
        return parts(node.func.value) if node.func.attr in _SAME else []
    return []


def _operands(node: ast.BinOp) -> list[ast.expr]:
    if isinstance(node.op, ast.Mod) and is_text(node.left):
        right = node.right
        inner = right.elts if isinstance(right, ast.Tuple) else right.values if isinstance(right, ast.Dict) else [right]
        return list(inner)
    if isinstance(node.op, ast.Add):
        sides = [node.left, node.right]
        return [part for side in sides for part in (parts(side) or ([] if is_text(side) else [side]))]
    return []


def is_text(node: ast.expr) -> bool:
    """A string literal, an f-string, or such ones added."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_text(node.left)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@dataclass(frozen=True)
class Judge:
    """Tells constants, numbers, placeholders and names of the code from what may come from outside."""

    file: PyFile
    values: Values

    def harmless(self, node: ast.AST, depth: int = 0) -> bool:
        """Whether a part cannot be chosen by a caller, or was looked at before."""
        handler: Callable[[ast.AST, int], bool] | None = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        return handler is not None and depth <= _MAX_DEPTH and handler(node, depth + 1)

    def _all(self, nodes: Iterable[ast.AST], depth: int) -> bool:
        return all(self.harmless(node, depth) for node in nodes)

    def _of_constant(self, _: ast.Constant, __: int) -> bool:
        return True

    def _of_name(self, node: ast.Name, depth: int) -> bool:
        bound = [value for _, value in self.values.bindings(self.file, node)]
        if bound and self._all(bound, depth):
            return True
        return self._loops(node, depth) or self._is_checked(node) or self._is_number(node)

    def _of_call(self, node: ast.Call, depth: int) -> bool:
        name = ast.unparse(node.func).rpartition(".")[2]
        if name == "join" and node.args:
            return self.harmless(node.args[0], depth)
        return name in _SAFE_CALLS or (name == "format" and bool(parts(node)) and self._all(parts(node), depth))

    def _of_listcomp(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, depth: int) -> bool:
        own = {part.id for g in node.generators for part in ast.walk(g.target) if isinstance(part, ast.Name)}
        names = [part for part in ast.walk(node.elt) if isinstance(part, ast.Name)]
        if any(name.id in own for name in names):
            return self._all((generator.iter for generator in node.generators), depth)
        return self.harmless(node.elt, depth)

    _of_generatorexp = _of_setcomp = _of_listcomp

    def _of_binop(self, node: ast.BinOp, depth: int) -> bool:
        sides = (node.left, node.right)
        if isinstance(node.op, ast.Add | ast.Mod):
            return self._all(sides, depth)
        return any(self.harmless(side, depth) for side in sides)  # `["?"] * count`, `page * size`: numbers both

    def _of_joinedstr(self, node: ast.JoinedStr, depth: int) -> bool:
        return self._all(parts(node), depth)

    def _of_ifexp(self, node: ast.IfExp, depth: int) -> bool:
        return self._all((node.body, node.orelse), depth)

    def _of_list(self, node: ast.List | ast.Tuple | ast.Set, depth: int) -> bool:
        return self._all(node.elts, depth)

    _of_tuple = _of_set = _of_list

    def _of_dict(self, node: ast.Dict, depth: int) -> bool:
        return self._all(node.values, depth)

    def _of_subscript(self, node: ast.Subscript, depth: int) -> bool:
        return isinstance(node.value, ast.Name | ast.Dict) and self.harmless(node.value, depth)

    def _of_attribute(self, node: ast.Attribute, _: int) -> bool:
        """`Model.__tablename__` and constants of classes and modules."""
        if node.attr in _OWN_NAMES or (isinstance(node.value, ast.Attribute) and node.value.attr == "__table__"):
            return True
        leaves = self.values.leaves(self.file, node)
        return bool(leaves) and all(leaf.known for leaf in leaves)

    def _loops(self, node: ast.Name, depth: int) -> bool:
        """Whether it is the variable of a loop over constants."""
        for parent in self.file.ancestors(node):
            targets = ast.walk(parent.target) if isinstance(parent, ast.For) else ()
            if isinstance(parent, ast.For) and any(isinstance(t, ast.Name) and t.id == node.id for t in targets):
                return not isinstance(parent.iter, ast.Call) and self.harmless(parent.iter, depth)
        return False

    def _function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        functions = (a for a in self.file.ancestors(node) if isinstance(a, ast.FunctionDef | ast.AsyncFunctionDef))
        return next(functions, None)

    def _is_checked(self, node: ast.Name) -> bool:
        """Whether the function compares the name with a list of what is allowed."""
        scope = self._function(node)
        compared = (part for part in (ast.walk(scope) if scope else ()) if isinstance(part, ast.Compare))
        return any(
            isinstance(part.left, ast.Name) and part.left.id == node.id and isinstance(part.ops[0], ast.In | ast.NotIn)
            for part in compared
        )

    def _is_number(self, node: ast.Name) -> bool:
        """Whether it is a parameter that its annotation keeps a number."""
        scope = self._function(node)
        given = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs] if scope else []
        found = next((argument.annotation for argument in given if argument.arg == node.id), None)
        return found is not None and bool(_NUMBER.fullmatch(ast.unparse(found)))
