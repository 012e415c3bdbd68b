"""Credentials in Python source: constants under a secret's name, wherever a constant can stand."""

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sluice.phases.gate.reading.judgement import is_placeholder, is_random, is_secret_name, is_secret_value
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.scan import SourceFile

_POSITION = {
    "jwt.encode": 1,
    "jwt.decode": 1,
    "hmac.new": 0,
    "cryptography.fernet.Fernet": 0,
    "requests.auth.HTTPBasicAuth": 1,
    "httpx.BasicAuth": 1,
    "aiohttp.BasicAuth": 1,
    "itsdangerous.URLSafeTimedSerializer": 0,
    "itsdangerous.URLSafeSerializer": 0,
}
_ENVIRONMENT = ("getenv", "environ.get", "config", "env", "env.str", "env.get")
_FIELDS = ("Field", "field", "SecretStr", "SecretBytes", "Form", "Secret", "str", "bytes")
_PAIRS = frozenset({"auth", "http_auth", "basic_auth", "proxy_auth"})
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+([\w.+/=-]{12,})")
_EXAMPLES = frozenset({"example", "examples", "openapi_examples", "json_schema_extra", "schema_extra", "responses"})


@dataclass(frozen=True)
class Secret:
    """A credential in a file; `value` is what evidence must not show."""

    source: SourceFile
    line: int
    column: int
    value: str
    kind: str


def python_secrets(file: PyFile, skipped: AbstractSet[int]) -> Iterator[Secret]:
    """Constants that are secrets by their name, their place or their shape, but for the lines `skipped`."""
    for name, node in _candidates(file):
        value = _constant(file, node)
        if node.lineno in skipped or not value:
            continue
        scheme = _SCHEME.fullmatch(value)
        if scheme and not is_placeholder(scheme[1]) and any(char.isdigit() for char in value):
            yield Secret(file.source, node.lineno, node.col_offset + 1, scheme[1], f"value of {name}")
        elif (is_secret_name(name) and is_secret_value(value, name)) or is_random(value):
            text = file.source.text
            shown = value if value in text else ast.get_source_segment(text, node) or value
            yield Secret(file.source, node.lineno, node.col_offset + 1, shown, f"value of {name}")


def example_lines(file: PyFile) -> set[int]:
    """Lines inside documentation examples (`examples=…`, `json_schema_extra=…`)."""
    lines: set[int] = set()
    for node in file.nodes:
        if isinstance(node, ast.keyword) and node.arg in _EXAMPLES:
            lines |= _span(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _EXAMPLES:
                    lines |= _span(value)
    return lines


def docstring_lines(file: PyFile) -> set[int]:
    """Lines of docstrings, and of other strings that stand alone."""
    alone = (node.value for node in file.nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return {line for node in alone for line in _span(node)}


def _span(node: ast.expr) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _candidates(file: PyFile) -> Iterator[tuple[str, ast.expr]]:
    for node in file.nodes:
        if isinstance(node, ast.Assign):
            yield from ((name, node.value) for target in node.targets if (name := _name(target)))
            yield from (pair for target in node.targets for pair in _pair(_name(target), node.value))
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value and (name := _name(node.target)):
            yield name, node.value
        elif isinstance(node, ast.Dict):
            yield from _entries(node)
        elif isinstance(node, ast.Call):
            yield from _arguments(file, node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _defaults(node.args)
        elif isinstance(node, ast.Compare):
            yield from _compared(node)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return ""


def _entries(node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, value


def _arguments(file: PyFile, node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
    for keyword in node.keywords:
        yield from _pair(keyword.arg or "", keyword.value)
    dotted = file.dotted(node.func)
    index = _POSITION.get(dotted)
    if index is not None and len(node.args) > index:
        yield "secret_key", node.args[index]
    if dotted.endswith(("setdefault", "set", "putenv", "setenv")) and len(node.args) > 1:
        key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, node.args[1]


def _pair(name: str, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """`auth=("user", "password")`."""
    if name.lower() in _PAIRS and isinstance(value, ast.Tuple) and len(value.elts) == 2:  # noqa: PLR2004 # user and password
        yield "password", value.elts[1]


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    tail = positional[len(positional) - len(arguments.defaults) :]
    yield from ((a.arg, value) for a, value in zip(tail, arguments.defaults, strict=True))
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    yield from ((a.arg, value) for a, value in pairs if value is not None)


def _compared(node: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    sides = [node.left, *node.comparators]
    names = [name for side in sides if (name := _name(side))]
    if names and all(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops):
        yield from ((names[0], side) for side in sides if isinstance(side, ast.Constant))


def _constant(file: PyFile, node: ast.expr) -> str:
    """The text of a constant, of joined constants, or of the default of an environment look-up or a field."""
    if isinstance(node, ast.Constant):
        value = node.value
        return value if isinstance(value, str) else repr(value)[2:-1] if isinstance(value, bytes) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_constant(file, part) or "\0" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _constant(file, node.left), _constant(file, node.right)
        return left + right if left and right else ""
    if isinstance(node, ast.BoolOp):
        return next(filter(None, (_constant(file, value) for value in node.values[1:])), "")
    return _default(file, node) if isinstance(node, ast.Call) else ""


def _default(file: PyFile, node: ast.Call) -> str:
    dotted = file.dotted(node.func)
    given = next((keyword.value for keyword in node.keywords if keyword.arg == "default"), None)
    if dotted.endswith(_ENVIRONMENT):
        given = given or (node.args[1] if len(node.args) > 1 else None)
    elif dotted.rpartition(".")[2] in _FIELDS:
        given = given or (node.args[0] if node.args else None)
    elif isinstance(node.func, ast.Attribute) and node.func.attr in {"encode", "strip"}:
        given = node.func.value
    else:
        return ""
    return _constant(file, given) if given is not None else ""
