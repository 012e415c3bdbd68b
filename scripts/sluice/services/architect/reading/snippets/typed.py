"""Typed structures of programming and schema languages: TypeScript interfaces, protobuf messages, Prisma and DBML."""

import re

from sluice.services.architect.reading.snippets import diagrams
from sluice.services.architect.reading.snippets.snippet import Noun, Snippet

_BLOCK = re.compile(
    r"^\s*(?:export\s+)?(?:interface|type|class|model|message|struct|table|record|entity)\s+\"?([A-Za-z_]\w*)\"?[^{;\n]*\{\s*$",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(?://+|#|/\*+)\s*([^*]+?)\s*(?:\*/)?\s*$")
_TAIL = re.compile(r"\s*(?:=\s*\d+|//.*|@.*|\[.*\])\s*;?\s*$")
_NAME_FIRST = re.compile(r"^\s*([a-z_]\w*)\s+([A-Za-z_][\w()]*(?:\[\])?\??)$")
MAX_LINES, MAX_LINE = 20_000, 300


def read(found: Snippet, text: str, first: int) -> None:
    """Adds the structures of a piece of code; a comment above them may name their service."""
    noun: Noun | None = None
    owner = ""
    swapped = bool(re.search(r"^\s*(?:model|table)\s", text, re.IGNORECASE | re.MULTILINE))
    for offset, line in enumerate(text.split("\n")[:MAX_LINES]):
        if noun is None and (block := _BLOCK.match(line[:MAX_LINE])):
            noun = Noun(block.group(1), first + offset, owner)
            found.nouns.append(noun)
        elif noun is not None and line.strip().startswith("}"):
            noun = None
        elif noun is not None:
            _field(noun, _TAIL.sub("", line[:MAX_LINE]), swapped=swapped)
        elif comment := _COMMENT.match(line[:MAX_LINE]):
            owner = comment.group(1)


def _field(noun: Noun, line: str, *, swapped: bool) -> None:
    pair = _NAME_FIRST.match(line) if swapped else None
    diagrams.member(noun, f"{pair.group(1)}: {pair.group(2)}" if pair else line)
