"""LOG-001."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.python import PyFile

_STREAMS: Final = frozenset({"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"})
_CALLS: Final = frozenset({"rich.print", "rich.pretty.pprint", "pprint.pp", "pprint.pprint"})
_TOOLS: Final = frozenset({"scripts", "tools", "bin"})
_COMMAND_LINE: Final = re.compile(r"cli|__main__|manage|commands?")


class NoPrint(Check[PyFile]):
    """Production code logs; it does not print."""

    id, layer, severity = "LOG-001", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[PyFile]:
        """Python modules that are no command lines: there, standard output is the interface."""
        return [file for file in facts.python if not _is_command_line(file.source.path)]

    def absent(self, facts: Facts) -> str:
        """A tree of another language has no Python."""
        return "" if facts.given.run else "there is no Python module in the tree"

    def check(self, subject: PyFile, facts: Facts) -> Iterator[Hit]:
        """`{call}` writes past the log.

        Use the module's logger: `logger = logging.getLogger(__name__)`, then `logger.info("…", …)`.
        """
        places = {(hit.line, hit.column): "print()" for hit in facts.printed if hit.source == subject.source}
        for node, call in _beyond_ruff(subject):
            places.setdefault((node.lineno, node.col_offset + 1), call)
        for (line, column), call in sorted(places.items()):
            yield Hit(source=subject.source, line=line, column=column, values={"call": call})


def _is_command_line(path: Path) -> bool:
    return bool(_COMMAND_LINE.fullmatch(path.stem)) or path.parent.name in _TOOLS


def _beyond_ruff(file: PyFile) -> Iterator[tuple[ast.expr, str]]:
    """Streams written to, libraries' prints, and `print` handed around under another name."""
    streams = {name for name, value in file.top.items() if file.dotted(value) in _STREAMS}
    for node in file.nodes:
        if isinstance(node, ast.Call):
            dotted = file.dotted(node.func)
            owner, _, method = dotted.rpartition(".")
            to_stream = method in {"write", "writelines"} and (owner in _STREAMS or owner in streams)
            if to_stream or dotted in _CALLS:
                yield node, f"{dotted}()"
            elif dotted == "os.write" and node.args and isinstance(node.args[0], ast.Constant):
                yield from [(node, "os.write()")] if node.args[0].value in {1, 2} else []
            elif dotted == "getattr" and _is_builtin_print(file, node):
                yield node, 'getattr(builtins, "print")'
        elif isinstance(node, ast.Name | ast.Attribute) and _is_reference(file, node):
            yield node, "print"


def _is_reference(file: PyFile, node: ast.Name | ast.Attribute) -> bool:
    """`print` itself, not called: `p = print`, `map(print, rows)`, `partial(print, …)`."""
    if not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(node, ast.Name) and (node.id != "print" or node.id in file.imports or _shadowed(file)):
        return False
    if isinstance(node, ast.Attribute) and file.dotted(node) != "builtins.print":
        return False
    parent = file.parents.get(node)
    return not (isinstance(parent, ast.Call) and parent.func is node)


def _shadowed(file: PyFile) -> bool:
    return any(
        (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == "print")
        or (isinstance(node, ast.arg) and node.arg == "print")
        or (isinstance(node, ast.Name) and node.id == "print" and isinstance(node.ctx, ast.Store))
        for node in file.nodes
    )


def _is_builtin_print(file: PyFile, node: ast.Call) -> bool:
    arguments = node.args
    return (
        len(arguments) > 1
        and file.dotted(arguments[0]) in {"builtins", "__builtins__"}
        and isinstance(arguments[1], ast.Constant)
        and arguments[1].value == "print"
    )


CHECKS: Final = (NoPrint(),)
