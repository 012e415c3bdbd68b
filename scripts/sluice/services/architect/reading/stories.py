"""User stories: who wants to do what with which noun."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from sluice.model.service_map import Span
from sluice.services.architect.reading.tree import Section, texts_of
from sluice.services.architect.reading.words import Words, phrase_pattern, vocabulary

KINDS: Final = ("create", "update", "delete", "read", "list", "act")
MAX_TEXT, MAX_STORIES, MAX_NOUN_WORDS = 600, 5000, 3
_PIECE = re.compile(r"[,.;:!?()]|\s(?:—|\u2013|-)\s")
_WORDS = re.compile(r"[^\W_][\w'-]*")


@dataclass(frozen=True, slots=True)
class Wish:
    """One verb of a story with its noun; `others` are the nouns that the rest of it speaks of."""

    actor: str
    kind: str
    verb: str
    noun: str
    others: tuple[str, ...]
    text: str
    span: Span
    section: Section


@dataclass(frozen=True, slots=True)
class _Grammar:
    story: re.Pattern[str]
    modal: re.Pattern[str]
    allow: re.Pattern[str]
    so_that: re.Pattern[str]
    verb: re.Pattern[str]
    kinds: dict[str, str]
    determiners: frozenset[str]
    ends: frozenset[str]
    joins: frozenset[str]
    single: frozenset[str]
    spaced: bool
    verb_last: bool


@cache
def _grammar(language: str) -> _Grammar:
    words = vocabulary(language)
    group = words.groups["stories"]
    spaced = language != "zh"
    gap = r"\s+" if spaced else r"\s*"
    marker, want, article = (_any(group[name]) for name in ("marker", "want", "actor_article"))
    kinds = {verb: kind for kind in reversed(KINDS) for verb in group[kind]}
    return _Grammar(
        story=re.compile(
            rf"(?:^|(?<=[\s*.)\d])){'' if spaced else '.{0,3}'}(?:{marker}){gap}(?:(?:{article}){gap})?"
            rf"(?P<actor>[^,.;:\n]{{1,40}}?)\s*,?\s*\b(?:{want})\b{gap}"
            if spaced
            else rf"(?:{marker})\s*(?:{article})?(?P<actor>[^,.;:\n]{{1,20}}?)\s*,?\s*(?:{want})\s*",
            re.IGNORECASE,
        ),
        modal=phrase_pattern(group["modal"]),
        allow=re.compile(
            rf"\s*(?:{_any(group['allow'])})\s+(?:(?:{article})\s+)?(?P<actor>[^,.;:\n]{{1,40}}?)\s+(?:{_any(group['to'])})\s+",
            re.IGNORECASE,
        ),
        so_that=phrase_pattern(group["so_that"]),
        verb=phrase_pattern(kinds),
        kinds=kinds,
        determiners=frozenset(group["determiners"]),
        ends=frozenset(group["noun_end"]),
        joins=frozenset((*words.ordered["conjunctions"], *group["to"])),
        single=frozenset(group["actor_article"]),
        spaced=spaced,
        verb_last=language == "de",
    )


def _any(phrases: "tuple[str, ...]") -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def wishes(sections: Iterator[Section], roles: "dict[Section, frozenset[str]]", words: Words) -> list[Wish]:
    """What the stories of a document wish for, in order; what somebody `can` do counts where requirements stand."""
    grammar = _grammar(words.language)
    found: list[Wish] = []
    for section in sections:
        told = any("requirements" in roles[above] for above in section.ancestors())
        for text in (text for block in section.blocks for text in texts_of(block)):
            plain = text.plain[:MAX_TEXT].replace("\n", " ")
            actor, rest = _story(grammar, plain, told=told)
            if rest and len(found) < MAX_STORIES:
                span = Span(line_start=text.line, line_end=text.line_at(len(text.plain)))
                for kind, verb, noun, others in _wishes(grammar, rest):
                    found.append(Wish(actor, kind, verb, noun, others, plain, span, section))
    return found


def _story(grammar: _Grammar, plain: str, *, told: bool) -> tuple[str, str]:
    """The actor and what follows the wish, without the reason; ('', '') when it is no story."""
    if story := grammar.story.search(plain):
        actor, rest = story.group("actor"), plain[story.end() :]
    elif told and (modal := grammar.modal.search(plain)):
        actor, rest = plain[: modal.start()], plain[modal.end() :]
        if allowed := grammar.allow.match(rest):
            actor, rest = allowed.group("actor"), rest[allowed.end() :]
    else:
        return "", ""
    reason = grammar.so_that.search(rest)
    return actor.strip(" *_,").lower(), rest[: reason.start()] if reason and reason.start() > 3 else rest  # noqa: PLR2004 - a verb comes first


def _wishes(grammar: _Grammar, rest: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Kind, verb, noun and other nouns for each verb of a wish."""
    verbs = list(grammar.verb.finditer(rest))
    if not verbs:
        return
    if grammar.verb_last:
        starts = [0, *(verb.end() for verb in verbs)]
        parts = [(verb, rest[start : verb.start()]) for verb, start in zip(verbs, starts, strict=False)]
    else:
        verbs = [verb for i, verb in enumerate(verbs) if _counts(grammar, rest[: verb.start()], first=i == 0)]
        ends = [*(verb.start() for verb in verbs[1:]), len(rest)][: len(verbs)]
        parts = [(verb, rest[verb.end() : end]) for verb, end in zip(verbs, ends, strict=True)]
    for verb, after in parts:
        noun, others = _nouns(grammar, after)
        kind = grammar.kinds[verb.group(0).lower()]
        one = after.split()[:1] and after.split()[0].lower() in grammar.single
        if noun:
            yield ("read" if kind == "list" and one else kind), verb.group(0).lower(), noun, others


def _counts(grammar: _Grammar, before: str, *, first: bool) -> bool:
    """A verb at the beginning of a wish, or one that a comma or an `and` joins to it."""
    bare = before.rstrip()
    if first or not bare:
        return not bare.strip(" ,*")
    return bare.endswith(",") or bare.split()[-1].lower() in grammar.joins


def _nouns(grammar: _Grammar, text: str) -> tuple[str, tuple[str, ...]]:
    """The noun right after a verb, and those of the phrases behind it."""
    if not grammar.spaced:
        piece = re.split("|".join(map(re.escape, grammar.ends)), _PIECE.split(text, maxsplit=1)[0], maxsplit=1)[0]
        for word in sorted(grammar.determiners, key=len, reverse=True):
            piece = piece.removeprefix(word)
        return (piece.strip()[:12], ())
    head = _PIECE.split(text, maxsplit=1)[0] if not grammar.verb_last else text
    found: list[list[str]] = [[]]
    for word in _WORDS.findall(head):
        if word.lower() in grammar.ends:
            found.append([])
        elif word.lower() not in grammar.determiners and len(found[-1]) < MAX_NOUN_WORDS:
            found[-1].append(word)
    nouns = [" ".join(words) for words in found]
    return nouns[0], tuple(noun for noun in nouns[1:] if noun)
