"""PARSE-001: files that Python cannot read, and files that only look broken."""

from typing import Final

from sluice.commands.gate_proof.edits import anywhere, at_end, new_file
from sluice.commands.gate_proof.mutation import Operator, variants

_PLANTS = {
    "unclosed bracket": new_file("{pkg}/broken.py", "§VALUES = [1, 2\n"),
    "missing colon": new_file("{pkg}/broken.py", "§def f()\n    return 1"),
    "bad indentation": new_file("{pkg}/broken.py", "def f():\n§return 1"),
    "merge conflict": new_file("{pkg}/broken.py", "§<<<<<<< ours\nX = 1\n=======\nX = 2\n>>>>>>> theirs"),
    "Python 2": new_file("{pkg}/broken.py", '§print "hello"'),
    "template": new_file("{pkg}/broken.py", "import os\n§{% if x %}\nY = 1\n{% endif %}"),
    "unterminated text": anywhere(new_file("{pkg}/broken.py", 'X = """never ends\n§\n')),
    "keyword as a name": new_file("{pkg}/broken.py", "X = 1\n§class = 3"),
    "null byte": anywhere(new_file("{pkg}/broken.py", "X = 1\n§Y = '\\x00".replace("\\x00", "\x00") + "'")),
    "half a function": new_file("{pkg}/broken.py", "def first():\n    return 1\n\n\ndef second(:\n§    pass"),
}
_TWINS = {
    "empty": new_file("{pkg}/fine.py", ""),
    "comments only": new_file("{pkg}/fine.py", "# nothing yet"),
    "match statement": at_end("def f(x):\n    match x:\n        case {'a': 1}:\n            return 1\n    return 2"),
    "exception groups": at_end("def g():\n    try:\n        pass\n    except* ValueError:\n        pass"),
    "other alphabet": new_file("{pkg}/fine.py", "größe = 1\nπ = 3.14\n"),
    "stubs": new_file("{pkg}/fine.pyi", "def f() -> int: ..."),
    "template with its own suffix": new_file("{pkg}/fine.py.j2", "{% if x %}\nY = {{ y }}\n{% endif %}"),
    "byte order mark": new_file("{pkg}/fine.py", "\ufeffX = 1"),
    "broken on purpose, in tests": new_file("tests/data/broken.py", "def f(:\n"),
    "nested f-strings": at_end("def h(x):\n    return f\"{f'{x!r:>{10}}'}\""),
}

OPERATORS: Final = (Operator(check="PARSE-001", plants=variants(_PLANTS), twins=variants(_TWINS)),)
