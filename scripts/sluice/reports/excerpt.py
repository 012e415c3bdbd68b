"""A few lines of source around each finding, without the credentials in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sluice.model.finding import Finding
from sluice.reports.redact import holds_secret, safe_lines

_AROUND = 3
_WIDTH = 240

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
        text = read(path)
        lines = safe_lines(text.splitlines(), secret.get(path, ())) if text is not None else []
        found |= {(path, number): _around(lines, number) for number in sorted(numbers) if number <= len(lines)}
    return found


def _around(lines: list[str], number: int) -> tuple[Line, ...]:
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    return tuple(Line(n, _cut(lines[n - 1]), n == number) for n in range(first, last + 1))


def _cut(line: str) -> str:
    line = line.expandtabs(4).rstrip()
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…"
