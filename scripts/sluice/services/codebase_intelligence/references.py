"""Imports, routes and events among the matches of a language's query.

Captures: `@import` or `@reexport` with `@import.module`, `.name`, `.alias` or `.path`; `@route` with `@route.path`,
`.method`, `.arguments`, `.object` (on which it is declared) and `.handler`; `@prefix` with `@prefix.path`, and either
`@prefix.object` (and its `.parent`) or nothing more, when it holds for all that it encloses; `@event.publishes` or
`@event.consumes` with `@event.arguments`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tree_sitter import Node

from sluice.services.codebase_intelligence.facts import (
    CONSUMES,
    IMPORT,
    MAX_NAME,
    PUBLISHES,
    REEXPORT,
    ROUTE,
    Symbol,
)
from sluice.services.codebase_intelligence.grammars import Language

Captures = Mapping[str, list[Node]]
_QUOTED: Final = re.compile(r"^[a-zA-Z@$]*(\"\"\"|'''|[\"'`])(.*)\1$", re.DOTALL)
_METHOD: Final = re.compile(r"get|post|put|delete|patch|options|head|websocket", re.IGNORECASE)
_LISTED: Final = re.compile(r"\b(?:methods|via)\s*[=:]\s*(?:[\[({][^\])}]*|:\w+)|\bmethod\s*=\s*[\[({]?[\w., ]+")
_WORDS: Final = re.compile(r"\b(GET|POST|PUT|DELETE|PATCH|OPTIONS|HEAD|TRACE)\b", re.IGNORECASE)
_ARGUMENT: Final = re.compile(r"\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|`([^`\n]{1,200})`|([A-Za-z_$][\w$.]{0,200})")
_PARTS: Final = re.compile(r"[.:/]")
_SIGNS: Final = re.compile(r"[\W_]+")
_MAX_ARGUMENTS: Final = 400
_MAX_NAMES: Final = 6
_LONGEST_CHAIN: Final = 8


def literal(text: str) -> str:
    """The content of a string literal, '' when the text is none."""
    found = _QUOTED.match(text.strip())
    return found.group(2) if found else ""


class References:
    """Collects them for one file; prefixes count wherever in the file they stand."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._imports: list[Symbol] = []
        self._events: list[Symbol] = []
        self._routes: dict[tuple[int, str], Captures] = {}
        self._prefixes: dict[str, tuple[str, str]] = {}
        self._blocks: list[tuple[int, int, str]] = []

    def add(self, captures: Captures) -> None:
        """Note one match."""
        if "route" in captures:
            key = (captures["route"][0].start_byte, _first(captures, "route.path"))
            self._routes.setdefault(key, captures)
        elif "prefix" in captures:
            self._prefix(captures)
        elif IMPORT in captures:
            self._import(IMPORT, captures)
        elif REEXPORT in captures:
            self._import(REEXPORT, captures)
        else:
            for kind in (PUBLISHES, CONSUMES):
                if f"event.{kind}" in captures:
                    self._event(kind, captures)

    def symbols(self) -> list[Symbol]:
        """All that was noted."""
        routes = [symbol for captures in self._routes.values() for symbol in self._route(captures)]
        return [*self._imports, *dict.fromkeys(routes), *dict.fromkeys(self._events)]

    def _import(self, kind: str, captures: Captures) -> None:
        module = _first(captures, "import.module")
        module = literal(module) or module
        if path := _first(captures, "import.path"):
            module, _, last = path.rpartition("::")
            names = [last]
        else:
            names = [_text(node) for node in captures.get("import.name", [])]
        alias = _first(captures, "import.alias")
        line = captures[kind][0].start_point.row + 1
        for name in names or [""]:
            local = alias or (name or module.split(".")[0])
            target = f"{module}:{name}"
            self._imports.append(Symbol(local[:MAX_NAME], local[:MAX_NAME], kind, line, line, "", target[:MAX_NAME]))

    def _prefix(self, captures: Captures) -> None:
        path = literal(_first(captures, "prefix.path"))
        if name := _first(captures, "prefix.object"):
            self._prefixes[name] = (_first(captures, "prefix.parent"), path)
        else:
            node = captures["prefix"][0]
            self._blocks.append((node.start_byte, node.end_byte, path))

    def _before(self, captures: Captures) -> str:
        """What stands before a route's own path, as far as this file says."""
        name = _first(captures, "route.object")
        parts: list[str] = []
        while name in self._prefixes and len(parts) < _LONGEST_CHAIN:
            name, path = self._prefixes[name]
            parts.append(path)
        at = captures["route"][0].start_byte
        blocks = [path for start, end, path in sorted(self._blocks) if start <= at < end]
        return "/".join([*blocks, *reversed(parts)])

    def _route(self, captures: Captures) -> Iterator[Symbol]:
        node = captures["route"][0]
        verb = _first(captures, "route.method")
        for path_node in captures.get("route.path", [None]):
            own = literal(_text(path_node)) if path_node else ""
            stated, _, rest = own.partition(" ")
            if rest and stated.isupper():  # Go: "GET /orders"
                own = rest
            path = joined(self._before(captures), own)
            methods = _methods(self._language, verb, _first(captures, "route.arguments"), stated if rest else "")
            handler = _first(captures, "route.handler").split("\n", 1)[0][:MAX_NAME]
            line, end = node.start_point.row + 1, node.end_point.row + 1
            for method in methods:
                name = f"{method} {path}"[:MAX_NAME]
                yield Symbol(name, name, ROUTE, line, end, "", handler)

    def _event(self, kind: str, captures: Captures) -> None:
        text = _first(captures, "event.arguments")[:_MAX_ARGUMENTS]
        verb, line = _first(captures, "event.verb"), captures[f"event.{kind}"][0].start_point.row + 1
        names = [next(filter(None, found)) for found in _ARGUMENT.findall(text)]
        if "<" in verb:
            names.insert(0, verb.partition("<")[2].rstrip(">"))
        for name in list(dict.fromkeys(names))[:_MAX_NAMES]:
            for key in sorted(event_keys(name)):
                self._events.append(Symbol(key, name[:MAX_NAME], kind, line, line, "", verb[:MAX_NAME]))


