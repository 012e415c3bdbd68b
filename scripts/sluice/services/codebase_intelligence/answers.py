"""What the Codebase Intelligence answers."""

from typing import Literal

from sluice.model.base import Model

DefinitionKind = Literal[
    "class",
    "struct",
    "interface",
    "enum",
    "trait",
    "type",
    "function",
    "method",
    "macro",
    "constant",
    "property",
    "module",
    "declaration",
    "route",
    "import",
]


class Definition(Model):
    """Where a symbol is defined; lines count from 1, both ends included.  A route is named `METHOD /path`."""

    symbol: str
    kind: DefinitionKind
    signature: str
    service: str
    path: str
    line: int
    end_line: int
    digest: str


class DefinitionList(Model):
    """What `find_definition` answers, the best first (see `ranking`); empty when nothing matches."""

    symbol: str
    definitions: tuple[Definition, ...] = ()


class Artifact(Model):
    """A registered file; `digest` is `sha256:<hex>` of its bytes, `problem` says why not all of it is indexed.

    `language` is `python`, `go` …, or `text` or `binary` when it is of no language that is read.
    """

    service: str
    path: str
    digest: str
    size: int
    language: str
    definitions: int
    problem: str = ""


class TreeReport(Model):
    """A registered source tree: how many files are new, changed, as before, and gone."""

    service: str
    added: int
    changed: int
    unchanged: int
    removed: int


class Found(Model):
    """One definition that answers `query`; `rank` counts from 1 for each query, `path` is relative to the root.

    Names are dotted in every language.  A re-export of what is not in the tree is an `import`.
    """

    query: str
    qualified_name: str
    kind: DefinitionKind
    path: str
    line: int
    end_line: int
    rank: int
    reason: str


class Skipped(Model):
    """A file that is not, or not wholly, indexed."""

    path: str
    reason: str


class TreeAnswer(Model):
    """What every answer about a tree says: `tree_hash` is of the paths and contents that it was true for."""

    tree_hash: str
    skipped: tuple[Skipped, ...] = ()


class FindAnswer(TreeAnswer):
    """What `code.find` prints: all results of the first name, then those of the next."""

    results: tuple[Found, ...] = ()


class IndexAnswer(TreeAnswer):
    """What `code.index` prints: how many files there are, were read now, and are gone."""

    root: str
    files: int
    read: int
    removed: int
    symbols: int


class RouteFound(Model):
    """A route that serves the asked path."""

    method: str
    route: str
    handler: str
    path: str
    line: int
    rank: int
    reason: str


class RouteAnswer(TreeAnswer):
    """What `code.route` prints."""

    results: tuple[RouteFound, ...] = ()


class EventUse(Model):
    """A call or a decorator that publishes or consumes an event; `named` is how it names it."""

    path: str
    line: int
    call: str
    named: str
    place: str


class EventAnswer(TreeAnswer):
    """What `code.event` prints."""

    event: str
    publishers: tuple[EventUse, ...] = ()
    consumers: tuple[EventUse, ...] = ()
