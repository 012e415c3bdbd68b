"""Headings that Markdown does not take for headings: bold lines, `Services:`, items of a nested list."""

import re
from collections import Counter

from sluice.model.service_map import Span
from sluice.services.architect.reading import forms, labels
from sluice.services.architect.reading.tree import Block, Item, Paragraph, Section, Text
from sluice.services.architect.reading.words import Words

MAX_TITLE, MAX_TITLE_WORDS = 80, 8
ANNOUNCING, NAMING, INSIDE = 7, 8, 9
_ENDPOINT = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\b\s+`?/")
_LEAD = re.compile(r"\s*(.{1,80}?)\s*(?::\s|:$|\s[—\u2013-]\s|—|\n|$)", re.DOTALL)


def normalise(root: Section, words: Words) -> None:
    """Makes sections of what is meant as a heading; each keeps the lines that it stands on."""
    pending = [root]
    while pending:
        section = pending.pop()
        labels.gather(section, words)
        _cut(section, words)
        _unfold(section, words)
        pending.extend(section.children)


def _cut(section: Section, words: Words) -> None:
    """Bold lines and bare titles among the blocks of a section begin sections below it."""
    following = [*section.blocks[1:], None]
    told = (_title(b, words) or labels.introduces(b, n, words) for b, n in zip(section.blocks, following, strict=False))
    titles = {position: text for position, text in enumerate(told) if text}
    if not titles:
        return
    often = Counter(text.lower() for text in titles.values())
    kept: list[Block] = []
    made: list[Section] = []
    open_sections: list[Section] = []
    for position, block in enumerate(section.blocks):
        text = titles.get(position, "")
        if not text or not isinstance(block, Paragraph):
            (open_sections[-1].blocks if open_sections else kept).append(block)
        else:
            level = _level(text, words, repeated=often[text.lower()] > 1)
            while open_sections and open_sections[-1].level >= level:
                open_sections.pop()
            parent = open_sections[-1] if open_sections else section
            child = Section(level, Text(text, block.text.line, block.text.marked), block.span, parent)
            (parent.children if parent is not section else made).append(child)
            open_sections.append(child)
    section.blocks = kept
    section.children[:0] = made
    for child in made:
        _close(child)


def _title(block: Block, words: Words) -> str:
    """The text of a paragraph that is a heading in all but its markup, else ''."""
    if not isinstance(block, Paragraph):
        return ""
    plain = block.text.plain.strip()
    bare = plain.rstrip(":").strip()
    if "\n" in plain or len(plain) > MAX_TITLE or len(plain.split()) > MAX_TITLE_WORDS or plain.endswith((".", ",")):
        return ""
    named = plain.endswith(":") and bool(forms.titled(words, bare) or forms.of(words).mention.fullmatch(bare))
    return bare if bare and (block.text.strong or words.is_title(bare) or named) else ""


def _level(text: str, words: Words, *, repeated: bool) -> int:
    if not words.is_title(text):
        return NAMING
    minor = words.has("generic_headings", text.lower()) and not _main(text, words)
    return INSIDE if repeated or minor else ANNOUNCING


def _main(text: str, words: Words) -> bool:
    """A title that begins a part of the document rather than of one service or entity."""
    return bool(words.roles(text) & {"services", "entities", "events", "excluded", "requirements", "endpoints"})


def _unfold(section: Section, words: Words) -> None:
    """Items with items below them become sections when they are titles, or services with what belongs to them."""
    one = bool(forms.titled(words, section.name)) and not words.is_title(section.name)
    listed = "services" in words.roles(section.name) and section.level > 1 and not one
    parts = [b for b in section.blocks if isinstance(b, Item) and _is_part(b, words, listed=listed)]
    if not parts:
        return
    if listed:
        parts = [b for b in section.blocks if isinstance(b, Item)]
    chosen = {id(part) for part in parts}
    section.blocks = [block for block in section.blocks if id(block) not in chosen]
    section.children[:0] = [_section(part, section, words) for part in parts]


def _is_part(item: Item, words: Words, *, listed: bool) -> bool:
    text = item.text.plain
    if listed and labels.segments(item.text, words):
        return True
    if not item.children:
        return False
    if _ENDPOINT.search(text) or len(text) > MAX_TITLE * 4:
        return False
    if words.is_title(text):
        return True
    named = listed or bool(forms.titled(words, _lead(item.text)[0]))
    return named and any(_tells(child, words) for child in item.children)


def _tells(child: Item, words: Words) -> bool:
    """An item below a service that says what belongs to it."""
    text = child.text.plain
    return bool(words.labelled(text) or words.is_title(text) or _ENDPOINT.search(text))


def _lead(text: Text) -> tuple[str, str]:
    """The name at the beginning of an item, and the rest of it."""
    found = _LEAD.match(text.plain)
    name = text.marked[0] if text.marked and text.plain.startswith(text.marked[0]) else found.group(1) if found else ""
    rest = text.plain[text.plain.find(name) + len(name) :] if name else ""
    return name.rstrip(": "), rest.strip(" :—\u2013-")


def _section(item: Item, parent: Section, words: Words) -> Section:
    name, rest = _lead(item.text)
    made = Section(parent.level + 1, Text(name, item.text.line, item.text.marked), item.span, parent)
    below = Text(rest, item.text.line, item.text.marked)
    said = [*(labels.segments(below, words) or [below]), *item.more] if rest else item.more
    made.blocks = [Paragraph(text, item.span) for text in said]
    made.blocks += item.children
    return made


def _close(section: Section) -> None:
    """A made section reaches to its last block."""
    for child in section.children:
        _close(child)
    ends = [block.span.line_end for block in section.blocks] + [child.span.line_end for child in section.children]
    start = section.span.line_start
    section.span = Span(line_start=start, line_end=max(start, *ends, section.span.line_end))
