"""Labels that stand alone above what they label: `Data owned:` and a list, `Service: billing` and lines of its own."""

import re
from typing import Final

from sluice.model.service_map import Span
from sluice.services.architect.reading import forms
from sluice.services.architect.reading.tree import Block, Item, Paragraph, Section, Text
from sluice.services.architect.reading.words import Words

LISTED: Final = frozenset({"entities", "publishes", "consumes", "depends", "fields"})
MAX_LABEL, MAX_INTRO = 60, 160
_LINE = re.compile(r"\s*[^\W\d_][^:\n]{0,40}:\s+\S")
_SEGMENT = re.compile(r"(?<=[.;)])\s+(?=\S)")


def gather(section: Section, words: Words) -> None:
    """A label and the list below it become one item; a block of labelled lines about a service becomes its section."""
    kept: list[Block] = []
    made: list[Section] = []
    holder: Item | None = None
    for block in section.blocks:
        if holder is not None and isinstance(block, Item):
            holder.children.append(block)
            holder.span = Span(line_start=holder.span.line_start, line_end=block.span.line_end)
            continue
        holder = _holder(section, block, words)
        if holder is not None:
            kept.append(holder)
        elif isinstance(block, Paragraph) and _is_record(block, words):
            made.append(_record(section, block))
        else:
            kept.append(block)
    section.blocks = kept
    section.children[:0] = made


def _holder(section: Section, block: Block, words: Words) -> Item | None:
    if not isinstance(block, Paragraph) or len(block.text.plain) > MAX_LABEL or "\n" in block.text.plain:
        return None
    plain = block.text.plain.strip()
    bare = plain.rstrip(":").strip()
    found = words.label.fullmatch(f"{bare}:") if block.text.strong or plain.endswith(":") else None
    if found is None or found.lastgroup not in LISTED or (words.is_title(bare) and not about_service(section, words)):
        return None
    return Item(Text(f"{bare}:", block.text.line), block.span)


def about_service(section: Section, words: Words) -> bool:
    """A section whose title is a service's name, or that stands below a heading such as `Services`."""
    above = section.parent
    if above is not None and above.level > 0 and "services" in words.roles(above.name):
        return True
    labelled = words.labelled(section.name)
    return bool(forms.titled(words, section.name)) or bool(labelled and labelled[0] == "service")


def _is_record(block: Paragraph, words: Words) -> bool:
    first, *rest = block.text.plain.split("\n")
    labelled = words.labelled(first)
    return bool(rest) and bool(labelled and labelled[0] == "service") and all(map(_LINE.match, rest))


def _record(parent: Section, block: Paragraph) -> Section:
    first, *rest = block.text.plain.split("\n")
    made = Section(parent.level + 1, Text(first, block.text.line), block.span, parent)
    made.blocks = [
        Paragraph(Text(line, block.text.line + offset, block.text.marked), block.span)
        for offset, line in enumerate(rest, 1)
    ]
    return made


def segments(text: Text, words: Words) -> list[Text]:
    """The sentences of a text, cut before each label such as `Entities: Machine, Sensor.`; [] without any."""
    pieces: list[str] = [""]
    told = False
    for piece in _SEGMENT.split(text.plain):
        labelled = words.labelled(piece)
        if labelled and labelled[0] in LISTED:
            told = True
            pieces.append(piece)
        elif pieces[-1] and not words.labelled(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
    return [Text(piece, text.line, text.marked) for piece in pieces if piece.strip()] if told else []


def introduces(block: Block, following: Block | None, words: Words) -> str:
    """The role word of `We need the following services:` above a list; '' for any other paragraph."""
    if not isinstance(block, Paragraph) or not isinstance(following, Item):
        return ""
    last = re.split(r"[.!?]\s", block.text.plain.strip())[-1]
    if not last.endswith(":") or len(last) > MAX_INTRO:
        return ""
    bare = last.rstrip(":* ").lower()
    for role in ("services", "entities", "events"):
        for phrase in words.groups["sections"][role]:
            if bare.endswith(phrase) and not bare.removesuffix(phrase)[-1:].isalpha():
                return phrase
    return ""
