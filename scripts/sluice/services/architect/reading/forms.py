"""The forms that names of services take in each language: `payment service`, `servicio de pagos`, `Zahlungsdienst`."""

import re
from dataclasses import dataclass
from functools import cache

from sluice.services.architect.reading.names import split
from sluice.services.architect.reading.words import Words, vocabulary

MAX_WORDS = 3
_END = r"\s*(?=$|[()\[:,—\u2013]|-\s|\s-)"
_KEBAB = re.compile(r"^(.+?)\s*[(\[]\s*`?([a-z][a-z0-9]*(?:-[a-z0-9]+)+)`?\s*[)\]]")
_KEBAB_FIRST = re.compile(r"^`?([a-z][a-z0-9]*(?:-[a-z0-9]+)+)`?\s*[(\[]\s*([^)\]]+?)\s*[)\]]")


@dataclass(frozen=True, slots=True)
class Forms:
    """The patterns and word tuples of one language's service names."""

    suffixed: re.Pattern[str]
    prefixed: re.Pattern[str]
    ended: re.Pattern[str]
    mention: re.Pattern[str]
    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]


def of(words: Words) -> Forms:
    """The forms of a vocabulary, compiled once."""
    return _forms(words.language)


@cache
def _forms(language: str) -> Forms:
    found = vocabulary(language).groups["service_forms"]
    prefix, suffix, ending = (_any(found[name]) for name in ("prefix", "suffix", "ending"))
    first = _any([word for word in found["prefix"] if " " not in word])
    return Forms(
        re.compile(
            rf"(?:^|\()\s*(?:the\s+)?([^\W\d_][\w&/ -]*?[\s-](?:{suffix}))\b\s*(?=$|[()\[:—\u2013,]|-\s|\w+$)",
            re.IGNORECASE,
        ),
        re.compile(rf"^((?:{prefix})(?:\s+|(?<='))[^\W\d_][\w'&/ -]*?){_END}", re.IGNORECASE),
        re.compile(rf"^([^\W\d_][\w-]*?(?:{ending})){_END}", re.IGNORECASE),
        re.compile(
            rf"(?<![\w/.-])(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:{suffix.replace('|microservice', '')})"
            rf"|(?:{first})(?:-[a-z0-9]+)+)(?![\w-])"
        ),
        tuple(sorted({split(form) for form in found["prefix"]}, key=len, reverse=True)),
        tuple({split(form) for form in found["suffix"]}),
    )


def _any(phrases: "tuple[str, ...] | list[str]") -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) or "(?!)"


def titled(words: Words, title: str) -> str:
    """`Order Service` of `Order Service (order-service)` or `Order Service API`; '' for a sentence about services."""
    forms = of(words)
    found = forms.suffixed.search(title)
    if found and (found.end() == len(title) or not title[found.end()].isalnum() or words.roles(title[found.end() :])):
        return "" if _prose(words, found.group(1)) else found.group(1)
    found = forms.prefixed.match(title)
    if found:
        rest = split(title[: found.end()])
        named = stem(rest, words)
        return found.group(1) if 0 < len(named) <= MAX_WORDS and not _telling(words, named) else ""
    found = forms.ended.match(title)
    return found.group(1) if found and not words.is_title(found.group(1)) else ""


def _prose(words: Words, name: str) -> bool:
    before = [word.lower() for word in re.split(r"[\s-]+", name)[:-1]]
    telling = before if " " in name else before[:1]  # `plan-a-service` is a name
    return len(before) > MAX_WORDS or _telling(words, tuple(telling))


def _telling(words: Words, parts: tuple[str, ...]) -> bool:
    return any(words.has("not_services", word) or words.has("stop_words", word) for word in parts)


def stem(name: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """The words of a service's name without `service` and its like."""
    forms = of(words)
    for form in forms.before:
        if name[: len(form)] == form and len(name) > len(form):
            name = name[len(form) :]
            break
    while len(name) > 1 and (ending := next((n for n in (1, 2, 3) if _is_suffix(name[-n:], words, forms)), 0)):
        if ending >= len(name):
            break
        name = name[:-ending]
    return name[1:] if len(name) > 1 and name[0] == "the" else name


def _is_suffix(last: tuple[str, ...], words: Words, forms: Forms) -> bool:
    return last in forms.after or (len(last) == 1 and words.has("service_suffixes", last[0]))


def two_names(written: str) -> tuple[str, str]:
    """The kebab-case name and the other one of `订单服务 (order-service)`, in either order; ('', written) without."""
    if found := _KEBAB.match(written):
        return found.group(2), found.group(1).strip("`* ")
    if found := _KEBAB_FIRST.match(written):
        return found.group(1), found.group(2).strip("`* ")
    return "", written
