"""The PRD as a tree: sections that hold paragraphs, list items, tables and code, each with its line span."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from sluice.core.collector import collector_paused
from sluice.model.service_map import Span
from sluice.services.architect.reading import frontmatter, pipes, structure
from sluice.services.architect.reading.tree import Code, Item, Paragraph, Row, Section, Table, Text
from sluice.services.architect.reading.words import load

_MARKUP = re.compile(r"[`*_\[<&\\~]")
_BOLD = re.compile(r"(\*\*|__)[^*_\n]+(?::?\1|\1:?)")
_NUMBERED = re.compile(r"(?m)^(\d{1,3})([.)])([ \t]+\S[^\n]*\n(?:-{3,}|={3,})[ \t]*$)")
_SPACES = re.compile(r"[ \t]{3,}")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class _Builder:
    """Turns the token stream of markdown-it into sections."""

    def __init__(self, lines: int) -> None:
        self.root = Section(0, Text("", 1), Span(line_start=1, line_end=max(1, lines)))
        self.section = self.root
        self.items: list[Item] = []
        self.table: Table | None = None
        self.cells: list[Text] | None = None
        self.heading = 0
        self.line = 1
        self.inline = MarkdownIt("zero").enable(["backticks", "emphasis", "strikethrough", "link", "escape", "entity"])

    def feed(self, token: Token) -> None:
        if token.map:
            self.line = token.map[0] + 1
        handler = getattr(self, f"_{token.type}", None)
        if handler is not None:
            handler(token)

    def text(self, content: str, line: int) -> Text:
        source = _BREAK.sub(" ", content) if "<" in content else content
        source = _SPACES.sub("  ", source) if "   " in source else source
        if not _MARKUP.search(source):
            return Text(source.strip(), line)
        plain, marked = "", list[str]()
        start: int | None = None
        for part in self.inline.parseInline(source)[0].children or []:
            if part.type == "strong_open":
                start = len(plain)
            elif part.type == "strong_close" and start is not None:
                marked.append(plain[start:])
            elif part.type == "code_inline":
                marked.append(part.content)
            plain += "\n" if part.type in {"softbreak", "hardbreak"} else part.content
        bold = bool(marked) and bool(_BOLD.fullmatch(source.strip()))
        return Text(plain.strip(), line, tuple(marked), strong=bold)

    def _heading_open(self, token: Token) -> None:
        self.heading = int(token.tag[1])

    def _inline(self, token: Token) -> None:
        if not self.heading and self.cells is None and not self.items and "|" in token.content and self._pipes(token):
            return
        text = self.text(token.content, self.line)
        if self.heading:
            self._open_section(text)
        elif self.cells is not None:
            self.cells.append(text)
        elif self.items:
            self._item_text(text)
            end = token.map[1] if token.map else self.line
            for item in self.items:
                item.span = Span(line_start=item.span.line_start, line_end=max(item.span.line_start, end))
        elif text.plain:
            self.section.blocks.append(Paragraph(text, _span(token)))

    def _pipes(self, token: Token) -> bool:
        """A paragraph of rows with pipes is a table, or goes on with the one above."""
        return self._rows(pipes.rows_of(token.content), token)

    def _html_block(self, token: Token) -> None:
        self._rows(pipes.rows_of_html(token.content), token)

    def _rows(self, rows: list[tuple[int, list[str]]], token: Token) -> bool:
        last = self.section.blocks[-1] if self.section.blocks else None
        span = _span(token)
        if rows and isinstance(last, Table) and pipes.extends(last, rows, span.line_start):
            table = last
        elif len(rows) > 1:
            titles = pipes.headless(rows[0][1])
            table = Table(tuple(title.lower() for title in titles or self._plain(rows.pop(0)[1])), [], span)
            self.section.blocks.append(table)
        else:
            return False
        for offset, cells in rows:
            line = span.line_start + offset
            fitted = pipes.fitted(cells, len(table.header))
            table.rows.append(Row(tuple(self.text(cell, line) for cell in fitted), line))
        table.span = Span(line_start=table.span.line_start, line_end=span.line_end)
        return True

    def _plain(self, cells: list[str]) -> list[str]:
        return [self.text(cell, self.line).plain for cell in cells]

    def _item_text(self, text: Text) -> None:
        item = self.items[-1]
        if item.text.plain:
            item.more.append(text)
        else:
            item.text = text

    def _open_section(self, title: Text) -> None:
        parent = self.section
        while parent.level >= self.heading and parent.parent is not None:
            parent = parent.parent
        span = Span(line_start=title.line, line_end=title.line)
        self.section = Section(self.heading, title, span, parent)
        parent.children.append(self.section)
        self.heading = 0

    def _list_item_open(self, _: Token) -> None:
        item = Item(Text("", self.line), Span(line_start=self.line, line_end=self.line))
        if self.items:
            self.items[-1].children.append(item)
        else:
            self.section.blocks.append(item)
        self.items.append(item)

    def _list_item_close(self, _: Token) -> None:
        self.items.pop()

    def _table_open(self, token: Token) -> None:
        self.table = Table((), [], _span(token))
        self.section.blocks.append(self.table)

    def _tr_open(self, _: Token) -> None:
        self.cells = []

    def _tr_close(self, _: Token) -> None:
        if self.table is None or self.cells is None:
            return
        if self.table.header:
            self.table.rows.append(Row(tuple(self.cells), self.line))
        else:
            self.table.header = tuple(cell.plain.lower() for cell in self.cells)
        self.cells = None

    def _front_matter(self, token: Token) -> None:
        self.section.blocks.extend(frontmatter.tables(token.content, _span(token).line_start + 1, load()))

    def _fence(self, token: Token) -> None:
        info = token.info.strip().lower()
        self.section.blocks.append(Code(info, token.content, _span(token)))
        if info.split(" ")[0] in {"yaml", "yml"}:
            self.section.blocks.extend(frontmatter.tables(token.content, _span(token).line_start + 1, load()))

    _code_block = _fence


def _span(token: Token) -> Span:
    start, end = token.map or (0, 1)
    return Span(line_start=start + 1, line_end=max(start + 1, end))


def _close_spans(root: Section) -> None:
    """A section reaches to the line before the next heading of its level or above."""
    ordered = list(root.walk())
    open_sections: list[Section] = []
    for section in ordered:
        while open_sections and open_sections[-1].level >= section.level:
            _close(open_sections.pop(), section.span.line_start - 1)
        open_sections.append(section)
    for section in open_sections:
        _close(section, root.span.line_end)


def _close(section: Section, line: int) -> None:
    start = section.span.line_start
    section.span = Span(line_start=start, line_end=max(start, line))


def parse(text: str) -> Section:
    """The document as a section of level 0; linear in the size of the text."""
    parser = MarkdownIt("commonmark").enable("table").disable("inline").use(front_matter_plugin)
    text = _NUMBERED.sub(r"\1\\\2\3", text)
    builder = _Builder(text.count("\n") + 1)
    with collector_paused():
        for token in parser.parse(text):
            builder.feed(token)
    _close_spans(builder.root)
    structure.normalise(builder.root, load())
    return builder.root
