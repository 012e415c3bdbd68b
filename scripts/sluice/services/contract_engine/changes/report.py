"""Changes, consumers and ignores put together into the answer."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sluice.model.changes import ContractChange, ContractDiff
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.consumers import Hit, Needs, hits, summary
from sluice.services.contract_engine.changes.diff import Document, differences
from sluice.services.contract_engine.changes.ignores import Ignore, notes
from sluice.services.contract_engine.changes.rules import Severity
from sluice.services.contract_engine.changes.source import Source

_CUT = "there are so many differences that some are shown only for the first operation that they concern"
_WORSE_FOR_SENDERS = frozenset({"property-removed", "property-became-read-only"})


def compare(
    old: Document, new: Document, *, needs: Needs | None = None, ignores: Sequence[Ignore] = (), today: str = ""
) -> ContractDiff:
    """What changed from `old` to `new`, for whom; `today` (default: now) judges sunsets and ignores.

    Raises:
        InputError: one is no contract, or they are contracts of different kinds.
    """
    today = today or datetime.now(UTC).date().isoformat()
    changes = differences(old, new, today=today)
    valid = [ignore for ignore in ignores if not ignore.problem(today)]
    concerned = [list(hits(change, needs or {})) for change in changes]
    listed = [_judged(change, found, valid) for change, found in zip(changes, concerned, strict=True)]
    counted = [change for change in listed if not change.ignored]
    pairs = zip(changes, listed, concerned, strict=True)
    counting = [(change, hit) for change, judged, found in pairs if not judged.ignored for hit in found]
    return ContractDiff(
        breaking=any(change.severity == "error" for change in counted),
        kind=Source(new).kind,
        old_version=_version(old),
        new_version=_version(new),
        errors=sum(change.severity == "error" for change in counted),
        warnings=sum(change.severity == "warning" for change in counted),
        infos=sum(change.severity == "info" for change in counted),
        ignored=len(listed) - len(counted),
        consumers=tuple(summary(counting)),
        notes=(*notes(ignores, today, changes), *([_CUT] if changes.cut else [])),
        changes=tuple(listed),
    )


def _judged(change: Change, concerned: list[Hit], ignores: Sequence[Ignore]) -> ContractChange:
    agreed = next((ignore for ignore in ignores if ignore.covers(change)), None)
    severity: Severity = change.severity
    if change.rule in _WORSE_FOR_SENDERS and any(hit.named for hit in concerned):
        severity = "error"  # somebody is known to send it
    return ContractChange(
        rule=change.rule,
        severity=severity,
        direction=change.direction,
        method=change.method,
        path=change.path,
        pointer=change.pointer,
        message=change.message,
        consumers=tuple(str(hit) for hit in concerned),
        fields=tuple(field for field in change.fields if field),
        ignored=f"{agreed.reason.strip()} (until {agreed.until})" if agreed else "",
    )


def _version(document: Document) -> str:
    return str(Source(document).root.child("info").table.get("version", ""))
