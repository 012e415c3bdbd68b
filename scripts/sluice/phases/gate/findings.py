"""From a check's hit to a finding: message, masked evidence, and a fingerprint that survives line moves."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sluice.model.finding import Finding
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts

_WIDTH = 160
_ORDER = {"error": 0, "warning": 1, "note": 2}


def finding_of(check: Check[Any], hit: Hit, facts: Facts) -> Finding:
    """The finding of one hit, still without its fingerprint."""
    source = hit.source
    evidence = hit.evidence or (source.line(hit.line) if source and hit.line else "")
    return Finding(
        check=check.id,
        layer=check.layer,
        severity=check.severity,
        message=check.message(hit.values),
        hint=check.hint,
        service=hit.service or (source.service if source else ""),
        path=source.rel if source else "",
        line=hit.line,
        column=hit.column,
        evidence=masked(" ".join(evidence.split()), facts)[:_WIDTH],
    )


def masked(text: str, facts: Facts) -> str:
    """The text with every credential found anywhere in the tree blotted out."""
    for secret in facts.secrets:
        for value in {secret.value, " ".join(secret.value.split())}:
            if value and value in text:
                text = text.replace(value, f"{value[:2]}***" if len(value) > len("12345678") else "***")
    return text


def sealed(findings: Iterable[Finding], facts: Facts) -> tuple[Finding, ...]:
    """The findings in order, each with its fingerprint: check, path, text of the line, and which of several alike."""
    lines = {file.rel: file for file in facts.files}
    seen: Counter[tuple[str, ...]] = Counter()
    done = []
    for finding in sorted(set(findings), key=_by_place):
        source = lines.get(finding.path)
        text = " ".join(source.line(finding.line).split()) if source and finding.line else finding.message
        key = (finding.check, finding.path or finding.service, text)
        mark = hashlib.sha256("\0".join([*key, str(seen[key])]).encode("utf-8", "replace")).hexdigest()[:20]
        seen[key] += 1
        done.append(finding.model_copy(update={"fingerprint": mark}))
    return tuple(done)


def _by_place(finding: Finding) -> tuple[object, ...]:
    return (finding.layer, finding.check, finding.service, finding.path, finding.line, finding.column, finding.message)


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, otherwise as they stand."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])
