"""LOG-001: standard output by every road, and code that only looks like it."""

from typing import Final

from sluice.commands.gate_proof.edits import at_end, in_function, in_handler, new_file
from sluice.commands.gate_proof.mutation import Operator, variants

_PLANTS = {
    "builtins": in_function('§builtins.print("here")', imports="import builtins"),
    "comprehension": at_end("def each_of(rows):\n    §[print(row) for row in rows]"),
    "callback": at_end('§WATCH = {"on_error": print, "on_ok": None}'),
    "another thread": at_end('async def later():\n    §await asyncio.to_thread(print, "x")', imports="import asyncio"),
    "bytes of the stream": in_handler('§sys.stdout.buffer.write(b"x")', imports="import sys"),
    "original stream": in_function('§sys.__stderr__.write("x")', imports="import sys"),
    "method kept": at_end("§write = sys.stdout.write\n\n\ndef wrote():\n    §write('x')", imports="import sys"),
    "printer object": at_end('§pprint.PrettyPrinter(indent=2).pprint({"a": 1})', imports="import pprint"),
    "class body": at_end('class Loud:\n    §print("defined")'),
    "after a semicolon": in_function("x = 1; §print(x)"),
    "call in a handler": in_handler('§print("request received")'),
    "formatted call in any function": in_function('§print(f"{__name__}: {locals()!r}", flush=True)'),
    "bound to another name": at_end(
        """
        §say = print


        def tell(text: str) -> None:
            say(text)
        """
    ),
    "standard output by module": in_function('§sys.stdout.write("here\\n")', imports="import sys"),
    "standard error by name": in_function('§stderr.write("failed\\n")', imports="from sys import stderr"),
    "standard output under an alias": in_function(
        '§system.stdout.writelines(["a", "b"])', imports="import sys as system"
    ),
    "pretty printer": in_function("§pprint({'a': 1}, width=40)", imports="from pprint import pprint"),
    "pretty printer of the module": in_handler("§pprint.pp(dir())", imports="import pprint"),
    "from builtins under another name": in_function('§show("reached")', imports="from builtins import print as show"),
    "handed to map": at_end(
        """
        def dump(rows: list[str]) -> None:
            §list(map(print, rows))
        """
    ),
    "partial": at_end('§report = functools.partial(print, "report:")', imports="import functools"),
    "to a stream of its own": in_function('§print("lost", file=sys.stderr)', imports="import sys"),
    "file descriptor": in_handler('§os.write(1, b"received\\n")', imports="import os"),
    "rich": in_function('§rich_print("[bold]here[/]")', imports="from rich import print as rich_print"),
    "with noqa": in_function('§print("debugging")  # noqa: T201'),
    "default argument": at_end(
        """
        §def each(rows: list[str], show=print) -> None:
            for row in rows:
                show(row)
        """
    ),
    "getattr": in_function('§getattr(builtins, "print")("quietly")', imports="import builtins"),
    "stream kept in a variable": at_end(
        """
        out = sys.stdout


        def emit(line: str) -> None:
            §out.write(line)
        """,
        imports="import sys",
    ),
    "lambda": at_end("§on_change = lambda value: print(value)"),
    "conditional on debug": in_handler('if False:\n    §print("never in production, they said")'),
}
_TWINS = {
    "logger under such a name": at_end(
        "console_print = logging.getLogger('x').info\n\n\ndef say():\n    console_print('x')", imports="import logging"
    ),
    "own function of that name": new_file(
        "{pkg}/pages.py", "def print(text: str) -> str:\n    return text\n\n\nPAGE = print('x')"
    ),
    "key of a dictionary": at_end('STYLES = {"print": "a4", "screen": "wide"}\nCHOSEN = STYLES["print"]'),
    "descriptor asked for": in_function("number = sys.stdout.fileno()\ndel number", imports="import sys"),
    "stream set up": at_end("def prepare():\n    sys.stdout.reconfigure(line_buffering=True)", imports="import sys"),
    "method of an attribute": at_end("def label(device):\n    device.printer.print('x')\n    device.stdout.write('x')"),
    "docstring": at_end(
        '''
        def explained() -> str:
            """Use it like this.

            >>> print(explained())
            fine
            """
            return "fine"
        '''
    ),
    "comment": in_function('# print("old debugging")'),
    "text": in_function('note = "print(1) and sys.stdout.write(2)"\ndel note'),
    "somebody's own method": at_end(
        """
        class Printer:
            def print(self, text: str) -> str:
                return text


        def use(printer: Printer) -> str:
            return printer.print("page")
        """
    ),
    "logger with that name": at_end(
        """
        def through(logger) -> None:
            logger.print("x")
            logger.pprint("y")
        """
    ),
    "stream handler": at_end("handler = logging.StreamHandler(sys.stdout)", imports="import logging\nimport sys"),
    "flush only": in_function("sys.stdout.flush()", imports="import sys"),
    "is it a terminal": in_function("colour = sys.stderr.isatty()\ndel colour", imports="import sys"),
    "write to a file": at_end(
        """
        def save(path: str, text: str) -> None:
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
                print_size = len(text)
                stream.write(str(print_size))
        """
    ),
    "text buffer": at_end(
        """
        def rendered() -> str:
            buffer = io.StringIO()
            buffer.write("x")
            return buffer.getvalue()
        """,
        imports="import io",
    ),
    "formatting only": in_function("text = pformat({'a': 1})\ndel text", imports="from pprint import pformat"),
    "fingerprint": at_end(
        """
        def fingerprint(blueprint: str) -> str:
            return f"print-{blueprint}"
        """
    ),
    "command line": new_file("{pkg}/__main__.py", 'import sys\n\nprint("usage")\nsys.stdout.write("x")'),
    "test": new_file("tests/test_more.py", 'def test_it(capsys):\n    print("x")\n    assert capsys.readouterr().out'),
    "subprocess": at_end(
        """
        def lines(process) -> list[str]:
            return [line for line in process.stdout]
        """
    ),
    "descriptor of a file": at_end(
        """
        def store(descriptor: int) -> None:
            os.write(descriptor, b"x")
        """,
        imports="import os",
    ),
}

OPERATORS: Final = (Operator(check="LOG-001", plants=variants(_PLANTS), twins=variants(_TWINS)),)
