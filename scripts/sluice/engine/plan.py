"""The pure plan: which phases run, which are skipped, and why."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sluice.engine.phase import Phase

ActionKind = Literal["RUN", "RERUN", "SKIP"]


@dataclass(frozen=True)
class Action:
    """What is to be done with one phase; `reason` is a sentence."""

    phase: Phase
    kind: ActionKind
    reason: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """How a phase last ended; `inputs` and `outputs` map names to digests."""

    status: str
    reason: str = ""
    hint: str = ""
    seconds: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class State:
    """What the disk says: records by phase, digests of intact artifacts, what their last save changed, and inputs.

    `spoilt` says, by phase, what of its other files is no longer as the phase left it.
    """

    records: Mapping[str, Record] = field(default_factory=dict)
    artifacts: Mapping[str, str] = field(default_factory=dict)
    spoilt: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


def ordered(phases: Collection[Phase]) -> list[Phase]:
    """Phases such that each comes after those that produce what it consumes; the number breaks ties.

    Raises:
        ValueError: two phases produce the same artifact, something consumed is produced by none, or a cycle.
    """
    producers: dict[type, Phase] = {}
    for phase in phases:
        for kind in phase.produces:
            if kind in producers:
                raise ValueError(f"{phase.name} and {producers[kind].name} both produce {kind.__name__}")
            producers[kind] = phase
    waiting = {phase.name: {_producer(producers, kind) for kind in phase.consumes} for phase in phases}
    ready = [(phase.number, phase.name, phase) for phase in phases if not waiting[phase.name]]
    heapq.heapify(ready)
    result: list[Phase] = []
    while ready:
        _, name, phase = heapq.heappop(ready)
        result.append(phase)
        for other in phases:
            if name in waiting[other.name]:
                waiting[other.name].discard(name)
                if not waiting[other.name]:
                    heapq.heappush(ready, (other.number, other.name, other))
    if len(result) != len(phases):
        raise ValueError("phases consume each other in a circle")
    return result


def _producer(producers: Mapping[type, Phase], kind: type) -> str:
    if kind not in producers:
        raise ValueError(f"no phase produces {kind.__name__}")
    return producers[kind].name


def needed(phases: Sequence[Phase], target: Phase) -> list[Phase]:
    """The target and all phases whose artifacts it needs, directly or not, in order."""
    kinds = set(target.consumes)
    chosen = [target]
    for phase in reversed(phases):
        if phase is not target and kinds.intersection(phase.produces):
            kinds.update(phase.consumes)
            chosen.append(phase)
    return [phase for phase in phases if phase in chosen]


def plan(phases: Sequence[Phase], state: State, *, force: str = "") -> list[Action]:
    """One action a phase, in order; `force` names a phase that runs even if nothing changed."""
    actions: list[Action] = []
    again: dict[str, str] = {}
    for phase in phases:
        action = _decide(phase, state, again, force)
        actions.append(action)
        if action.kind != "SKIP":
            again.update({kind.__name__: phase.name for kind in phase.produces})
    return actions


def _decide(phase: Phase, state: State, again: Mapping[str, str], force: str) -> Action:
    record = state.records.get(phase.name)
    if record is None:
        return Action(phase, "RUN", "it has not run yet")
    if phase.name == force:
        return Action(phase, "RERUN", "you asked for it")
    if record.status != "passed":
        return Action(phase, "RERUN", _ended(record))
    reason = _lost(phase, state) or _dirty(phase, state, record) or _outdated(phase, again)
    return Action(phase, "RERUN", reason) if reason else Action(phase, "SKIP", "nothing that it reads has changed")


def _lost(phase: Phase, state: State) -> str:
    lost = [kind.__name__ for kind in phase.produces if kind.__name__ not in state.artifacts]
    return f"{lost[0]} is missing or damaged" if lost else state.spoilt.get(phase.name, "")


def _dirty(phase: Phase, state: State, record: Record) -> str:
    read = inputs_of(phase, state)
    changed = [name for name in read if record.inputs.get(name) != read[name]]
    return _changed(changed[0], record.inputs.get(changed[0], ""), read[changed[0]], state) if changed else ""


def _outdated(phase: Phase, again: Mapping[str, str]) -> str:
    upstream = [again[kind.__name__] for kind in phase.consumes if kind.__name__ in again]
    return f"{upstream[0]} runs first and may change what it reads" if upstream else ""


def inputs_of(phase: Phase, state: State) -> dict[str, str]:
    """Digests of what a phase reads: consumed artifacts, then its properties."""
    read = {kind.__name__: state.artifacts.get(kind.__name__, "") for kind in phase.consumes}
    return read | {name: state.properties.get(name, "") for name in ("sluice", *phase.properties)}


def _ended(record: Record) -> str:
    if record.status == "interrupted":
        return "it was interrupted"
    return f"it ended {record.status} before: {record.reason}" if record.reason else f"it ended {record.status} before"


def _changed(name: str, before: str, now: str, state: State) -> str:
    details = ", ".join(state.changed.get(name, ()))
    if name in state.artifacts:
        return f"{name} changed ({details})" if details else f"{name} changed"
    if name == "prd":
        return "the PRD changed"
    if before.startswith("sha256:"):
        return f"{name} is missing or damaged"
    return f"{name} changed from {before or 'nothing'} to {now or 'nothing'}"
