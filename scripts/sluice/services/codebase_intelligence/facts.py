"""What is read from one file, whatever its language; it depends on the file's bytes and language alone."""

from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_SYMBOLS: Final = 20_000
MAX_SIGNATURE: Final = 500
MAX_NAME: Final = 300

IMPORT: Final = "import"
REEXPORT: Final = "reexport"
EXPORTED: Final = "exported"
ROUTE: Final = "route"
PUBLISHES: Final = "publishes"
CONSUMES: Final = "consumes"
CONSTANT: Final = "constant"
DECLARATION: Final = "declaration"
REFERENCES: Final = frozenset({IMPORT, REEXPORT, EXPORTED, PUBLISHES, CONSUMES})
"""Kinds that are no definitions."""


class Symbol(NamedTuple):
    """One definition or reference; lines count from 1, both ends included.

    `qualified` is dotted from the file's top.  `target` is what an import takes (`module:name`), the names of
    `__all__`, a route's handler, or a constant's text.
    """

    name: str
    qualified: str
    kind: str
    line: int
    end_line: int
    signature: str
    target: str


@dataclass(frozen=True)
class Facts:
    """The symbols of a file in the order of its text; `problem` says why they are none, or may not be all."""

    symbols: tuple[Symbol, ...] = ()
    problem: str = ""
