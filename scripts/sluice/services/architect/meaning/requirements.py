"""Requirements: sentences with an id, and which operation, entity or event covers them."""

import re

from sluice.model.decomposition import Requirement
from sluice.model.service_map import Span
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft, EventDraft, ServiceDraft
from sluice.services.architect.reading.tree import Item, Paragraph, Section, Table

MAX_REQUIREMENTS = 2000
_ID = re.compile(r"(?<![\w-])([A-Z][A-Z0-9]{0,9}(?:-[A-Z]{1,6})?)-(\d{1,6}[a-z]?)(?![\w-])")
_MENTION = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/[^\s`,;)]*)")

Drafted = ServiceDraft | EntityDraft | EndpointDraft | EventDraft


def settle(draft: Draft) -> None:
    """Fills `draft.requirements`, and gives every found item the requirement that it stands in."""
    lines: dict[int, str] = {}
    for section in draft.sections():
        _section(draft, section, lines)
    items: list[Drafted] = [
        *draft.services.values(),
        *draft.entities.values(),
        *draft.endpoints,
        *draft.events.values(),
    ]
    named = _named(draft)
    for item in items:
        if item.span is not None:
            label = item.key if isinstance(item, EndpointDraft) else item.name
            item.requirement = named.get(label) or _requirement_of(draft, item, lines)
    for key, requirement in draft.requirements.items():
        covered = _covered(draft, requirement)
        draft.requirements[key] = requirement.model_copy(update={"covered_by": covered})


def _section(draft: Draft, section: Section, lines: dict[int, str]) -> None:
    told = "requirements" in draft.roles[section]
    heading = _identified(draft, section.name)
    if heading:
        _note(draft, heading, section.name, section.span, lines)
    for block in section.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                text = " — ".join(cell.plain for cell in row.cells if cell.plain)
                span = Span(line_start=row.line, line_end=row.line)
                _note(draft, _identified(draft, row.cells[0].plain), text, span, lines)
        elif isinstance(block, Item | Paragraph):
            text = block.text.plain
            name = _identified(draft, text)
            if name is None and told and draft.words.pattern("obligations", "").search(text):
                name = f"R-{block.span.line_start}"
            _note(draft, name, text, block.span, lines)


def _identified(draft: Draft, text: str) -> str | None:
    """`REQ-1` at the beginning of a text."""
    found = _ID.search(text[:40])
    if not found or draft.words.has("not_requirements", found.group(1).lower()):
        return None
    return found.group(0) if not re.search(r"\w{4,}", text[: found.start()]) else None


def _note(draft: Draft, name: str | None, text: str, span: Span, lines: dict[int, str]) -> None:
    if name is None or len(draft.requirements) >= MAX_REQUIREMENTS:
        return
    if name in draft.requirements and draft.requirements[name].text != text[:1000]:
        draft.ask(name, "Two requirements have this id; the first was taken.", span)
    draft.requirements.setdefault(name, Requirement(id=name, text=text[:1000], source=span))
    for line in range(span.line_start, min(span.line_end, span.line_start + 200) + 1):
        lines.setdefault(line, name)


def _named(draft: Draft) -> dict[str, str]:
    """Endpoints and events by the first requirement of the document that names them."""
    found: dict[str, str] = {}
    for requirement in draft.requirements.values():
        for method, path in _MENTION.findall(requirement.text):
            found.setdefault(f"{method} {path.rstrip('.')}", requirement.id)
        for name in draft.events.keys() & set(re.findall(r"\w+", requirement.text)):
            found.setdefault(name, requirement.id)
    return found


def _requirement_of(draft: Draft, item: Drafted, lines: dict[int, str]) -> str:
    """The requirement at the item's first line, else one made from that line."""
    span = item.span or Span(line_start=1, line_end=1)
    if span.line_start in lines:
        return lines[span.line_start]
    name = f"R-{span.line_start}"
    label = item.key if isinstance(item, EndpointDraft) else item.name
    if name not in draft.requirements:
        text = f"{label}: {item.summary}" if isinstance(item, EndpointDraft) and item.summary else label
        draft.requirements[name] = Requirement(id=name, text=text, source=span)
        lines[span.line_start] = name
    return name


def _covered(draft: Draft, requirement: Requirement) -> tuple[str, ...]:
    """What stands in the requirement's lines or belongs to it, then what its text names."""
    services = {s.name for s in draft.services.values() if s.requirement == requirement.id}
    own = [e.key for e in draft.endpoints if e.requirement == requirement.id or e.service in services]
    own += [e.name for e in draft.entities.values() if e.requirement == requirement.id]
    own += [e.name for e in draft.events.values() if e.requirement == requirement.id]
    keys = {e.key for e in draft.endpoints}
    named = [f"{method} {path.rstrip('.')}" for method, path in _MENTION.findall(requirement.text)]
    words = set(re.findall(r"[A-Za-z]\w*", requirement.text))
    nouns = {names.entity_name(word) for word in words}
    own += [name for name in named if name in keys]
    own += [name for name in draft.events if name in words]
    own += [name for name in draft.entities if name in nouns]
    return tuple(dict.fromkeys(own))
