"""The vocabulary that documents are read with: data, one file per language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, wraps
from importlib import resources
from typing import Any, Final, ParamSpec, TypeVar

import yaml

P = ParamSpec("P")
R = TypeVar("R")
Groups = dict[str, tuple[str, ...]]
ENGLISH: Final = "en"
_ACTIVE: ContextVar[str] = ContextVar("language", default=ENGLISH)
_SAMPLE = 60_000
_MIN_WORDS = 6
_CJK = re.compile(r"[\u3400-\u9fff]")
_CODE = re.compile(r"(?ms)^[ ]{0,3}(```|~~~).*?^[ ]{0,3}\1|`[^`\n]+`")


@dataclass(frozen=True)
class Words:
    """The words of English and one more language, lower case; see `vocabulary/en.yaml` for what each group means."""

    groups: dict[str, Groups]
    lists: dict[str, frozenset[str]]
    ordered: dict[str, tuple[str, ...]]
    language: str = ENGLISH
    plurals: tuple[tuple[str, str], ...] = ()
    _patterns: dict[tuple[str, str], re.Pattern[str]] = field(default_factory=dict, repr=False, compare=False)
    _roles: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

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
        if title not in self._roles:
            found = frozenset(role for role in self.groups["sections"] if self._announces(title, role))
            self._roles[title] = frozenset({"excluded"}) if "excluded" in found else found
        return self._roles[title]

    def _announces(self, title: str, role: str) -> bool:
        """The heading holds a phrase of the role, and not as in `Messages between services`."""
        blockers = self.ordered["role_blockers"]
        found = self.pattern("sections", role).finditer(title)
        return any(not title[: match.start()].strip().lower().endswith(blockers) for match in found)

    def is_title(self, text: str) -> bool:
        """Whether a text is a section's title and nothing else: `Services`, `Out of scope`."""
        bare = text.strip(" :.*#").lower()
        return any(bare in phrases for phrases in self.groups["sections"].values())

    def column(self, header: str, roles: Iterable[str]) -> str | None:
        """The first of `roles` whose column words hold this header cell."""
        name = header.strip().lower().rstrip(":*?").strip("`*_ ")
        return next((role for role in roles if name in self.groups["columns"][role]), None)

    @cached_property
    def label(self) -> re.Pattern[str]:
        """A label before a colon, such as `Publishes:`; the groups are named after the labels."""
        options = (f"(?P<{name}>{_alternatives(phrases)})" for name, phrases in self.groups["labels"].items())
        return re.compile(rf"\s*(?:{'|'.join(options)})(?:\s+#?\d{{1,3}})?\s*(?::|—|\u2013|=)\s*", re.IGNORECASE)

    @cached_property
    def entity_label(self) -> re.Pattern[str]:
        """`entity Room:`, `Table rooms -`: the noun is the group."""
        options = _alternatives(self.groups["labels"]["entity"])
        return re.compile(rf"\s*(?:{options})\s+[`*]*([^\W\d_][\w]*)[`*]*\s*(?::|\s[—\u2013-]\s)\s*", re.IGNORECASE)

    def labelled(self, text: str) -> tuple[str, str] | None:
        """Splits `Fields: id, email` into ("fields", "id, email")."""
        found = self.label.match(text)
        return (found.lastgroup, text[found.end() :]) if found and found.lastgroup else None


def _alternatives(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the phrases as whole words, longest first, in any case; nothing when there are none."""
    options = [_bounded(phrase) for phrase in sorted(phrases, key=lambda p: (-len(p), p))]
    return re.compile("|".join(options) or r"(?!)", re.IGNORECASE)


def _bounded(phrase: str) -> str:
    """Chinese has no spaces between words, so nothing needs to stand around them."""
    before = r"(?<![\w-])" if phrase[:1].isalnum() and not _CJK.match(phrase) else ""
    after = r"(?![\w-])" if phrase[-1:].isalnum() and not _CJK.match(phrase[-1]) else ""
    return before + re.escape(phrase) + after


def load() -> Words:
    """The vocabulary of the document that is being read: see `speaking`."""
    return vocabulary(_ACTIVE.get())


@contextmanager
def speaking(language: str) -> Iterator[Words]:
    """Reads with this language's words (and the English ones) until the end of the block."""
    token = _ACTIVE.set(language)
    try:
        yield load()
    finally:
        _ACTIVE.reset(token)


def per_language(size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Caches a function of strings whose answer depends on the vocabulary too."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=size)
        def cached(_language: str, *args: Any, **kwargs: Any) -> R:
            return function(*args, **kwargs)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return cached(_ACTIVE.get(), *args, **kwargs)  # type: ignore[arg-type] # they are strings and booleans

        return call

    return decorate


def detect(text: str) -> str:
    """The language of a text by its function words; English unless another one clearly leads."""
    prose = _CODE.sub(" ", text[:_SAMPLE]).lower()
    letters = sum(char.isalpha() for char in prose)
    if len(_CJK.findall(prose)) * 10 > letters:
        return "zh"
    counted = Counter(re.findall(r"[^\W\d_]+", prose))
    scores = {name: sum(counted[word] for word in vocabulary(name).ordered["_own"]) for name in languages()}
    best = max(scores, key=lambda name: (scores[name], name))
    return best if scores[best] >= _MIN_WORDS and scores[best] > 1.3 * scores[ENGLISH] else ENGLISH


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that there are files for, English first."""
    folder = resources.files(__package__).joinpath("vocabulary")
    found = sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml"))
    return (ENGLISH, *(name for name in found if name != ENGLISH))


@cache
def vocabulary(language: str) -> Words:
    """English, and what the file of the language adds to it.

    Args:
        language: ISO 639-1 code; there is a file `vocabulary/<language>.yaml`.
    """
    raw, own = _file(ENGLISH), _file(language)
    if language != ENGLISH:
        raw = _merged(raw, own)
    plurals = tuple((str(ending), str(single)) for ending, single in own["plurals"])
    groups = {name: {k: tuple(v) for k, v in table.items()} for name, table in raw.items() if isinstance(table, dict)}
    ordered = {name: tuple(table) for name, table in raw.items() if isinstance(table, list) and name != "plurals"}
    ordered["_own"] = tuple(own["function_words"])
    lists = {name: frozenset(table) for name, table in ordered.items()}
    return Words(groups, lists, ordered, language, plurals)


def _file(language: str) -> dict[str, Any]:
    path = resources.files(__package__).joinpath("vocabulary", f"{language}.yaml")
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - the safe one, in C where it is built
    return found


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _merged(english: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    terms = own.get("terms", {})
    found = dict(english)
    for name, table in english.items():
        more = own.get(name)
        if isinstance(table, dict):
            extra = {**(more or {})}
            if name in {"labels", "columns"}:
                extra = {key: phrases for key, phrases in terms.items() if key in table}
            found[name] = {key: [*phrases, *_spellings(extra.get(key, ()))] for key, phrases in table.items()}
        elif more and name != "plurals":
            found[name] = [*table, *_spellings(more)]
    return found


def _spellings(phrases: Iterable[str]) -> Iterator[str]:
    """Each phrase as it is written, and without its accents."""
    for phrase in phrases:
        yield phrase
        plain = "".join(c for c in unicodedata.normalize("NFKD", phrase) if not unicodedata.combining(c))
        if plain != phrase:
            yield plain
