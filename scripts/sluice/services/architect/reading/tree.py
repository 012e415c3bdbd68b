"""What a document consists of: sections that hold paragraphs, list items, tables and code."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sluice.model.service_map import Span
from sluice.services.architect.reading.names import without_number

MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class Text:
    """Words without their markup; `marked` are the code spans and bold parts; `line` counts from 1.

    `strong`: all of it is bold.
    """

    plain: str
    line: int
    marked: tuple[str, ...] = ()
    strong: bool = False

    def line_at(self, offset: int) -> int:
        """The line on which the character at `offset` stands."""
        return self.line + self.plain.count("\n", 0, offset)


@dataclass(slots=True)
class Paragraph:
    """A paragraph outside any list."""

    text: Text
    span: Span


@dataclass(slots=True)
class Item:
    """One list item: its first paragraph, the paragraphs that follow, the items below it."""

    text: Text
    span: Span
    more: list[Text] = field(default_factory=list)
    children: list["Item"] = field(default_factory=list)

    def lines(self) -> Iterator[Text]:
        """All texts of the item and of the items below it."""
        pending = [self]
        while pending:
            item = pending.pop(0)
            yield from (item.text, *item.more)
            pending[:0] = item.children


@dataclass(slots=True)
class Row:
    """One row of a table, as many cells as its header has."""

    cells: tuple[Text, ...]
    line: int


@dataclass(slots=True)
class Table:
    """A table; `header` are the lower-case titles of the columns."""

    header: tuple[str, ...]
    rows: list[Row]
    span: Span


@dataclass(slots=True)
class Code:
    """A fenced or indented code block."""

    info: str
    text: str
    span: Span


Block = Paragraph | Item | Table | Code


def texts_of(block: Block) -> Iterator[Text]:
    """The running texts of a block: none for tables and code."""
    if isinstance(block, Item):
        yield from block.lines()
    elif isinstance(block, Paragraph):
        yield block.text


@dataclass(slots=True, eq=False)
class Section:
    """A heading with what stands below it; level 0 is the whole document."""

    level: int
    title: Text
    span: Span
    parent: "Section | None" = None
    blocks: list[Block] = field(default_factory=list)
    children: list["Section"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The title without its number."""
        return without_number(self.title.plain[:MAX_TITLE])

    def walk(self) -> Iterator["Section"]:
        """This section and all below it, in the order of the document."""
        pending = [self]
        while pending:
            section = pending.pop()
            yield section
            pending.extend(reversed(section.children))

    def ancestors(self) -> Iterator["Section"]:
        """This section, then its parents up to the document."""
        section: Section | None = self
        while section is not None:
            yield section
            section = section.parent
