"""What one formal piece of a document says, before it is known which of it the rest of the document bears out."""

from dataclasses import dataclass, field

from sluice.model.domain import EntityField
from sluice.services.architect.reading.tree import Section


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a diagram; `kind` is what the diagram calls it: `component`, `participant`, `actor`, `database`."""

    name: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two boxes with the words on it."""

    source: str
    target: str
    text: str
    line: int


@dataclass(slots=True)
class Noun:
    """An entity with its fields; `owner` is a service as it is written, '' when the piece does not say."""

    name: str
    line: int
    owner: str = ""
    fields: list[EntityField] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP operation; `auth`, `request` and `response` are None where the piece says nothing."""

    method: str
    path: str
    line: int
    summary: str = ""
    auth: bool | None = None
    statuses: tuple[int, ...] = ()
    request: tuple[EntityField, ...] | None = None
    response: tuple[EntityField, ...] | None = None
    response_is_list: bool = False
    filters: tuple[str, ...] = ()


@dataclass(slots=True)
class Snippet:
    """All that one piece says; `section` is where it stands, `owner` the service that it is about, as it is written."""

    section: Section
    line: int
    owner: str = ""
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    nouns: list[Noun] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    events: list[Noun] = field(default_factory=list)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
