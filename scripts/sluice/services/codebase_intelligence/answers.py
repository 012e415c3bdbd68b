"""What the Codebase Intelligence answers."""

from typing import Literal

from sluice.model.base import Model

DefinitionKind = Literal["class", "function", "method", "constant", "import", "route"]
Language = Literal["python", "text", "binary"]


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
    """What `find_definition` answers, ordered by service, path and line; empty when nothing matches."""

    symbol: str
    definitions: tuple[Definition, ...] = ()


class Artifact(Model):
    """A registered file; `digest` is `sha256:<hex>` of its bytes, `problem` says why nothing of it is indexed."""

    service: str
    path: str
    digest: str
    size: int
    language: Language
    definitions: int
    problem: str = ""


class TreeReport(Model):
    """A registered source tree: how many files are new, changed, as before, and gone."""

    service: str
    added: int
    changed: int
    unchanged: int
    removed: int
