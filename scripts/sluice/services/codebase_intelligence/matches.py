"""From the matches of a language's query to symbols: names nested by position, imports, routes and events.

The names of captures are the language of the `.scm` files: `@definition.KIND` with `@name`, optionally `@scope` (the
owner's name where the text does not enclose it), `@body` (where the signature ends) and `@value`; `@scope.block` and
`@scope.type` only name what is inside; `@package` names all of it.  The rest is in `references.py`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tree_sitter import Node

from sluice.services.codebase_intelligence.facts import (
    CONSTANT,
    EXPORTED,
    MAX_NAME,
    MAX_SIGNATURE,
    MAX_SYMBOLS,
    Symbol,
)
from sluice.services.codebase_intelligence.grammars import Language
from sluice.services.codebase_intelligence.references import References, literal

Captures = Mapping[str, list[Node]]
_DEFINITION: Final = "definition."
_OWNERS: Final = frozenset({"class", "struct", "interface", "enum", "trait", "type", "scope.type"})
_WEAK: Final = frozenset({"constant", "type", "declaration"})  # what a stronger word for the same thing replaces
_OWNED: Final = frozenset({"function", "method"})
_GENERIC: Final = re.compile(r"<[^<>]*>")
_SPACE: Final = re.compile(r"\s+")


@dataclass
class _Place:
    """A definition, or a scope that only names what is in it, with where it stands."""

    start: int
    end: int
    kind: str
    names: tuple[str, ...]
    symbol: Symbol
    owner: "_Place | None" = None
    qualified: str = ""


@dataclass
class _File:
    source: bytes
    signatures: bool
    places: dict[tuple[int, str, bool], _Place] = field(default_factory=dict)
    package: str = ""
    exported: list[Symbol] = field(default_factory=list)
    suspicious: bool = False


def symbols_of(
    matches: Iterable[tuple[int, Captures]], language: Language, source: bytes, *, signatures: bool
) -> tuple[list[Symbol], bool]:
    """All symbols in the order of the text, and whether a body is missing where the grammar does not mind."""
    file = _File(source, signatures)
    references = References(language)
    for _, captures in matches:
        if not _defined(file, captures):
            references.add(captures)
    symbols = [*_nested(file), *file.exported, *references.symbols()]
    symbols.sort(key=lambda symbol: (symbol.line, symbol.end_line, symbol.kind, symbol.qualified))
    return symbols, file.suspicious


def _defined(file: _File, captures: Captures) -> bool:
    """Note a match that defines something; False when it is of another sort."""
    for capture, nodes in captures.items():
        if capture.startswith(_DEFINITION):
            for node in nodes:
                _place(file, capture[len(_DEFINITION) :], node, captures)
            return True
        if capture in {"scope.block", "scope.type"}:
            _place(file, capture, nodes[0], captures)
            return True
        if capture == "package":
            file.package = _text(nodes[0]).replace("::", ".")
            return True
        if capture == "exported":
            file.exported.append(_exported(nodes[0]))
            return True
    return False


def _place(file: _File, kind: str, node: Node, captures: Captures) -> None:
    named = captures.get("name", [])
    if not named:
        return
    for name in named:
        if len(named) > 1 and not node.start_byte <= name.start_byte < node.end_byte:
            continue
        start, end = node.start_byte, node.end_byte
        text = _text(name)
        key = (start if len(named) == 1 else name.start_byte, text, kind.startswith("scope"))
        known = file.places.get(key)
        if (known and (known.kind not in _WEAK or kind in _WEAK)) or len(file.places) > 2 * MAX_SYMBOLS:
            continue
        names = (*_scope(captures), *_parts(text))
        line, end_line = node.start_point.row + 1, node.end_point.row + 1
        body = captures.get("body")
        if body and body[0].start_byte == body[0].end_byte:
            file.suspicious = True
        signature = _signature(file.source, node, body[0] if body else None) if file.signatures else ""
        target = _value(captures) if kind == CONSTANT else ""
        made = Symbol(names[-1][:MAX_NAME], "", kind, line, end_line, signature, target)
        file.places[key] = _Place(start, end, kind, names, made)


def _parts(text: str) -> tuple[str, ...]:
    """`ns::Class<T>::run` as three names; what is in quotes or computed stays whole."""
    if text[:1] in {'"', "'", "["}:
        return (text.strip("\"'[]"),)
    plain = text
    while "<" in plain and (shorter := _GENERIC.sub("", plain)) != plain:
        plain = shorter
    parts = plain.replace("::", ".").split(".") if "::" in plain or "." in plain else [plain]
    return tuple(part.strip() for part in parts if part.strip()) or (text,)


def _scope(captures: Captures) -> tuple[str, ...]:
    nodes = captures.get("scope")
    found = re.search(r"\w+", _text(nodes[0])) if nodes else None
    return (found.group(),) if found else ()


def _value(captures: Captures) -> str:
    nodes = captures.get("value")
    if not nodes or nodes[0].end_byte - nodes[0].start_byte > MAX_NAME:
        return ""
    return literal(_text(nodes[0]))


def _exported(node: Node) -> Symbol:
    """The names of `__all__`."""
    row = node.start_point.row + 1
    names = ",".join(re.findall(r"[\"']([^\"']+)[\"']", _text(node)))
    return Symbol("__all__", "__all__", EXPORTED, row, row, "", names)


def _nested(file: _File) -> list[Symbol]:
    """Definitions with the names of all that encloses them; what a function binds is nobody's to find."""
    found: list[Symbol] = []
    stack: list[_Place] = []
    for place in sorted(file.places.values(), key=lambda p: (p.start, -p.end, not p.kind.startswith("scope"))):
        while stack and (stack[-1].end <= place.start or stack[-1].end < place.end):
            stack.pop()
        place.owner = stack[-1] if stack else None
        before = place.owner.qualified if place.owner else file.package
        place.qualified = ".".join((before, *place.names) if before else place.names)
        if place.kind != CONSTANT:
            stack.append(place)
        if not place.kind.startswith("scope") and not _is_local(place):
            kind = _kind(place)
            found.append(place.symbol._replace(qualified=place.qualified[: 2 * MAX_NAME], kind=kind))
    return found


def _is_local(place: _Place) -> bool:
    return place.kind == CONSTANT and place.owner is not None and place.owner.kind in _OWNED


def _kind(place: _Place) -> str:
    if place.kind not in _OWNED:
        return place.kind
    if place.owner is not None and place.owner.kind in _OWNERS:
        return "method"
    if place.owner is None and len(place.names) == 1:
        return "function"
    return "method" if len(place.names) > 1 else place.kind


def _signature(source: bytes, node: Node, body: Node | None) -> str:
    """The text up to the body, or the first line, on one line."""
    start = node.start_byte
    text = source[start : min(body.start_byte if body else node.end_byte, start + 2 * MAX_SIGNATURE)]
    if body is None:
        text = text.split(b"\n", 1)[0]
    return _SPACE.sub(" ", text.decode(errors="replace")).strip().rstrip("{:").rstrip()[:MAX_SIGNATURE]


def _text(node: Node) -> str:
    raw = node.text
    return raw.decode(errors="replace") if raw else ""
