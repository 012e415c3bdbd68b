"""Symbols of a Python module, read from its syntax tree; nothing of it is ever run."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sluice.services.codebase_intelligence.answers import DefinitionKind

MAX_SYMBOLS: Final = 20_000
MAX_SIGNATURE: Final = 500
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """A definition inside one module; `qualified` is dotted from the module's top."""

    name: str
    qualified: str
    kind: DefinitionKind
    line: int
    end_line: int
    signature: str


class UnparsableError(ValueError):
    """The text is not Python; the message says where."""


def python_symbols(source: str) -> list[Symbol]:
    """Classes, functions, methods, module and class constants, imports and routes, in the order of the text.

    Raises:
        UnparsableError: a syntax error, NUL bytes, or nested too deeply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a strange escape in somebody's code is no business of ours
            tree = ast.parse(source)
        found = list(_body(tree.body, "", in_class=False))
    except SyntaxError as error:
        raise UnparsableError(f"line {error.lineno}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnparsableError(f"cannot be parsed: {error}") from error
    return found[:MAX_SYMBOLS]


def _body(body: list[ast.stmt], prefix: str, *, in_class: bool) -> Iterator[Symbol]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield _symbol(node, node.name, prefix, "class", _class_signature(node))
            yield from _body(node.body, f"{prefix}{node.name}.", in_class=True)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _symbol(node, node.name, prefix, "method" if in_class else "function", _signature(node))
            yield from _routes(node)
            yield from _body(_nested(node.body), f"{prefix}{node.name}.", in_class=False)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                yield _symbol(node, name, prefix, "import", ast.unparse(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _constants(node, prefix)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _body(_branches(node), prefix, in_class=in_class)


def _nested(body: list[ast.stmt]) -> list[ast.stmt]:
    """Functions and classes inside a function; its variables are nobody's to find."""
    return [node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]


def _branches(node: ast.If | ast.Try | ast.With) -> list[ast.stmt]:
    if isinstance(node, ast.Try):
        return [*node.body, *(s for handler in node.handlers for s in handler.body), *node.orelse, *node.finalbody]
    return [*node.body, *(node.orelse if isinstance(node, ast.If) else ())]


def _symbol(node: ast.stmt, name: str, prefix: str, kind: DefinitionKind, signature: str) -> Symbol:
    return Symbol(
        name=name,
        qualified=f"{prefix}{name}",
        kind=kind,
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        signature=signature[:MAX_SIGNATURE],
    )


def _class_signature(node: ast.ClassDef) -> str:
    bases = ", ".join(ast.unparse(base) for base in (*node.bases, *node.keywords))
    return f"class {node.name}({bases})" if bases else f"class {node.name}"


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{word} {node.name}({ast.unparse(node.args)}){result}"


def _constants(node: ast.Assign | ast.AnnAssign, prefix: str) -> Iterator[Symbol]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        names = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        for name in names:
            if isinstance(name, ast.Name):
                yield _symbol(node, name.id, prefix, "constant", ast.unparse(node))


def _routes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Symbol]:
    """Routes as FastAPI and its relatives declare them: `@router.get("/path")`."""
    for decorator in node.decorator_list:
        if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)):
            continue
        path = decorator.args[0] if decorator.args else None
        literal = path.value if isinstance(path, ast.Constant) else None
        if decorator.func.attr in _METHODS and isinstance(literal, str):
            name = f"{decorator.func.attr.upper()} {literal}"
            yield _symbol(node, name, "", "route", _signature(node))
