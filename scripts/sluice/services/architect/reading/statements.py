"""Sentences about entities: `order-service owns Order and Item`, `A project has a title and a budget`."""

import re
from collections.abc import Iterator

from sluice.model.domain import EntityField
from sluice.model.service_map import Span
from sluice.services.architect.reading import fields, listings, mentions, names, noting, shapes
from sluice.services.architect.reading.draft import Draft, EntityDraft
from sluice.services.architect.reading.tree import Paragraph, Section, Text, texts_of

MAX_SENTENCE, MAX_NOUN_WORDS = 1500, 3
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[^\W\d_a-z]|`|\W*$)|\n\n")
_OWNED = re.compile(r"(?:^|(?<=\s))[`*]*([A-Z][A-Za-z0-9]*(?:\s[A-Z][A-Za-z0-9]*){0,2})[`*]*\s*(?:\(([^()]*)\))?")
_DEFINED = re.compile(r"\s*[`*]*([A-Za-z_]\w*)[`*]*\??\s*[:(]")
_BARE_NAME = re.compile(r"^[`*\s]*([^\W\d_][\w-]*(?:\s[^\W\d_][\w-]*){0,3})[`*]*")


def find(draft: Draft) -> None:
    """Adds what sentences say of entities that are known, and notes what they say of other nouns."""
    for section in draft.sections():
        for block in section.blocks:
            for text in texts_of(block):
                for line, sentence in _sentences(text):
                    _owning(draft, section, sentence, line)
                    _having(draft, section, sentence, Span(line_start=line, line_end=line), text.marked)


def _sentences(text: Text) -> Iterator[tuple[int, str]]:
    start = 0
    for end in [*(found.start() for found in _SENTENCE.finditer(text.plain)), len(text.plain)]:
        sentence = text.plain[start:end].strip()
        if sentence:
            yield text.line_at(start + 1 if start else 0), sentence[:MAX_SENTENCE].replace("\n", " ")
        start = end


def _owning(draft: Draft, section: Section, sentence: str, line: int) -> None:
    """`The Registry keeps a Greenhouse (with id, name) and a Sensor`: each clause about the service before its verb."""
    verbs = list(draft.words.pattern("verbs", "own").finditer(sentence))
    for found, following in zip(verbs, [*verbs[1:], None][: len(verbs)], strict=True):
        before = sentence[: found.start()]
        named = mentions.services_in(draft, before)
        if not named or draft.words.pattern("negations", "").search(before[-40:]):
            continue
        after = sentence[found.end() : following.start() if following else len(sentence)]
        for noun in _OWNED.finditer(after):
            known = noun.group(1) in draft.entities
            if (draft.service_of(noun.group(1)) in draft.services and not known) or noun.group(1).isupper():
                continue
            span = Span(line_start=line, line_end=line)
            entity = noting.entity(draft, noun.group(1), section, span, named[-1], certain=True)
            for field in listings.from_names(re.sub(r"^\s*with\s+", "", noun.group(2) or "")):
                _add(entity, field)


def _having(draft: Draft, section: Section, sentence: str, span: Span, marked: tuple[str, ...]) -> None:
    """`A project has a title, a budget and a status (planned, closed)`."""
    words = draft.words
    found = words.pattern("verbs", "have").search(sentence)
    if found is None:
        return
    subject = noun_before(draft, sentence[: found.start()])
    if not subject:
        return
    made = [field for piece in shapes.row(sentence[found.end() :]) if (field := described(draft, piece))]
    entity = draft.entities.get(names.entity_name(subject))
    if entity is None and made and ("entities" in draft.roles[section] or any(f.name in marked for f in made)):
        entity = noting.entity(draft, subject, section, span)
    if entity is not None:
        for field in made:
            _add(entity, field)
    elif made:
        draft.described.setdefault(names.entity_name(subject), (span, made))


def noun_before(draft: Draft, text: str) -> str:
    """`time entry` of `A time entry`, '' unless the text is a noun with a determiner before it."""
    parts = text.strip(" `*-").lower().split()
    determiners = draft.words.groups["stories"]["determiners"]
    bare = [part for part in parts if part not in determiners]
    if not parts or parts[0] not in determiners or not 0 < len(bare) <= MAX_NOUN_WORDS:
        return ""
    prose = any(
        draft.words.has("stop_words", part) or part in draft.words.groups["stories"]["noun_end"] for part in bare
    )
    return "" if prose else " ".join(bare)


def described(draft: Draft, piece: str) -> EntityField | None:
    """The field of `a billing address`, `a status (open, closed)`, `name (string, unique)`; None for prose."""
    head, bracket, rest = piece.partition("(")
    ends = draft.words.groups["stories"]["noun_end"]
    parts: list[str] = []
    for part in head.strip(" `*.").split():
        if part.lower() in ends:
            break
        if part.lower() not in draft.words.groups["stories"]["determiners"]:
            parts.append(part.strip("`*,."))
    if not 0 < len(parts) <= MAX_NOUN_WORDS or not re.fullmatch(r"[^\W\d_][\w]*", parts[0]):
        return None
    about = rest.rstrip(" .)") if bracket else ""
    values = [value.strip() for value in about.split(",")]
    if len(values) > 1 and not fields.states_type(about) and all(re.fullmatch(r"[\w-]{1,30}", v) for v in values):
        about = f"one of {about}"
    return shapes.field(" ".join(parts), about)


def _add(entity: EntityDraft, field: EntityField) -> None:
    if field.name not in entity.fields and len(entity.fields) < noting.MAX_FIELDS:
        entity.fields[field.name] = field


def loose_fields(block: Paragraph) -> list[EntityField]:
    """The fields of `` `sku` string, required; `price` number; status one of a, b ``: each piece begins with a name."""
    if len(block.text.marked) < 2:  # noqa: PLR2004 - one marked word is an emphasis
        return []
    pieces = [piece.strip() for piece in re.split(r";|\n(?=\s*[\w]+\s*:)", block.text.plain) if piece.strip(" .")]
    found: list[EntityField] = []
    for piece in pieces:
        name = next((mark for mark in block.text.marked if piece.startswith(mark)), "")
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            return []
        field = shapes.field(name, piece[len(name) :].strip(" :,.").replace("\n", " "))
        if field is not None:
            found.append(field)
    return found


def definition(draft: Draft, block: Paragraph) -> tuple[str, list[EntityField]]:
    """`Sample:` and below it lines such as `barcode: string, unique`; ('', []) when the paragraph is none."""
    first, *rest = block.text.plain.split("\n")
    head = re.fullmatch(r"\s*[`*]*([A-Z][\w-]*(?:\s[A-Z][\w-]*){0,2})[`*]*\s*:?\s*(?:\([^)]*\))?\s*:?", first)
    lines = [line.strip(" -*•") for line in rest if line.strip()]
    if head is None or not lines or not all(_DEFINED.match(line) for line in lines):
        return "", []
    made = [listings.from_line(Text(line, block.text.line)) for line in lines]
    typed = [f for f, line in zip(made, lines, strict=True) if f and fields.states_type(line.partition(":")[2])]
    return (head.group(1), [field for field in made if field]) if typed or draft.words.is_title(first) else ("", [])
