"""The one entry: two documents in, every change out, grouped and in a fixed order."""

from collections.abc import Iterable
from dataclasses import replace

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.events import EventComparison
from sluice.services.contract_engine.changes.http import HttpComparison
from sluice.services.contract_engine.changes.source import Source
from sluice.services.contract_engine.specs.sources import Sources

Document = JsonObject | Sources
_SEVERITIES = ("error", "warning", "info")


class Differences(list[Change]):
    """The changes; `cut`: so many that some are told for the first operation only that shows them."""

    def __init__(self, changes: Iterable[Change], *, cut: bool) -> None:
        super().__init__(changes)
        self.cut = cut


def differences(old: Document, new: Document, *, today: str) -> Differences:
    """Every change from `old` to `new`, the worst first; `today` is the date on which sunsets are judged.

    Raises:
        InputError: one is no contract, or they are contracts of different kinds.
    """
    before, after = _source(old, "old"), _source(new, "new")
    if (before.kind == "asyncapi") != (after.kind == "asyncapi"):
        raise InputError(
            f"{before.kind} and {after.kind} cannot be compared", hint="compare two versions of one contract"
        )
    comparison = EventComparison(before, after) if before.kind == "asyncapi" else HttpComparison(before, after, today)
    changes = sorted(_grouped(comparison.changes()), key=_order)
    return Differences(changes, cut=comparison.cut)


def _source(document: Document, which: str) -> Source:
    source = Source(document)
    if not source.kind:
        raise InputError(
            f"the {which} document is no contract", hint="it must begin with `openapi`, `swagger` or `asyncapi`"
        )
    return source


def _grouped(changes: Iterable[Change]) -> Iterable[Change]:
    """One change for each place of an operation; it lists all fields of the body where it shows."""
    found: dict[tuple[str, ...], Change] = {}
    for change in changes:
        key = (change.rule, change.direction, change.method, change.path, change.pointer, change.part, change.text)
        known = found.get(key)
        if known is None:
            found[key] = change
        elif not set(change.fields) <= set(known.fields):
            found[key] = replace(known, fields=(*known.fields, *change.fields))
    return found.values()


def _order(change: Change) -> tuple[int, str, str, str, str, str]:
    severity = _SEVERITIES.index(change.severity)
    return severity, change.path, change.method, change.part, change.pointer, change.rule
