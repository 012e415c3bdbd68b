"""Canonical names: what the PRD wrote becomes an identifier that is safe in code, paths, SQL and YAML."""

import builtins
import keyword
import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import inflect

from sluice.services.architect.reading.words import ENGLISH, load, per_language

MAX_NAME = 51
_RESERVED_SERVICES = frozenset(
    [
        "architect",
        "contracts",
        "codebase",
        "contract-engine",
        "codebase-intelligence",
        "postgres",
        "redis",
        "traefik",
        "health",
        "mcp",
        "api",
    ]
)
_RESERVED_ENTITIES = frozenset(
    {"Error", "ValidationError", "Health", "TokenPair"} | {name for name in dir(builtins) if name[0].isupper()}
)
_SPELT = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})
_PIECE = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
FOREIGN = re.compile(r"[\u0370-\u1fff\u2e80-\uffdc]+")
_NUMBERING = re.compile(r"^\s*(?:\(?[0-9]+(?:\.[0-9]+)*[.)]?|[A-Z][.)]|[IVX]+[.)])\s+")


@lru_cache(maxsize=20_000)
def split(text: str) -> tuple[str, ...]:
    """The lower-case ASCII words of a name in any notation: `OrderItem`, `order_item`, `Order item`."""
    text = text[:400].translate(_SPELT)
    if FOREIGN.search(text):
        text = FOREIGN.sub(_transcribed, text)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return tuple(piece.lower() for piece in _PIECE.findall(plain))


def _transcribed(found: re.Match[str]) -> str:
    """Letters of another script in Latin ones: `订单` becomes `DingDan`."""
    from anyascii import anyascii  # noqa: PLC0415 - few documents need it

    letters = "".join(char for char in found.group(0) if char.isalpha())
    return f" {anyascii(letters)} "


def without_number(title: str) -> str:
    """A heading without its section number."""
    return _NUMBERING.sub("", title, count=1).strip()


@cache
def _engine() -> "inflect.engine":
    import inflect  # noqa: PLC0415 - it takes nearly two seconds, which would delay the service's first health answer

    return inflect.engine()


def warm_up() -> threading.Thread:
    """Load what the first document would wait for, beside whatever else goes on."""
    thread = threading.Thread(target=_engine, name="warm-up", daemon=True)
    thread.start()
    return thread


@per_language(20_000)
def singular(word: str) -> str:
    """Singular of one lower-case word of the document's language; words of the `invariant` list stay."""
    words = load()
    if len(word) < 3 or words.has("invariant", word):  # noqa: PLR2004 - shorter words have no plural
        return word
    for ending, single in words.plurals:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + single
    if words.language != ENGLISH and not word.endswith("s"):
        return word
    found = _engine().singular_noun(word) if word.isalpha() else False
    return str(found) if found else word


@lru_cache(maxsize=20_000)
def plural(word: str) -> str:
    """Plural of one lower-case English singular."""
    return str(_engine().plural_noun(word)) if word.isalpha() else f"{word}s"


def _cut(words: tuple[str, ...], joiner: str, limit: int) -> str:
    text = ""
    for word in words:
        longer = f"{text}{joiner}{word}" if text else word
        if len(longer) > limit:
            break
        text = longer
    return text or (words[0][:limit] if words else "")


def service_name(text: str) -> str:
    """`[a-z][a-z0-9-]{0,50}`, or '' when nothing usable is left."""
    words = split(text)
    while words and words[0][0].isdigit():
        words = words[1:]
    name = _cut(words, "-", MAX_NAME - len("-service"))
    return f"{name}-service" if name in _RESERVED_SERVICES else name


def entity_name(text: str) -> str:
    """A PascalCase identifier in the singular, or ''."""
    words = split(text)
    while words and words[0][0].isdigit():
        words = words[1:]
    if not words:
        return ""
    whole = _cut((*words[:-1], singular(words[-1])), " ", MAX_NAME).split()
    name = "".join(word.capitalize() for word in whole)
    return f"{name}Record" if name in _RESERVED_ENTITIES or keyword.iskeyword(name) else name


def field_name(text: str) -> str:
    """A snake_case identifier, or ''."""
    words = split(text)
    while words and words[0][0].isdigit():
        words = words[1:]
    name = _cut(words, "_", MAX_NAME)
    return f"{name}_value" if keyword.iskeyword(name) else name


def event_name(text: str) -> str:
    """A PascalCase identifier whose words keep their number: `order.created` becomes `OrderCreated`."""
    words = split(text)
    while words and words[0][0].isdigit():
        words = words[1:]
    return "".join(word.capitalize() for word in _cut(words, " ", MAX_NAME).split())


def camel(*parts: str) -> str:
    """A camelCase identifier out of names in any notation."""
    words = [word for part in parts for word in split(part)]
    return "".join([words[0], *(word.capitalize() for word in words[1:])]) if words else ""


def pascal(*parts: str) -> str:
    """A PascalCase identifier out of names in any notation."""
    return "".join(word.capitalize() for part in parts for word in split(part))


def snake(name: str) -> str:
    """`OrderItem` becomes `order_item`."""
    return "_".join(split(name))


def loose(text: str) -> str:
    """What all forms of a noun have in common: `Bestellung` and `bestellungen`; for comparing only."""
    last = "".join(split(text)).replace("ae", "a").replace("oe", "o").replace("ue", "u")
    ending = next((e for e in load().ordered["loose_endings"] if last.endswith(e) and len(last) > len(e) + 2), "")
    return last.removesuffix(ending)


def same(left: str, right: str) -> bool:
    """Whether two names mean the same noun, whatever their notation and number."""
    return entity_name(left) == entity_name(right) != ""