def event_keys(text: str) -> set[str]:
    """How an event is looked for: the letters and digits of its name, and of its last part when that says enough.

    `OrderCreated`, `order.created`, `events.OrderCreated` and `ORDER_CREATED` have one in common.
    """
    whole = text.removesuffix(".class")
    last = _PARTS.split(whole.rstrip(".:/"))[-1]
    enough = last if any(letter.isupper() or letter in "_-" for letter in last) else ""
    return {key for part in (whole, enough) if (key := _SIGNS.sub("", part).lower()[:MAX_NAME])}


def joined(before: str, path: str) -> str:
    """One path of a prefix and a route's own, with one `/` between their parts; anchors of expressions go."""
    whole = f"{before}/{path.removeprefix('^').removesuffix('$')}"
    slash = "/" if path.endswith("/") and len(path) > 1 else ""
    return "/" + "/".join(part for part in whole.split("/") if part) + slash


def _methods(language: Language, verb: str, listed: str, stated: str) -> list[str]:
    if stated:
        return [stated]
    if listing := _LISTED.search(listed):
        return list(dict.fromkeys(word.upper() for word in _WORDS.findall(listing.group()))) or ["ANY"]
    if verb in language.methods:
        return [language.methods[verb]]
    named = _METHOD.search(verb)
    return [named.group().upper() if named else "ANY"]


def _first(captures: Captures, name: str) -> str:
    nodes = captures.get(name)
    return _text(nodes[0]) if nodes else ""


def _text(node: Node) -> str:
    raw = node.text
    return raw.decode(errors="replace") if raw else ""
