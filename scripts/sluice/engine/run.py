"""The dumb executor: asks the plan before each phase, runs it, and writes down how it ended."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sluice import __version__
from sluice.core.config import Settings
from sluice.core.errors import GateRefused, QualityGateFailed, SluiceError
from sluice.core.files import canonical_json, digest
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.journal import Journal, read_events
from sluice.engine.phase import Artifacts, Context, Outcome, Phase
from sluice.engine.plan import Action, Record, State, inputs_of, plan
from sluice.engine.stack import Stack
from sluice.engine.store import Store
from sluice.model.base import Artifact, JsonObject


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a run was given besides its settings."""

    prd: str = ""
    plant: bool = False


@dataclass
class Runner:
    """Runs the phases of one run directory."""

    workspace: Workspace
    paths: RunPaths
    settings: Settings
    inputs: Inputs
    stack: Stack
    journal: Journal
    phases: Sequence[Phase]
    _revived: set[str] = field(default_factory=set)
    _began: float = field(default_factory=time.monotonic)

    def state(self) -> State:
        """What the disk says now."""
        return state_of(self.paths, self.phases, self.settings, self.inputs)

    def execute(self, chosen: Sequence[Phase], *, force: str = "") -> None:
        """Run or skip each chosen phase, in order.

        Raises:
            GateRefused: a phase's gate said no; QualityGateFailed when it was the last phase's.
            SluiceError: a phase could not do its work.
        """
        for phase in chosen:
            action = next(a for a in plan(chosen, self.state(), force=force) if a.phase is phase)
            self.journal.emit("phase.planned", f"{action.kind} {phase.name}: {action.reason}", **_facts(action))
            if action.kind != "SKIP":
                self._run(phase, chosen)

    def context(self) -> Context:
        """What a phase gets, with every artifact that is there now."""
        return Context(
            workspace=self.workspace,
            run=self.paths,
            settings=self.settings,
            stack=self.stack,
            artifacts=load_artifacts(self.paths, self.phases),
            emit=self.journal.emit,
            span=self.span,
            prd=self.inputs.prd,
            plant=self.inputs.plant,
        )

    @contextmanager
    def span(self, kind: str) -> Iterator[None]:
        """Journal the time spent inside, as seconds since the runner began (for the share of our own overhead)."""
        began = time.monotonic() - self._began
        try:
            yield
        finally:
            ended = time.monotonic() - self._began
            self.journal.emit("span", "", kind=kind, began=round(began, 3), ended=round(ended, 3))

    def revive(self, upto: Phase | None = None) -> None:
        """Start the stack, and bring back what skipped phases (before `upto`) had put on it."""
        with self.span("service_start"):
            self.stack.up()
        records = self.state().records
        for phase in self.phases:
            if phase is upto:
                break
            passed = phase.name in records and records[phase.name].status == "passed"
            if phase.revive and passed and phase.name not in self._revived:
                phase.revive(self.context())
                self._revived.add(phase.name)

    def _run(self, phase: Phase, chosen: Sequence[Phase]) -> None:
        number, name = phase.number, phase.name
        self.journal.emit("phase.started", phase.help, number=number, name=name, of=len(chosen))
        began = time.monotonic()
        inputs = inputs_of(phase, self.state())
        try:
            if phase.needs_stack:
                self.revive(phase)
            outcome = phase.run(self.context())
        except SluiceError as error:
            self._finish(phase, began, Record(status="error", reason=error.brief, hint=error.hint, inputs=inputs))
            raise
        except KeyboardInterrupt:
            self._finish(phase, began, Record(status="interrupted", reason="interrupted", inputs=inputs))
            raise
        self._revived.add(name)
        outputs = self._save(phase, outcome, inputs)
        status = "refused" if outcome.refused else "passed"
        record = Record(status=status, reason=outcome.refused or outcome.note, hint=outcome.hint, inputs=inputs)
        self._finish(phase, began, replace(record, outputs=outputs))
        if outcome.refused:
            last = phase is self.phases[-1]
            raise (QualityGateFailed if last else GateRefused)(f"{name}: {outcome.refused}", hint=outcome.hint)

    def _save(self, phase: Phase, outcome: Outcome, inputs: dict[str, str]) -> dict[str, str]:
        made = {type(artifact) for artifact in outcome.artifacts}
        if made != set(phase.produces) and not outcome.refused:
            raise TypeError(f"phase {phase.name} must produce {[kind.__name__ for kind in phase.produces]}")
        store = Store(self.paths)
        return {type(artifact).__name__: store.save(artifact, inputs) for artifact in outcome.artifacts}

    def _finish(self, phase: Phase, began: float, record: Record) -> None:
        seconds = round(time.monotonic() - began, 3)
        self.journal.emit(
            "phase.finished",
            f"{phase.name} {record.status} in {seconds:.1f} s" + (f": {record.reason}" if record.reason else ""),
            number=phase.number,
            name=phase.name,
            status=record.status,
            reason=record.reason,
            hint=record.hint,
            seconds=seconds,
            inputs=dict(record.inputs),
            outputs=dict(record.outputs),
        )


def state_of(paths: RunPaths, phases: Sequence[Phase], settings: Settings, inputs: Inputs) -> State:
    """Records, artifacts and properties of a run directory, without touching anything."""
    store = Store(paths)
    kinds = [kind for phase in phases for kind in phase.produces]
    digests = {kind.__name__: store.digest_of(kind) for kind in kinds}
    values = settings.model_dump(mode="json") | {"prd": digest(inputs.prd), "plant": inputs.plant}
    artifacts = load_artifacts(paths, phases)
    properties = {name: value if isinstance(value, str) else canonical_json(value) for name, value in values.items()}
    return State(
        records=records(paths),
        artifacts={name: value for name, value in digests.items() if value},
        spoilt={phase.name: phase.spoilt(paths, artifacts) for phase in phases if phase.spoilt},
        changed={kind.__name__: store.changed(kind) for kind in kinds},
        properties=properties | {"sluice": __version__},
    )


def records(paths: RunPaths) -> dict[str, Record]:
    """How each phase last ended, by name, from the journal; started and never ended is `interrupted`."""
    found: dict[str, Record] = {}
    for event in read_events(paths.journal):
        name = str(event.data.get("name", ""))
        if event.type == "phase.started":
            found[name] = Record(status="interrupted")
        elif event.type == "phase.finished":
            found[name] = _record(event.data)
    return found


def _record(data: JsonObject) -> Record:
    seconds, inputs, outputs = data.get("seconds"), data.get("inputs"), data.get("outputs")
    return Record(
        status=str(data.get("status", "")),
        reason=str(data.get("reason", "")),
        hint=str(data.get("hint", "")),
        seconds=seconds if isinstance(seconds, float) else 0.0,
        inputs={key: str(value) for key, value in inputs.items()} if isinstance(inputs, dict) else {},
        outputs={key: str(value) for key, value in outputs.items()} if isinstance(outputs, dict) else {},
    )


def load_artifacts(paths: RunPaths, phases: Sequence[Phase]) -> Artifacts:
    """Every artifact of the run that can be loaded."""
    store = Store(paths)
    items: dict[type[Artifact], Artifact] = {}
    for phase in phases:
        for kind in phase.produces:
            artifact = store.load(kind)
            if artifact is not None:
                items[kind] = artifact
    return Artifacts(items)


def _facts(action: Action) -> dict[str, str | int]:
    return {"number": action.phase.number, "name": action.phase.name, "kind": action.kind, "reason": action.reason}
