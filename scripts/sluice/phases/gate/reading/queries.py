"""SQL that is put together from strings, and whether anything but constants goes into it."""

import ast
import re
from collections.abc import Iterator

from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.query_parts import Judge, parts
from sluice.phases.gate.reading.values import Values

_RUNS = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "fetch", "fetchrow", "fetchval", "fetch_all"}
    | {"fetch_one", "fetch_val", "fetchone", "fetchall", "iterate", "raw", "read_sql", "read_sql_query", "exec", "text"}
    | {"mogrify", "run_sql", "query", "prepare", "copy"}
)
_QUERY_NAMES = frozenset({"query", "sql", "statement", "operation", "command", "stmt"})
_STARTS = re.compile(
    r"\s*(?:select\s.+\sfrom\b|select\s+[\w.*(]|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|with\s+\w+\s+as\b|"
    r"(?:create|drop|alter|truncate)\s+(?:table|index|database|schema|user|role|view|type|sequence)\b|merge\s+into\b|"
    r"replace\s+into\b|call\s+\w|copy\s+\w|grant\s+\w|(?:and|or)\s+\w+\s*(?:=|in|like)|where\s+\w|order\s+by\s)",
    re.IGNORECASE | re.DOTALL,
)
_MIGRATIONS = frozenset({"migrations", "alembic", "versions"})


def built_queries(file: PyFile, values: Values) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Calls that run SQL with something in its text that is no constant: the call, and that something."""
    if _MIGRATIONS & set(file.rel.split("/")[:-1]):
        return
    told: set[ast.AST] = set()
    for call in file.every(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else file.dotted(call.func).rpartition(".")[2]
        if name not in _RUNS:
            continue
        for given in _texts(call):
            for origin, text in _origins(file, given, values):
                part = next((p for p in parts(text) if not Judge(file, values).harmless(p)), None)
                if part is not None and origin not in told and _is_sql(file, text, values):
                    told.add(origin)
                    yield call, part


def _texts(call: ast.Call) -> list[ast.expr]:
    return [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg in _QUERY_NAMES)]


def _origins(file: PyFile, node: ast.expr, values: Values) -> Iterator[tuple[ast.AST, ast.expr]]:
    """The expressions that a query may come from, within this file; each is told once."""
    if isinstance(node, ast.Name):
        for where, value in values.bindings(file, node):
            if where is file and isinstance(value, ast.expr):
                yield value, value
    else:
        yield node, node


def _is_sql(file: PyFile, node: ast.expr, values: Values) -> bool:
    return any(_STARTS.match(text) for text in _pieces(file, node, values))


def _pieces(file: PyFile, node: ast.expr, values: Values) -> Iterator[str]:
    """The beginning of a text, with `x` for what is put in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield "".join([*_pieces(file, node.left, values), *_pieces(file, node.right, values)])
    elif isinstance(node, ast.BinOp):
        yield from _pieces(file, node.left, values)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _pieces(file, node.func.value, values)
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _pieces(file, node.body, values)
    elif isinstance(node, ast.Name):
        yield from (str(leaf.value) for leaf in values.leaves(file, node) if leaf.known)
