"""Which branch of a condition production takes."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal

_DEVELOPMENT = re.compile(
    r"debug|(?<![a-z])dev(?:elopment|elop|_mode)?(?![a-z])|(?<![a-z])local(?!e|[a-z])|testing|(?<![a-z])tests?(?![a-z])"
)
_PRODUCTION = re.compile(r"(?<![a-z])prod(?:uction)?(?![a-z])|(?<![a-z])live(?![a-z])|staging")


def _words(test: ast.expr) -> Iterator[str]:
    for node in ast.walk(test):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant):
            yield str(node.value)


def production_branch(test: ast.expr) -> Literal["body", "orelse", "both"]:
    """`if settings.debug:` is for development, `if env == "production":` is not; anything else may be either."""
    text = " ".join(_words(test)).lower()
    development, production = bool(_DEVELOPMENT.search(text)), bool(_PRODUCTION.search(text))
    if development == production:
        return "both"
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    negated = negated or (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotEq | ast.NotIn | ast.IsNot))
    return "body" if production != negated else "orelse"


def for_development(ancestors: Iterable[ast.AST], node: ast.AST) -> bool:
    """Whether a node stands in a branch that production does not take; `ancestors` are its parents, nearest first."""
    child = node
    for parent in ancestors:
        if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test:
            body = parent.body if isinstance(parent.body, list) else [parent.body]
            inside = "body" if any(child is part for part in body) else "orelse"
            if production_branch(parent.test) not in {"both", inside}:
                return True
        child = parent
    return False
