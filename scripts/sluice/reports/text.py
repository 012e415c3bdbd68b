"""Words and safe text for every renderer."""

import re
from collections.abc import Sequence

from sluice.model.finding import Finding, Severity
from sluice.model.summary import ServiceSummary

# Control characters but tab and newline, surrogates, non-characters, and the marks that reorder text for the eye.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_TENTHS_BELOW = 10
_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def clean(text: str) -> str:
    """The text with everything unprintable replaced by U+FFFD: legal in XML 1.0 and harmless on a terminal."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 0) -> str:
    """Clean text on one line, cut after `limit` characters (0: never)."""
    line = " ".join(clean(text).split())
    return f"{line[: limit - 1]}…" if limit and len(line) > limit else line


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`."""
    whole = round(max(seconds, 0.0))
    if whole < _TENTHS_BELOW:
        return f"{max(seconds, 0.0):.1f} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def percent(ratio: float) -> str:
    """`93 %`, rounded down so that only everything is 100 %."""
    return f"{int(ratio * 100 + 1e-9)} %"


def minute(time: str) -> str:
    """`2026-01-31 09:41` of an RFC 3339 time."""
    return time[: len("2026-01-31T09:41")].replace("T", " ")


def size(octets: int) -> str:
    """`94 MB`, `1.4 GB`: decimal units."""
    megabytes = octets / 1e6
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"  # noqa: PLR2004 - 1000 MB


def place(finding: Finding) -> str:
    """`service/path:line:column`, as much of it as is known."""
    where = finding.path or finding.service
    numbers = [str(number) for number in (finding.line, finding.column) if number]
    return ":".join([where, *numbers]) if finding.path else where


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, errors first; otherwise in the order of the gate."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def service_state(service: ServiceSummary) -> str:
    """`healthy`, `unhealthy`, `not deployed` or `not built`."""
    if service.url:
        return "healthy" if service.healthy else "unhealthy"
    return "not deployed" if service.built else "not built"
