"""When each phase and builder began and how long it took, from the journal."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sluice.engine.journal import Event
from sluice.model.summary import PhaseSummary

_KINDS = ("phase", "builder")
_IDLE_SECONDS = 5.0

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: `start` and `seconds` count from the first bar's start; `status` is how it ended, '' when unknown."""

    kind: str
    name: str
    start: float
    seconds: float = 0.0
    status: str = ""


@dataclass
class _Clock:
    """Seconds of work: the time between two sessions of a run does not count."""

    last: float = 0.0
    cut: float = 0.0
    begun: dict[Key, float] = field(default_factory=dict)

    def tick(self, event: Event) -> float:
        now = datetime.fromisoformat(event.time).timestamp()
        if event.type.startswith("run."):
            self.begun.clear()
        if not self.begun and now - self.last > _IDLE_SECONDS:
            self.cut += now - self.last
        self.last = now
        return now - self.cut


def bars_of(events: Iterable[Event]) -> tuple[Bar, ...]:
    """Pairs `<kind>.started` with `<kind>.finished`; of a phase or builder that ran again, the newest counts."""
    clock, bars = _Clock(), dict[Key, Bar]()
    for event in events:
        now = clock.tick(event)
        kind, _, what = event.type.partition(".")
        name = event.data.get("name") or event.data.get("service")
        if kind not in _KINDS or not isinstance(name, str):
            continue
        if what == "started":
            clock.begun[kind, name] = now
        elif what == "finished" and (kind, name) in clock.begun:
            start = clock.begun.pop((kind, name))
            status = str(event.data.get("status", ""))
            bars[kind, name] = Bar(kind=kind, name=name, start=start, seconds=now - start, status=status)
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


def _from_zero(bars: Iterable[Bar]) -> tuple[Bar, ...]:
    ordered = sorted(bars, key=lambda bar: (bar.start, _KINDS.index(bar.kind), bar.name))
    return tuple(replace(bar, start=bar.start - ordered[0].start) for bar in ordered)
