"""The languages of `languages/languages.toml`, and their grammars, each loaded when its first file is read."""

import importlib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Final

import tree_sitter
from pydantic import TypeAdapter

from sluice.services.codebase_intelligence import languages

_DATA: Final = resources.files(languages)


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language; see the comment of `languages.toml`."""

    name: str
    grammar: str
    extensions: tuple[str, ...]
    queries: tuple[str, ...]
    function: str = "language"
    paths: bool = False
    index: tuple[str, ...] = ()
    methods: dict[str, str] = field(default_factory=dict, hash=False)


@cache
def all_languages() -> dict[str, Language]:
    """Every language by name."""
    tables = tomllib.loads(_DATA.joinpath("languages.toml").read_text(encoding="utf-8"))
    return {name: TypeAdapter(Language).validate_python({"name": name, **table}) for name, table in tables.items()}


@cache
def _by_extension() -> dict[str, Language]:
    return {extension: language for language in all_languages().values() for extension in language.extensions}


def language_of(path: str) -> Language | None:
    """The language of a file by its name's ending, None when it is of no known one."""
    return _by_extension().get(PurePosixPath(path).suffix.lower())


MATCH_LIMIT: Final = 65_536


@dataclass(frozen=True)
class Grammar:
    """What reads the syntax of one language; shared by threads, which have a parser each."""

    language: tree_sitter.Language
    query: tree_sitter.Query

    def matches(self, root: tree_sitter.Node) -> list[tuple[int, dict[str, list[tree_sitter.Node]]]]:
        """What the language's query matches."""
        return tree_sitter.QueryCursor(self.query, match_limit=MATCH_LIMIT).matches(root)


@cache
def grammar(name: str) -> Grammar:
    """The grammar and the compiled queries of a language."""
    known = all_languages()[name]
    language = tree_sitter.Language(getattr(importlib.import_module(known.grammar), known.function)())
    text = "\n".join(_DATA.joinpath(query).read_text(encoding="utf-8") for query in known.queries)
    return Grammar(language, tree_sitter.Query(language, text))
