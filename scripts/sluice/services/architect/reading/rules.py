"""Rules that hold for many endpoints at once: "all endpoints except register and login require a JWT"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sluice.services.architect.reading import details, names
from sluice.services.architect.reading.draft import Draft, EndpointDraft
from sluice.services.architect.reading.tree import Section, texts_of

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")


@dataclass(frozen=True, slots=True)
class AuthRule:
    """Holds for the endpoints of `scope` (None: of all services) that `exceptions` does not name."""

    scope: str | None
    needed: bool
    exceptions: str


def apply(draft: Draft) -> None:
    """Settles `auth` of every endpoint: its own words first, then its service's rules, then the document's."""
    rules = [rule for section in draft.sections() for rule in _rules(draft, section)]
    for endpoint in draft.endpoints:
        if _entrance(draft, endpoint):
            endpoint.auth = False
        elif endpoint.auth is None:
            endpoint.auth = _by_rules(draft, endpoint, rules)
        if draft.words.pattern("role_phrases", "").search(endpoint.text):
            draft.ask(endpoint.key, "Who may call it? Nothing but a valid token is checked.", endpoint.span)


def _rules(draft: Draft, section: Section) -> Iterator[AuthRule]:
    for block in section.blocks:
        for text in texts_of(block):
            if details.auth_in(text.plain, draft.words) is None:
                continue
            for sentence in _SENTENCE.split(text.plain.replace("\n", " ")):
                rule = _rule(draft, sentence, draft.scope(section))
                if rule is not None:
                    yield rule


def _rule(draft: Draft, sentence: str, scope: str | None) -> AuthRule | None:
    words = draft.words
    quantity = words.pattern("auth", "rule_scope").search(sentence) or words.pattern("auth", "rule_other").search(
        sentence
    )
    if not quantity or not words.pattern("auth", "rule_objects").search(sentence):
        return None
    split = words.pattern("auth", "rule_except").search(sentence)
    exceptions = sentence[split.end() :] if split else ""
    claim = sentence[: split.start()] if split else sentence
    needed = details.auth_in(claim, words)
    if needed is None:
        needed = details.auth_in(sentence, words)
    if needed is None:
        return None
    named = next((s for word in re.findall(r"[\w-]+", claim) if (s := draft.service_of(word)) and "-" in word), None)
    return AuthRule(named or scope, needed, exceptions.lower())


def _by_rules(draft: Draft, endpoint: EndpointDraft, rules: list[AuthRule]) -> bool | None:
    local = [rule for rule in rules if rule.scope is not None and rule.scope == endpoint.service]
    for rule in (*local, *(rule for rule in rules if rule.scope is None)):
        return rule.needed != _excepted(draft, endpoint, rule.exceptions)
    return None


def _last(endpoint: EndpointDraft) -> str:
    literals = [part for part in endpoint.path.split("/") if part and "{" not in part]
    return literals[-1].lower() if literals else ""


def _excepted(draft: Draft, endpoint: EndpointDraft, exceptions: str) -> bool:
    """`except login`, `except GET /posts`, `except reading posts`: the last one only for its method."""
    last = {names.singular(word) for word in names.split(_last(endpoint))}
    for piece in re.split(r",|;|\band\b|\bor\b", exceptions):
        if re.search(rf"{re.escape(endpoint.path.lower())}(?![\w/{{])", piece):
            method = re.search(r"\b(get|post|put|patch|delete)\b", piece)
            return method is None or method.group(1) == endpoint.method.lower()
        verbs = draft.words.groups["method_verbs"]
        methods = {method for method, words in verbs.items() if set(words) & set(piece.split())}
        nouns = {names.singular(word) for word in names.split(piece)}
        if last and last <= nouns and (not methods or endpoint.method in methods):
            return True
    return False


def _entrance(draft: Draft, endpoint: EndpointDraft) -> bool:
    """Registering, logging in and refreshing happen before there is a token."""
    doors = (draft.words.groups["paths"][name] for name in ("register", "login", "refresh"))
    return endpoint.method == "POST" and any(_last(endpoint) in door for door in doors)
