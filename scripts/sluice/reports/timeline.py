"""When each phase and builder began and how long it took, from the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sluice.engine.journal import Event
from sluice.model.summary import PhaseSummary

_KINDS = ("phase", "builder")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: `start` and `seconds` count from the first event; `status` is how it ended, '' while unknown."""

    kind: str
    name: str
    start: float
    seconds: float
    status: str = ""


def bars_of(events: Iterable[Event]) -> tuple[Bar, ...]:
    """Pairs `<kind>.started` with `<kind>.finished`; what never finished ends with the last event.

    After a resume the newest attempt of each phase and builder counts.
    """
    open_: dict[tuple[str, str], float] = {}
    bars: dict[tuple[str, str], Bar] = {}
    origin, now = 0.0, 0.0
    for event in events:
        now = datetime.fromisoformat(event.time).timestamp()
        origin = origin or now
        kind, _, what = event.type.partition(".")
        key = (kind, _name(event))
        if kind not in _KINDS or not key[1]:
            continue
        if what == "started":
            open_[key] = now
            bars.pop(key, None)
        elif what == "finished" and key in open_:
            begun = open_.pop(key)
            status = str(event.data.get("status", ""))
            bars[key] = Bar(kind=kind, name=key[1], start=begun - origin, seconds=now - begun, status=status)
    for (kind, name), begun in open_.items():
        bars[kind, name] = Bar(kind=kind, name=name, start=begun - origin, seconds=now - begun)
    return _from_zero(bars.values())


def bars_from_summary(phases: Iterable[PhaseSummary]) -> tuple[Bar, ...]:
    """One phase after another, when there is no journal."""
    bars: list[Bar] = []
    start = 0.0
    for phase in phases:
        if phase.status != "not run":
            bars.append(Bar(kind="phase", name=phase.name, start=start, seconds=phase.seconds, status=phase.status))
            start += phase.seconds
    return tuple(bars)


def _name(event: Event) -> str:
    found = event.data.get("name") or event.data.get("service")
    return found if isinstance(found, str) else ""


def _from_zero(bars: Iterable[Bar]) -> tuple[Bar, ...]:
    ordered = sorted(bars, key=lambda bar: (bar.start, _KINDS.index(bar.kind), bar.name))
    first = ordered[0].start if ordered else 0.0
    return tuple(
        Bar(kind=b.kind, name=b.name, start=b.start - first, seconds=b.seconds, status=b.status) for b in ordered
    )
