"""Whether every way in which callers authenticated still lets them in."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.services.contract_engine.changes.interface import Alternative

_OPEN: Final[Alternative] = {}


def security_changes(old: Sequence[Alternative], new: Sequence[Alternative]) -> Iterator[tuple[str, str]]:
    """Rule and text of each difference; no alternative at all means that nobody needs to authenticate."""
    before, after = list(old) or [_OPEN], list(new) or [_OPEN]
    for alternative in before:
        if not any(_lets_in(other, alternative) for other in after):
            yield _refused(alternative, after)
    if _open(after) and not _open(before):
        yield "security-removed", "needs no authentication any more"
        return
    for alternative in after:
        same = [other for other in before if other.keys() == alternative.keys()]
        if not same and not _open(before) and not any(_lets_in(alternative, other) for other in before):
            yield "security-alternative-added", f"may also be called with {_named(alternative)}"
        for other in same:
            fewer = [scope for key in other for scope in other[key] - alternative[key]]
            if fewer and _lets_in(alternative, other):
                yield "security-scope-removed", f"no longer needs the scope {', '.join(sorted(fewer))}"


def _lets_in(demand: Alternative, offer: Alternative) -> bool:
    """Whether who fulfils `offer` fulfils `demand`."""
    return all(key in offer and scopes <= offer[key] for key, scopes in demand.items())


def _open(alternatives: Sequence[Alternative]) -> bool:
    return any(not alternative for alternative in alternatives)


def _refused(alternative: Alternative, after: Sequence[Alternative]) -> tuple[str, str]:
    if not alternative:
        return "security-added", f"needs authentication now: {' or '.join(_named(other) for other in after)}"
    for other in after:
        if other.keys() == alternative.keys():
            more = sorted(scope for key in other for scope in other[key] - alternative[key])
            return "security-scope-added", f"needs the scope {', '.join(more)} now"
    accepted = " or ".join(_named(other) for other in after)
    return "security-changed", f"can no longer be called with {_named(alternative)}, but with {accepted}"


def _named(alternative: Alternative) -> str:
    return " and ".join(sorted(alternative)) or "no authentication"
