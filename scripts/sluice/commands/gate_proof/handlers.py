"""The route handlers of a service, and whether they ask who calls."""

import ast
import re
from collections.abc import Iterator

from sluice.commands.gate_proof.edits import modules
from sluice.commands.gate_proof.mutation import Site, Unfit

Function = ast.FunctionDef | ast.AsyncFunctionDef
_VERBS = ("get", "post", "put", "patch", "delete", "route")
_ASKS = re.compile(r"\bCaller\b|current_user|Depends\(caller\)|login_required")


def handlers(site: Site, *, asking: bool | None = None) -> Iterator[tuple[str, Function, ast.Call]]:
    """Handlers but for health, with the decorator that routes them; `asking`: whether they ask who calls."""
    for path in modules(site):
        for node in ast.walk(ast.parse(site.tree.read(path))):
            if not isinstance(node, Function) or "health" in ast.unparse(node):
                continue
            head = "\n".join([*map(ast.unparse, node.decorator_list), ast.unparse(node.args)])
            for call in node.decorator_list:
                routed = (
                    isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _VERBS
                )
                if routed and isinstance(call, ast.Call) and asking in {None, bool(_ASKS.search(head))}:
                    yield path, node, call


def chosen(site: Site, *, asking: bool | None = None) -> tuple[str, Function, ast.Call]:
    """One of them by the seed.

    Raises:
        Unfit: there is none.
    """
    found = list(handlers(site, asking=asking))
    if not found:
        raise Unfit(f"{site.service.name} has no such handler")
    return site.choice.choice(found)
