"""The vocabulary that documents are read with: data, one file per language."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources

import yaml

Groups = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Words:
    """One language's words, lower case; see `words_en.yaml` for what each group means."""

    groups: dict[str, Groups]
    lists: dict[str, frozenset[str]]
    ordered: dict[str, tuple[str, ...]]
    _patterns: dict[tuple[str, str], re.Pattern[str]] = field(default_factory=dict, repr=False, compare=False)

    def group(self, table: str, name: str) -> tuple[str, ...]:
        """The phrases of one group, for instance `group("columns", "type")`."""
        return self.groups[table][name]

    def has(self, name: str, word: str) -> bool:
        """Whether a flat list holds the word."""
        return word in self.lists[name]

    def pattern(self, table: str, name: str) -> re.Pattern[str]:
        """Any phrase of the group as whole words, longest first; compiled once."""
        key = (table, name)
        if key not in self._patterns:
            self._patterns[key] = phrase_pattern(self.groups[table][name] if name else self.ordered[table])
        return self._patterns[key]

    def roles(self, title: str) -> frozenset[str]:
        """What a heading announces: names of groups of `sections`; `excluded` stands alone."""
        found = frozenset(role for role in self.groups["sections"] if self._announces(title, role))
        return frozenset({"excluded"}) if "excluded" in found else found

    def _announces(self, title: str, role: str) -> bool:
        """The heading holds a phrase of the role, and not as in `Messages between services`."""
        blockers = self.ordered["role_blockers"]
        found = self.pattern("sections", role).finditer(title)
        return any(not title[: match.start()].strip().lower().endswith(blockers) for match in found)

    def column(self, header: str, roles: Iterable[str]) -> str | None:
        """The first of `roles` whose column words hold this header cell."""
        name = header.strip().lower().rstrip(":*?")
        return next((role for role in roles if name in self.groups["columns"][role]), None)

    @cached_property
    def label(self) -> re.Pattern[str]:
        """A label before a colon, such as `Publishes:`; the groups are named after the labels."""
        options = (f"(?P<{name}>{_alternatives(phrases)})" for name, phrases in self.groups["labels"].items())
        return re.compile(rf"\s*(?:{'|'.join(options)})\s*(?::|—|\u2013|=)\s*", re.IGNORECASE)

    def labelled(self, text: str) -> tuple[str, str] | None:
        """Splits `Fields: id, email` into ("fields", "id, email")."""
        found = self.label.match(text)
        return (found.lastgroup, text[found.end() :]) if found and found.lastgroup else None


def _alternatives(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the phrases as whole words, longest first, in any case."""
    return re.compile(
        "|".join(_bounded(phrase) for phrase in sorted(phrases, key=lambda p: (-len(p), p))), re.IGNORECASE
    )


def _bounded(phrase: str) -> str:
    before = r"(?<![\w-])" if phrase[:1].isalnum() else ""
    after = r"(?![\w-])" if phrase[-1:].isalnum() else ""
    return before + re.escape(phrase) + after


@cache
def load(language: str = "en") -> Words:
    """The vocabulary of a language.

    Args:
        language: ISO 639-1 code; there is a file `words_<language>.yaml`.
    """
    text = resources.files(__package__).joinpath(f"words_{language}.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    groups = {name: {k: tuple(v) for k, v in table.items()} for name, table in raw.items() if isinstance(table, dict)}
    ordered = {name: tuple(table) for name, table in raw.items() if isinstance(table, list)}
    return Words(groups, {name: frozenset(table) for name, table in ordered.items()}, ordered)
