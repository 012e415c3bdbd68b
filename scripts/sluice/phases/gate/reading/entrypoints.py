"""Which of a service's applications are served: what commands name, else every one that no other mounts."""

import re
from collections.abc import Sequence

from sluice.phases.gate.reading.apps import Router
from sluice.phases.gate.reading.interpret import Interpreter
from sluice.phases.gate.reading.objects import Made
from sluice.phases.gate.scan import SourceFile

_SERVERS = ("uvicorn", "gunicorn", "hypercorn", "granian", "waitress-serve", "daphne")
_TARGET = re.compile(rf"(?:{'|'.join(_SERVERS)})\b[^\n]*?\b([A-Za-z_][\w.]*):([A-Za-z_]\w*)")
_LONGEST = 2000
_COMMAND_FILES = (".sh", ".yml", ".yaml", ".toml", ".py")
_COMMAND_NAMES = frozenset({"Procfile", "Makefile"})


def served(interpreter: Interpreter, files: Sequence[SourceFile]) -> list[Router]:
    """The applications that answer requests of their own; mounted ones answer through their parent."""
    apps = [app for app in interpreter.apps() if not _local(app.file.rel)]
    children = {id(child) for app in apps for _, child in app.children}
    outer = [app for app in apps if id(app) not in children]
    named = _named(interpreter, files)
    return [app for app in outer if id(app) in named] or outer


def _local(rel: str) -> bool:
    """A command line may open a server of its own for a moment, to be called back."""
    return any(part.removesuffix(".py") in {"cli", "commands"} for part in rel.split("/"))


def _named(interpreter: Interpreter, files: Sequence[SourceFile]) -> set[int]:
    found: set[int] = set()
    for file in files:
        if not (file.is_dockerfile or file.suffix in _COMMAND_FILES or file.name in _COMMAND_NAMES):
            continue
        for module, attribute in _targets(file.text):
            source = interpreter.project.module(module)
            value = interpreter.module(source).names.get(attribute) if source else None
            if isinstance(value, Made) and source:
                value = interpreter.call(value, [], {}, interpreter.module(source))
            if isinstance(value, Router):
                found.add(id(value))
    return found


def _targets(text: str) -> list[tuple[str, str]]:
    """`module:attribute` of server commands, in shell form, exec form or `uvicorn.run("module:attribute")`."""
    if not any(server in text for server in _SERVERS):
        return []
    joined = re.sub(r"\\\n", " ", text)
    plain = re.sub(r"[\"',\[\]()]+", " ", joined)
    lines = (line for line in plain.split("\n") if len(line) < _LONGEST)
    return [(found[1], found[2]) for line in lines for found in _TARGET.finditer(line)]
