"""Tables that Markdown does not take for tables: no separator, ragged rows, grids, rows after a blank line, HTML."""

import re
from html.parser import HTMLParser

from sluice.services.architect.reading.tree import Table

_RULE = re.compile(r"[\s|:+=\-—\u2013]+")
_CELL = re.compile(r"(?<!\\)\|")
_METHOD = re.compile(r"`?(?:GET|POST|PUT|PATCH|DELETE)`?")
MAX_CELLS = 40


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    """The cells of each line with its offset, when every line is a row with pipes; else empty."""
    found: list[tuple[int, list[str]]] = []
    for offset, line in enumerate(text.split("\n")):
        if _RULE.fullmatch(line):
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip().strip("|"))]
        if "|" not in line or (len(cells) < 2 and not line.strip().startswith("|")):  # noqa: PLR2004 - one cell is no table
            return []
        found.append((offset, cells[:MAX_CELLS]))
    return found


def fitted(cells: list[str], width: int) -> list[str]:
    """As many cells as the header has; what is too much is dropped, as in tables that Markdown knows."""
    return [*cells[:width], *[""] * (width - len(cells))]


def headless(cells: list[str]) -> list[str] | None:
    """Titles for a first row that is already data: a method and a path beside each other; None when it is a header."""
    titles = ["method" if _METHOD.fullmatch(c) else "path" if c.strip("`").startswith("/") else "notes" for c in cells]
    return titles if {"method", "path"} <= set(titles) else None


def extends(table: Table, rows: list[tuple[int, list[str]]], line: int) -> bool:
    """Whether rows after a blank line go on with the table above them."""
    near = line - table.span.line_end <= 2  # noqa: PLR2004 - the one blank line between
    return near and all(len(cells) == len(table.header) for _, cells in rows)


class _HtmlRows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class gives them
        if tag == "tr":
            self.rows.append((self.getpos()[0] - 1, []))
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1][1].append("")
            self.inside = True
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in {"td", "th", "tr"}

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1][1]:
            self.rows[-1][1][-1] += data


def rows_of_html(text: str) -> list[tuple[int, list[str]]]:
    """The cells of each row of the tables in a piece of HTML, with the row's offset in lines."""
    if "<tr" not in text.lower():
        return []
    reader = _HtmlRows()
    reader.feed(text)
    return [(offset, [" ".join(cell.split()) for cell in cells][:MAX_CELLS]) for offset, cells in reader.rows if cells]
