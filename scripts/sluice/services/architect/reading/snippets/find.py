"""Recognises the formal pieces of a document, by what they are called and by what they look like."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Final

from sluice.services.architect.reading.snippets.snippet import Snippet
from sluice.services.architect.reading.tree import Code, Section

MAX_TEXT = 400_000
_MERMAID = re.compile(r"\s*(?:%%.*\n\s*)*(?:erDiagram|classDiagram|sequenceDiagram|flowchart|graph)\b")
_SQL = re.compile(r"\bCREATE\s+(?:\w+\s+){0,3}TABLE\b", re.IGNORECASE)
_OPENAPI = re.compile(
    r"""^\s*[{]?\s*["']?(?:openapi|swagger|asyncapi|paths|components|definitions)["']?\s*:|^/\S+:\s*$|"\$schema"\s*:""",
    re.MULTILINE,
)
_GRAPHQL = re.compile(r"^\s*(?:type|enum|interface|input|schema|extend)\b[^:=\n]*\{", re.MULTILINE)
_TYPESCRIPT = re.compile(r";\s*$", re.MULTILINE)
_STRUCT = re.compile(r"^\s*(?:export\s+)?(?:interface|message|model|table)\s+\w+\s*\{", re.MULTILINE | re.IGNORECASE)
_TYPED: Final = frozenset({"typescript", "ts", "protobuf", "proto", "prisma", "dbml"})
_PLANTUML: Final = ("plantuml", "puml", "uml")


def module_of(code: Code) -> str:
    """The module that reads this piece, '' when it is none of the known kinds."""
    info = code.info.split()[0] if code.info else ""
    text = code.text[:2000]
    if info in _PLANTUML or "@startuml" in text or info == "mermaid" or _MERMAID.match(text):
        return "diagrams"
    if _SQL.search(code.text[:MAX_TEXT]) and info not in {"python", "java", "js", "ts"}:
        return "sql"
    if info in {"graphql", "gql", "graphqls", "sdl"} or (
        not info and _GRAPHQL.search(text) and not _TYPESCRIPT.search(text)
    ):
        return "graphql"
    if info in _TYPED or (not info and _STRUCT.search(text)):
        return "typed"
    if info in {"yaml", "yml", "json", "openapi", "swagger", "asyncapi", "oas", ""} and _OPENAPI.search(text):
        return "openapi"
    return ""


def snippets(section: Section) -> list[Snippet]:
    """What the formal pieces right below a heading say, in order; the modules are loaded when they are needed."""
    found: list[Snippet] = []
    for block in section.blocks:
        name = module_of(block) if isinstance(block, Code) else ""
        if not isinstance(block, Code) or not name or len(block.text) > MAX_TEXT:
            continue
        fenced = block.span.line_end - block.span.line_start + 1 > block.text.rstrip("\n").count("\n") + 1
        first = block.span.line_start + (1 if fenced else 0)
        made = Snippet(section, first)
        read: Callable[[Snippet, str, int], None] = import_module(f"{__package__}.{name}").read
        read(made, block.text, first)
        found.append(made)
    return found
