from sluice.services.architect.reading import markdown
from sluice.services.architect.reading.tree import Code, Item, Paragraph, Table

TEXT = """---
title: x
---
# Title

First `code` and **bold**
line two.

| A | `B` |
|---|---|
| 1 | x \\| y |

## Part

- one
  - inner

    more
- two

> quoted

```json
{"a": 1}
```
"""


def parts():
    root = markdown.parse(TEXT)
    return list(root.walk())


def test_sections_know_their_lines_and_parents():
    root, title, part = parts()
    assert (title.name, title.span.line_start, title.span.line_end) == ("Title", 4, 26)
    assert (part.name, part.parent, part.span.line_start) == ("Part", title, 13)
    assert root.span.line_start == 1


def test_text_is_free_of_markup_and_knows_what_was_marked():
    paragraph = parts()[1].blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text.plain == "First code and bold\nline two."
    assert paragraph.text.marked == ("code", "bold")
    assert paragraph.text.line_at(paragraph.text.plain.index("line")) == 7


def test_tables_have_lower_case_headers_and_rows_with_their_line():
    table = parts()[1].blocks[1]
    assert isinstance(table, Table)
    assert table.header == ("a", "b")
    assert [cell.plain for cell in table.rows[0].cells] == ["1", "x | y"]
    assert table.rows[0].line == 11


def test_items_hold_their_items_and_end_where_their_text_ends():
    one, two = (block for block in parts()[2].blocks if isinstance(block, Item))
    assert [text.plain for text in one.lines()] == ["one", "inner", "more"]
    assert (one.span.line_start, one.span.line_end) == (15, 18)
    assert (two.span.line_start, two.span.line_end) == (19, 19)


def test_quotes_are_read_and_code_is_kept_as_it_is():
    *_, quote, code = parts()[2].blocks
    assert isinstance(quote, Paragraph)
    assert quote.text.plain == "quoted"
    assert isinstance(code, Code)
    assert (code.info, code.text) == ("json", '{"a": 1}\n')


def test_headings_inside_code_are_no_sections():
    root = markdown.parse("# A\n\n```\n# B\n```\n")
    assert [section.name for section in root.walk()] == ["", "A"]
