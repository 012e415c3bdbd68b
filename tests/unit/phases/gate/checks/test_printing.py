import pytest

VIOLATIONS = {
    "call": 'print("x")',
    "call in a function": 'def handler():\n    print("x")',
    "standard error": 'import sys\nprint("x", file=sys.stderr)',
    "despite noqa": 'print("x")  # noqa: T201',
    "alias": 'say = print\nsay("x")',
    "callback": "def show(rows):\n    list(map(print, rows))",
    "partial": "from functools import partial\nshow = partial(print, flush=True)",
    "from builtins": 'from builtins import print as say\nsay("x")',
    "builtins attribute": 'import builtins\nbuiltins.print("x")',
    "getattr": 'import builtins\ngetattr(builtins, "print")("x")',
    "stream": 'import sys\nsys.stdout.write("x")',
    "stream by name": 'from sys import stdout\nstdout.write("x")',
    "stream by alias": 'import sys\nout = sys.stderr\nout.write("x")',
    "pprint": "from pprint import pprint\npprint({})",
    "pprint module": "import pprint\npprint.pp({})",
    "rich": 'from rich import print\nprint("x")',
    "file descriptor": 'import os\nos.write(1, b"x")',
}
BENIGN = {
    "docstring": 'def f():\n    """Call print("x") to see it."""',
    "comment": '# print("x")\nx = 1',
    "string": "text = 'print(\"x\")'",
    "method": 'logger.print("x")',
    "console": 'console.print("x")',
    "own function": 'def print(*parts):\n    return parts\n\nprint("x")',
    "parameter": 'def f(print):\n    print("x")',
    "into a file": 'def f(stream):\n    print("x", file=stream)',
    "handler": "import logging, sys\nlogging.StreamHandler(sys.stdout)",
    "file write": 'def f(stream):\n    stream.write("x")',
    "other descriptor": 'import os\ndef f(fd):\n    os.write(fd, b"x")',
    "attribute name": "class Printer:\n    print = 1",
}


@pytest.mark.req("R0-084")
@pytest.mark.parametrize("source", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_every_way_to_print_is_found_once(compute_check, source):
    findings = compute_check("LOG-001", {"svc/app/main.py": source})
    assert [finding.path for finding in findings] == ["svc/app/main.py"]


@pytest.mark.req("R0-084")
@pytest.mark.parametrize("source", BENIGN.values(), ids=BENIGN.keys())
def test_what_only_looks_like_printing_is_left_alone(compute_check, source):
    assert compute_check("LOG-001", {"svc/app/main.py": source}) == []


@pytest.mark.parametrize("path", ["tests/test_x.py", "app/cli.py", "scripts/seed.py", "conftest.py", "docs/example.py"])
def test_tests_and_command_lines_may_print(compute_check, path):
    assert compute_check("LOG-001", {f"svc/{path}": 'print("x")', "svc/app/main.py": "x = 1"}) == []


def test_a_package_below_a_scripts_folder_is_production_code(compute_check):
    findings = compute_check("LOG-001", {"svc/scripts/pkg/module.py": 'print("x")'})
    assert [finding.line for finding in findings] == [1]


def test_the_finding_says_where_and_what_to_do(compute_check):
    (finding,) = compute_check("LOG-001", {"svc/app/main.py": 'def f():\n    print("hello")\n'})
    assert (finding.line, finding.column, finding.service) == (2, 5, "svc")
    assert finding.evidence == 'print("hello")'
    assert "logger" in finding.hint
