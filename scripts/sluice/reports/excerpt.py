"""A few lines of source around each finding, without the credentials in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sluice.model.finding import Finding
from sluice.reports.redact import BLOT, blotted, holds_secret, holds_settings, key_lines, redacted

_AROUND = 3
_WIDTH = 240
_CODE = (".py", ".js", ".ts")

Place = tuple[str, int]


@dataclass(frozen=True)
class Line:
    """One line of source; `hit` is the one that the finding is about."""

    number: int
    text: str
    hit: bool = False


Excerpts = Mapping[Place, tuple[Line, ...]]
"""The lines around each (path, line) of the findings; a place whose file cannot be read is missing."""


def excerpts(findings: Iterable[Finding], read: Callable[[str], str | None]) -> dict[Place, tuple[Line, ...]]:
    """Lines around every finding that has a line; `read` gives the text of a path, None when it cannot."""
    wanted: dict[str, set[int]] = {}
    secret: dict[str, set[int]] = {}
    for finding in findings:
        if finding.path and finding.line > 0:
            wanted.setdefault(finding.path, set()).add(finding.line)
            if holds_secret(finding):
                secret.setdefault(finding.path, set()).add(finding.line)
    found: dict[Place, tuple[Line, ...]] = {}
    for path, numbers in sorted(wanted.items()):
        lines = (read(path) or "").splitlines()
        known = range(1, len(lines) + 1) if holds_settings(path) else secret.get(path, ())
        hidden = _Hidden(frozenset(known), frozenset(key_lines(lines)), path.endswith(_CODE))
        found |= {(path, number): _around(lines, number, hidden) for number in sorted(numbers) if number <= len(lines)}
    return found


@dataclass(frozen=True)
class _Hidden:
    """Numbers of the lines that are known to hold a credential, and of those of private keys."""

    secret: frozenset[int]
    key: frozenset[int]
    code: bool

    def safe(self, number: int, line: str) -> str:
        if number in self.key:
            return BLOT
        return blotted(line) if number in self.secret else redacted(line, code=self.code)


def _around(lines: list[str], number: int, hidden: _Hidden) -> tuple[Line, ...]:
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    return tuple(Line(n, _cut(hidden.safe(n, lines[n - 1])), n == number) for n in range(first, last + 1))


def _cut(line: str) -> str:
    line = line.expandtabs(4).rstrip()
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…"
