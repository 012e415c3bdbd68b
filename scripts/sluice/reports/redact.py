"""Takes credentials out of source lines before a report shows them; shows too little rather than too much."""

import re
from collections.abc import Sequence

from sluice.model.finding import Finding

BLOT = "•••••• redacted"
_SECRET_CHECKS = ("SEC-",)
_NAMED = re.compile(r"""^\s*(?:export\s+|ENV\s+|ARG\s+|-\s+)?["']?[A-Za-z_][\w.-]{0,60}["']?\s*[:=]\s*""")
_LOGIN = re.compile(r"(\b[a-zA-Z][\w+.-]*://[^\s:/@]*):[^\s@/]+@")
_KEYWORD = r"(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|credentials?|auth)"
_ASSIGNED = re.compile(rf"""((?i:{_KEYWORD})\w*["']?\s*(?::\s*\w+\s*)?[:=]=?\s*[a-z]?)(["'])[^"']{{4,}}\2""")
_PLAIN = re.compile(rf"""((?i:{_KEYWORD})\w*\s*[:=]\s*)(?!["'$<{{\[|>&*])\S{{4,}}""")
_RANDOM = re.compile(r"""(["'])(?=[^"'\s]*\d)(?=[^"'\s]*[A-Za-z])[A-Za-z0-9+/_=.-]{24,}\1""")
_BEGIN, _END = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"), re.compile(r"-----END [A-Z ]*PRIVATE KEY")


def holds_settings(path: str) -> bool:
    """Whether a file has nothing but settings or keys in it, so that any line may hold a credential."""
    name = path.rpartition("/")[2]
    return name.startswith(".env") or name.endswith((".env", ".pem", ".key"))


def holds_secret(finding: Finding) -> bool:
    """Whether the finding's line is known to hold a credential."""
    return finding.check.startswith(_SECRET_CHECKS)


def blotted(line: str) -> str:
    """A line known to hold a credential: at most the name that it is assigned to is left."""
    name = _NAMED.match(line)
    return f"{name[0] if name else ''}{BLOT}"


def redacted(line: str, *, code: bool = True) -> str:
    """Any other line: log-ins of URLs, literals with a telling name and long random literals are taken out.

    What is no `code` (YAML, a Dockerfile) needs no quotes around a literal.
    """
    if not code:
        line = _PLAIN.sub(rf"\1{BLOT}", line)
    line = _LOGIN.sub(rf"\1:{BLOT}@", line)
    line = _ASSIGNED.sub(rf"\1\2{BLOT}\2", line)
    return _RANDOM.sub(rf"\1{BLOT}\1", line)


def key_lines(lines: Sequence[str]) -> set[int]:
    """Numbers (from 1) of the lines of private keys."""
    found, inside = set[int](), False
    for number, line in enumerate(lines, 1):
        inside = inside or bool(_BEGIN.search(line))
        if inside:
            found.add(number)
        inside = inside and not _END.search(line)
    return found


def evidence(finding: Finding) -> str:
    """A finding's evidence, as a report may show it."""
    return blotted(finding.evidence) if finding.evidence and holds_secret(finding) else redacted(finding.evidence)
