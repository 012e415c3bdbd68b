"""LOG-001."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.python import PyFile

_STREAMS: Final = frozenset({"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"})
_CALLS: Final = frozenset(
    {"rich.print", "rich.print_json", "rich.inspect", "rich.pretty.pprint", "pprint.pp", "pprint.pprint"}
    | {"traceback.print_exc", "traceback.print_exception", "traceback.print_stack", "icecream.ic"}
)
_ECHOES: Final = frozenset({"click.echo", "click.secho", "typer.echo", "typer.secho"})
_PRINTERS: Final = {
    "rich.console.Console": frozenset({"print", "log", "print_json", "rule", "out"}),
    "pprint.PrettyPrinter": frozenset({"pprint"}),
}
_TOOLS: Final = frozenset({"scripts", "tools", "bin", "cli"})
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
        spared = _command_lines(subject) if places else set()
        for (line, column), call in sorted(places.items()):
            if line not in spared:
                yield Hit(source=subject.source, line=line, column=column, values={"call": call})


def _is_command_line(path: Path) -> bool:
    return (
        bool(_COMMAND_LINE.fullmatch(path.stem))
        or path.parent.name in _TOOLS
        or path.parts[-3:-1] == ("management", "commands")
    )


def _command_lines(file: PyFile) -> set[int]:
    """Lines that only a command line runs: below `__name__ == "__main__"`, and in commands of click or typer."""
    alone = [node for node in file.every(ast.If) if "__name__" in ast.unparse(node.test)]
    names = {"command", "group", "callback"}
    commands = [
        function
        for function in file.functions()
        if any(file.dotted(_called(d)).rpartition(".")[2] in names for d in function.decorator_list)
    ]
    return {line for node in (*alone, *commands) for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _beyond_ruff(file: PyFile) -> Iterator[tuple[ast.expr, str]]:
    """Streams written to, libraries' prints, and `print` handed around under another name."""
    streams = {name for name, value in file.top.items() if file.dotted(value) in _STREAMS}
    printers = dict(_printers(file))
    for call in file.every(ast.Call):
        dotted = file.dotted(call.func)
        if _writes(file, call, dotted, streams) or (dotted in _ECHOES and _answers_requests(file, call)):
            yield call, f"{dotted}()"
        elif dotted == "getattr" and _is_builtin_print(file, call):
            yield call, 'getattr(builtins, "print")'
        elif isinstance(call.func, ast.Attribute) and call.func.attr in _methods(file, call.func.value, printers):
            yield call, f"{ast.unparse(call.func)}()"
    yield from _references(file)


def _references(file: PyFile) -> Iterator[tuple[ast.expr, str]]:
    """`print` and `sys.stdout.write` as values."""
    for name in file.every(ast.Name):
        if name.id == "print" and _is_reference(file, name):
            yield name, "print"
    for attribute in file.every(ast.Attribute):
        if attribute.attr in {"print", "write", "writelines"} and _is_reference(file, attribute):
            yield attribute, ast.unparse(attribute)
    for entry in file.every(ast.Subscript):
        if isinstance(entry.slice, ast.Constant) and entry.slice.value == "print" and _is_builtins(file, entry.value):
            yield entry, ast.unparse(entry)


def _writes(file: PyFile, call: ast.Call, dotted: str, streams: set[str]) -> bool:
    owner, _, method = dotted.rpartition(".")
    owner = owner.removesuffix(".buffer")
    if method in {"write", "writelines"} and (owner in _STREAMS or owner in streams):
        return True
    if dotted in _CALLS:
        return not any(keyword.arg == "file" for keyword in call.keywords)
    if dotted == "os.write" and call.args:
        first = call.args[0]
        standard = isinstance(first, ast.Call) and file.dotted(first.func).removesuffix(".fileno") in _STREAMS
        return standard or (isinstance(first, ast.Constant) and first.value in {1, 2})
    return dotted in {"__builtins__.print", "builtins.__dict__.print"}


def _printers(file: PyFile) -> Iterator[tuple[str, ast.Call]]:
    """Names bound to something of a library that prints."""
    if not {dotted.partition(".")[0] for dotted in file.imports.values()} & {"rich", "pprint"}:
        return
    for node in file.every(ast.Assign):
        if isinstance(node.value, ast.Call) and file.dotted(node.value.func) in _PRINTERS:
            yield from ((ast.unparse(target), node.value) for target in node.targets)


def _methods(file: PyFile, owner: ast.expr, printers: Mapping[str, ast.Call]) -> frozenset[str]:
    """Methods of an object that print; none when it writes somewhere else."""
    made = owner if isinstance(owner, ast.Call) else printers.get(ast.unparse(owner)) if printers else None
    if made is None or any(keyword.arg in {"file", "stream"} for keyword in made.keywords):
        return frozenset()
    return _PRINTERS.get(file.dotted(made.func), frozenset())


def _answers_requests(file: PyFile, call: ast.Call) -> bool:
    """Whether a call stands in a handler; anywhere else `click.echo` is what command lines print with."""
    function = next((a for a in file.ancestors(call) if isinstance(a, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    if function is None or not ({"click", "typer"} & {dotted.partition(".")[0] for dotted in file.imports.values()}):
        return False
    verbs = {"get", "post", "put", "patch", "delete", "route", "middleware", "before_request", "after_request"}
    named = (file.dotted(_called(decorator)).rpartition(".")[2] for decorator in function.decorator_list)
    handles = bool(verbs & set(named))
    commands = any("click" in d or "typer" in d for d in map(ast.unparse, function.decorator_list))
    return (handles or function.name.endswith("handler")) and not commands


def _is_builtins(file: PyFile, node: ast.expr) -> bool:
    return file.dotted(node) in {"__builtins__", "builtins.__dict__", "__builtins__.__dict__"} or (
        isinstance(node, ast.Call) and ast.unparse(node) in {"vars(builtins)", "vars(__builtins__)"}
    )


def _is_reference(file: PyFile, node: ast.Name | ast.Attribute) -> bool:
    """`print` itself, not called: `p = print`, `map(print, rows)`, `partial(print, …)`."""
    if not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(node, ast.Name) and (node.id != "print" or node.id in file.imports or _shadowed(file)):
        return False
    if isinstance(node, ast.Attribute) and not _is_output(file, node):
        return False
    parent = file.parents.get(node)
    return not (isinstance(parent, ast.Call) and parent.func is node)


def _is_output(file: PyFile, node: ast.Attribute) -> bool:
    dotted = file.dotted(node)
    return dotted in {"builtins.print", "__builtins__.print"} or (
        node.attr != "print" and dotted.rpartition(".")[0].removesuffix(".buffer") in _STREAMS
    )


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
