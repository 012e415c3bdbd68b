"""Requirement traceability: each requirement of the PRD, what covers it, and what the tests found there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sluice.model.contract import ContractSet
from sluice.model.decomposition import Requirement
from sluice.model.hints import EXTENSION
from sluice.model.integration import EventCheck, IntegrationReport, OperationResult
from sluice.reports.report import RunView
from sluice.reports.text import count

TraceStatus = Literal["uncovered", "failed", "untested", "indirect", "verified"]
STATUSES: dict[TraceStatus, str] = {
    "uncovered": "nothing that was built covers it",
    "failed": "a test of what covers it failed",
    "untested": "covered, but no test looks at it",
    "indirect": "covered by an entity; the tests of the operations on it passed",
    "verified": "the tests of the operations and events that cover it passed",
}
_ORDER = {status: number for number, status in enumerate(STATUSES)}
_SHOWN = 4


@dataclass(frozen=True)
class Cover:
    """Something that covers a requirement: `ok` is None when no test looks at it, `tests` says which tests did.

    `through` names the operations that stand for an entity, '' for an operation or event.
    """

    name: str
    ok: bool | None
    tests: str = ""
    through: str = ""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One requirement and its fate."""

    requirement: Requirement
    covers: tuple[Cover, ...]
    status: TraceStatus


def trace(view: RunView) -> list[Trace]:
    """All requirements: uncovered ones first, then failed, untested and verified, each in the PRD's order."""
    if view.decomposition is None:
        return []
    tested = _tested(view.integration)
    handlers = _handlers(view.contracts)
    traces = [_trace(requirement, tested, handlers) for requirement in view.decomposition.requirements]
    return sorted(traces, key=lambda item: _ORDER[item.status])


def _trace(requirement: Requirement, tested: Mapping[str, Cover], handlers: Mapping[str, list[str]]) -> Trace:
    covers = tuple(tested.get(name) or _entity(name, tested, handlers) for name in requirement.covered_by)
    return Trace(requirement=requirement, covers=covers, status=_status(covers))


def _status(covers: tuple[Cover, ...]) -> TraceStatus:
    if not covers:
        return "uncovered"
    results = [cover for cover in covers if cover.ok is not None]
    if not results:
        return "untested"
    if not all(cover.ok for cover in results):
        return "failed"
    return "indirect" if all(cover.through for cover in results) else "verified"


def _entity(name: str, tested: Mapping[str, Cover], handlers: Mapping[str, list[str]]) -> Cover:
    """What stands for an entity: the tested operations of the contracts that are said to work on it."""
    operations = [tested[operation] for operation in handlers.get(name, ()) if operation in tested]
    if not operations:
        return Cover(name, None)
    names = [operation.name for operation in operations]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    conforming = sum(bool(operation.ok) for operation in operations)
    said = f"{conforming} of {count(len(names), 'operation')} conform"
    return Cover(name, conforming == len(names), said, ", ".join(names[:_SHOWN]) + more)


def _handlers(contracts: ContractSet | None) -> dict[str, list[str]]:
    """Entity → its operations (`METHOD /path`), by the hints in the registered contracts."""
    found: dict[str, list[str]] = {}
    for contract in contracts.contracts if contracts else ():
        paths = contract.document.get("paths")
        for path, item in paths.items() if isinstance(paths, dict) else ():
            for method, operation in item.items() if isinstance(item, dict) else ():
                hint = operation.get(EXTENSION) if isinstance(operation, dict) else None
                entity = hint.get("entity") if isinstance(hint, dict) else None
                if isinstance(entity, str):
                    found.setdefault(entity, []).append(f"{method.upper()} {path}")
    return found


def _tested(integration: IntegrationReport | None) -> dict[str, Cover]:
    """Operations and events by name; where two services share one, both must be right."""
    if integration is None:
        return {}
    steps = [step.step for step in integration.flow]
    facts = [_operation(o, steps) for service in integration.compliance for o in service.operations]
    facts += [_event(event) for event in integration.events]
    return _joined(facts)


def _joined(facts: Iterable[Cover]) -> dict[str, Cover]:
    tested: dict[str, Cover] = {}
    for fact in facts:
        before = tested.get(fact.name)
        both = Cover(fact.name, before.ok and fact.ok, f"{before.tests}; {fact.tests}") if before else fact
        tested[fact.name] = both
    return tested


def _operation(operation: OperationResult, steps: list[str]) -> Cover:
    told = f"{count(operation.cases, 'case')}, {operation.successes} \N{MULTIPLICATION SIGN} 2xx"
    in_flow = any(f"{step} ".startswith(f"{operation.operation} ") for step in steps)
    return Cover(operation.operation, operation.conforms, f"{told}, in the flow" if in_flow else told)


def _event(event: EventCheck) -> Cover:
    readers = ", ".join(event.consumed_by) or "nobody"
    return Cover(event.event, event.ok, f"published {count(event.published, 'time')}, consumed by {readers}")
