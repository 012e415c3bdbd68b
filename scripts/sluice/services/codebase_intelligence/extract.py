"""Symbols of a source file, read from its syntax tree by the query of its language; nothing of it is ever run."""

import ast
import io
import re
import threading
import tokenize
import warnings
from typing import Final

import tree_sitter

from sluice.services.codebase_intelligence.facts import MAX_SYMBOLS, Facts
from sluice.services.codebase_intelligence.grammars import Language, grammar
from sluice.services.codebase_intelligence.matches import symbols_of

MAX_SOURCE: Final = 4 * 1024 * 1024
MAX_WIDTH: Final = 20_000
_HEAD: Final = 8192
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
_lock = threading.Lock()  # what catches warnings does so for all threads


def extract(content: bytes, language: Language, *, signatures: bool = True) -> Facts:
    """What stands in a file; a file with a syntax error gives what its sound parts hold, and the problem."""
    source, problem = _readable(content, language)
    if problem:
        return Facts(problem=problem)
    known = grammar(language.name)
    root = tree_sitter.Parser(known.language).parse(source).root_node
    line, hopeless = _error(root) if root.has_error else (0, False)
    if hopeless:
        return Facts(problem=f"line {line}: no sense can be made of it")
    matches = known.matches(root)
    symbols, suspicious = symbols_of(matches, language, source, signatures=signatures)
    if root.has_error or suspicious:
        problem = _python_problem(source) if language.name == "python" else f"line {line}: syntax error"
    if len(symbols) > MAX_SYMBOLS:
        problem = problem or f"only the first {MAX_SYMBOLS} of {len(symbols)} symbols are indexed"
    return Facts(tuple(symbols[:MAX_SYMBOLS]), problem)


def _readable(content: bytes, language: Language) -> tuple[bytes, str]:
    if len(content) > MAX_SOURCE:
        return b"", f"larger than {MAX_SOURCE // 1024 // 1024} MiB"
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in content:
        return b"", "binary: it holds NUL bytes"
    try:
        content.decode()
    except UnicodeDecodeError as error:
        if language.name == "python" and _COOKIE.search(content[:_HEAD]):
            return _transcoded(content)
        return b"", f"not UTF-8: {error.reason} at byte {error.start}"
    return content, ""


def _transcoded(content: bytes) -> tuple[bytes, str]:
    """Python in the encoding that it declares, as UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding).encode(), ""
    except (SyntaxError, LookupError, UnicodeError) as error:
        return b"", f"not in the encoding that it declares: {error}"


def _python_problem(source: bytes) -> str:
    """What Python itself says; nothing when it knows more than the grammar."""
    try:
        with _lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a strange escape in somebody's code is no business of ours
            ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"cannot be parsed: {error}"
    return ""


def _error(root: tree_sitter.Node) -> tuple[int, bool]:
    """The line of the first and innermost error, and whether a query had better not look at the tree.

    It takes time with the square of the number of things that stand in an error side by side.
    """
    stack, first = [root], root
    while stack:
        node = stack.pop()
        if node.child_count > MAX_WIDTH:
            return node.start_point.row + 1, True
        inner = [child for child in node.children if child.has_error or child.is_missing]
        if inner and node.id == first.id:
            first = inner[0]
        stack.extend(inner)
    return first.start_point.row + 1, False
