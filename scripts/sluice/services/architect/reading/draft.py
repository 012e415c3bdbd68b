"""What is known so far while a document is read; frozen into a Decomposition at the end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sluice.model.decomposition import Question, Requirement
from sluice.model.domain import EntityField
from sluice.model.service_map import Method, Span
from sluice.services.architect.reading.forms import stem
from sluice.services.architect.reading.names import split
from sluice.services.architect.reading.snippets.find import snippets
from sluice.services.architect.reading.snippets.snippet import Snippet
from sluice.services.architect.reading.stories import Wish
from sluice.services.architect.reading.tree import Section
from sluice.services.architect.reading.words import Words

MAX_QUESTIONS = 500


@dataclass(slots=True)
class ServiceDraft:
    """A service that the document names, or a group that was made because it names none.

    `origin` is the table or the section in which it was declared, to recognise a second row or heading of that name.
    """

    name: str
    original: str
    description: str = ""
    span: Span | None = None
    requirement: str | None = None
    confidence: float = 1.0
    port: int | None = None
    stack: str = ""
    origin: object = None
    depends_on: list[str] = field(default_factory=list)


@dataclass(slots=True)
class EntityDraft:
    """A noun with fields in the order of the document; `owner` is a service's name once known.

    `certain`: the document says in so many words that it is an entity; else fields or a path must bear it out.
    """

    name: str
    original: str
    fields: dict[str, EntityField] = field(default_factory=dict)
    owner: str | None = None
    description: str = ""
    span: Span | None = None
    requirement: str | None = None
    embedded: bool = False
    certain: bool = False
    confidence: float = 1.0


@dataclass(slots=True)
class EndpointDraft:
    """One `METHOD /path`; `text` is everything the document says about it.

    `strong` endpoints are declared (a heading, a table row, the start of an item), others are only mentioned.
    `request` and `responses` hold the fields that the document names; None: it names none.
    """

    method: Method
    path: str
    span: Span
    text: str = ""
    summary: str = ""
    service: str | None = None
    strong: bool = False
    auth: bool | None = None
    statuses: list[int] = field(default_factory=list)
    request: list[EntityField] | None = None
    response: list[EntityField] | None = None
    response_is_list: bool = False
    filters: list[str] = field(default_factory=list)
    requirement: str | None = None
    confidence: float = 1.0

    @property
    def key(self) -> str:
        """`METHOD /path`."""
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class EventDraft:
    """An event; `effects` maps a consumer to what the document says it does."""

    name: str
    span: Span
    written: str = ""
    publisher: str | None = None
    consumers: list[str] = field(default_factory=list)
    payload: list[EntityField] = field(default_factory=list)
    triggers: list[str] = field(default_factory=list)
    effects: dict[str, str] = field(default_factory=dict)
    requirement: str | None = None
    confidence: float = 1.0


@dataclass(slots=True)
class Draft:
    """The whole state; every list keeps the order of the document."""

    doc: Section
    words: Words
    services: dict[str, ServiceDraft] = field(default_factory=dict)
    aliases: dict[tuple[str, ...], str] = field(default_factory=dict)
    scopes: dict[Section, str] = field(default_factory=dict)
    entities: dict[str, EntityDraft] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    endpoints: list[EndpointDraft] = field(default_factory=list)
    by_shape: dict[str, list[EndpointDraft]] = field(default_factory=dict)
    events: dict[str, EventDraft] = field(default_factory=dict)
    questions: dict[tuple[str, str], Question] = field(default_factory=dict)
    requirements: dict[str, Requirement] = field(default_factory=dict)
    roles: dict[Section, frozenset[str]] = field(default_factory=dict)
    snippets: list[Snippet] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    described: dict[str, tuple[Span, list[EntityField]]] = field(default_factory=dict)
    _pattern: tuple[int, re.Pattern[str]] = (-1, re.compile("(?!)"))

    def __post_init__(self) -> None:
        for section in self.doc.walk():
            above = self.roles.get(section.parent) if section.parent else None
            excluded = above is not None and "excluded" in above
            self.roles[section] = above if excluded and above else self.words.roles(section.name)
        self.snippets = [snippet for section in self.sections() for snippet in snippets(section)]

    @property
    def title(self) -> Section | None:
        """The first heading when it is the title of the document."""
        first = self.doc.children[0] if self.doc.children else None
        return first if first is not None and first.level == 1 else None

    def sections(self) -> Iterator[Section]:
        """The sections that speak of what is to be built, in the order of the document."""
        return (section for section, roles in self.roles.items() if "excluded" not in roles)

    def ask(self, about: str, question: str, span: Span | None = None) -> None:
        """Notes a doubt once; beyond a bound one last question says that there are more."""
        if len(self.questions) < MAX_QUESTIONS:
            self.questions.setdefault((about, question), Question(about=about, question=question, source=span))
        elif ("document", "more") not in self.questions:
            text = f"There are more than {MAX_QUESTIONS} open questions; the rest is not listed."
            self.questions["document", "more"] = Question(about="document", question=text)

    def service_of(self, text: str) -> str | None:
        """The service that a name means, in any notation, with or without its `service` suffix."""
        return self.aliases.get(stem(split(text), self.words)) if text else None

    @property
    def service_pattern(self) -> re.Pattern[str]:
        """The names of the known services as they are written in running text, longest first."""
        if self._pattern[0] != len(self.services):
            written = {text for s in self.services.values() for text in (s.name, s.original) if _is_name(text)}
            options = "|".join(re.escape(text) for text in sorted(written, key=lambda t: (-len(t), t)))
            wide = r"\u2e80-\uffdc"  # between such letters stand no spaces
            bounded = rf"(?<![^\W{wide}])(?<![/-])(?:{options or '(?!)'})(?![^\W{wide}])(?!-)"
            self._pattern = (len(self.services), re.compile(bounded))
        return self._pattern[1]

    def service_of_exactly(self, text: str) -> str | None:
        """The service whose whole name this is; `Order` is not `order-service`."""
        name = "-".join(split(text))
        return name if name in self.services else None

    def scope(self, section: Section) -> str | None:
        """The service whose section this is, or stands below."""
        return self.scopes.get(section)


def _is_name(text: str) -> bool:
    """Not a plain word of the language: several words, a hyphen, or another script."""
    return len(text) > 2 and (bool(re.search(r"[\s-]", text)) or not text.isascii())  # noqa: PLR2004 - shorter is noise
