"""Suppressions in the source: `sluice: ignore[LOG-001] until=2030-01-31 reason=why`, on the line or right above it.

Both the reason and the date are needed.  A suppressed finding is still shown; after its date it blocks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sluice.model.finding import Finding
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.scan import SourceFile

_MARK = re.compile(r"(?:#|//|--|<!--|;)\s*sluice:\s*ignore\[([A-Za-z0-9_, -]+)\]([^\n]*)")
_UNTIL = re.compile(r"\buntil=(\S+)")
_REASON = re.compile(r"\breason=(\S.*)")
_COMMENT = ("#", "//", "--", "<!--", ";")


@dataclass(frozen=True)
class Suppression:
    """One mark; `problem` says why it does not count ('' when it does)."""

    checks: frozenset[str]
    line: int
    reason: str
    problem: str


def split(findings: Iterable[Finding], facts: Facts) -> tuple[list[Finding], list[Finding]]:
    """Findings that stand, and those a valid mark suppresses; an invalid or expired mark makes its finding an error."""
    sources = {file.rel: file for file in facts.files}
    standing: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in findings:
        source = sources.get(finding.path)
        mark = _mark(source, finding, facts.given.today) if source else None
        if mark is None:
            standing.append(finding)
        elif mark.problem:
            hint = f"{finding.hint} The suppression on line {mark.line} {mark.problem}."
            standing.append(finding.model_copy(update={"severity": "error", "hint": hint}))
        else:
            suppressed.append(finding.model_copy(update={"hint": f"suppressed: {mark.reason}"}))
    return standing, suppressed


def _mark(source: SourceFile, finding: Finding, today: date) -> Suppression | None:
    for number in _lines(source, finding.line):
        found = _MARK.search(source.line(number))
        if found and finding.check in {name.strip() for name in found[1].split(",")}:
            return _read(found, number, today)
    return None


def _lines(source: SourceFile, line: int) -> Iterable[int]:
    """The line itself, then the comment lines right above it."""
    yield line
    above = line - 1
    while above > 0 and source.line(above).lstrip().startswith(_COMMENT):
        yield above
        above -= 1


def _read(found: re.Match[str], line: int, today: date) -> Suppression:
    checks = frozenset(name.strip() for name in found[1].split(","))
    until, reason = _UNTIL.search(found[2]), _REASON.search(_UNTIL.sub("", found[2]))
    text = reason[1].strip(" \"'").removesuffix("-->").strip() if reason else ""
    try:
        last = date.fromisoformat(until[1]) if until else None
    except ValueError:
        last = None
    if last is None:
        problem = "has no expiry date (until=YYYY-MM-DD)"
    elif not text:
        problem = "gives no reason (reason=…)"
    else:
        problem = f"expired on {last}" if last < today else ""
    return Suppression(checks, line, text, problem)
