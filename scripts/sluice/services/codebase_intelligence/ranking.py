"""Which of several definitions of a name comes first, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from sluice.services.codebase_intelligence.facts import DECLARATION
from sluice.services.codebase_intelligence.names import PLACES, place_of

_MAIN, _LAST = 0, 4
_KINDS: Final = {
    **dict.fromkeys(("class", "struct", "interface", "enum", "trait", "type"), _MAIN),
    **dict.fromkeys(("function", "macro"), 1),
    **dict.fromkeys(("method",), 2),
    **dict.fromkeys(("constant", "property"), 3),
}
_MOST: Final = 9


def kind_order(kind: str) -> int:
    """Types before functions, functions before methods, all of them before constants."""
    return _KINDS.get(kind, _LAST)


def is_only_declared(kind: str, path: str) -> bool:
    """Whether something is said to exist there, but is made elsewhere."""
    return kind == DECLARATION or path.endswith((".pyi", ".d.ts"))


def score(path: str, kind: str, qualified: str) -> int:
    """The same order as `Candidate.key` without a question, in one number for the store."""
    depth = min(qualified.count("."), _MOST)
    return ((place_of(path) * 2 + is_only_declared(kind, path)) * 10 + kind_order(kind)) * 10 + depth


@dataclass(frozen=True)
class Candidate:
    """A definition that answers a question; `near` counts the directories that it shares with the asking file."""

    qualified: str
    kind: str
    path: str
    line: int
    end_line: int
    exact: bool = False
    near: int = 0
    depth: int = 0
    via: str = ""

    @cached_property
    def key(self) -> tuple[int, ...]:
        """The order in which answers stand; what differs first is the reason."""
        return (
            0 if self.exact else 1,
            place_of(self.path),
            int(is_only_declared(self.kind, self.path)),
            -self.near,
            kind_order(self.kind),
            min(self.depth, _MOST),
        )


def shared_directories(path: str, near: str) -> int:
    """How many leading directories two paths share; the same file counts most."""
    if path == near:
        return 1_000
    one, other = PurePosixPath(path).parts[:-1], PurePosixPath(near).parts[:-1]
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def ranked(candidates: Sequence[Candidate]) -> list[tuple[Candidate, str]]:
    """In order, each with the reason for its place."""
    ordered = sorted(candidates, key=lambda c: (c.key, c.path, c.line, c.qualified))
    return [(found, _reason(ordered, at)) for at, found in enumerate(ordered)]


def _reason(ordered: Sequence[Candidate], at: int) -> str:
    found = ordered[at]
    what = f"{found.kind} in {PLACES[place_of(found.path)]}"
    if found.via:
        what = f"{what}, reached through the re-export at {found.via}"
    if len(ordered) == 1:
        return f"the only definition: {what}"
    if at == 0:
        return f"{what}; before the others: {_difference(found, ordered[1], first=True)}"
    return f"{what}; after rank {at}: {_difference(ordered[at - 1], found, first=False)}"


def _difference(better: Candidate, worse: Candidate, *, first: bool) -> str:
    told, other = (better, worse) if first else (worse, better)
    words = (
        ("its whole qualified name was asked for", "only the end of its name was asked for"),
        (PLACES[place_of(told.path)], PLACES[place_of(told.path)]),
        ("it is defined here", "it is only declared here"),
        ("it is nearer to the asking file", "it is farther from the asking file"),
        (f"{told.kind} before {other.kind}", f"{told.kind} after {other.kind}"),
        ("it is less deeply nested", "it is more deeply nested"),
    )
    for at, (one, two) in enumerate(zip(better.key, worse.key, strict=True)):
        if one != two:
            return words[at][0 if first else 1]
    return "by path and line, all else being equal"
