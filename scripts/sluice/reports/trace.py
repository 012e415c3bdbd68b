"""Requirement traceability: each requirement of the PRD, what covers it, and what the tests found there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sluice.model.decomposition import Requirement
from sluice.model.integration import IntegrationReport
from sluice.reports.report import RunView

TraceStatus = Literal["uncovered", "failed", "untested", "verified"]
_ORDER: dict[TraceStatus, int] = {"uncovered": 0, "failed": 1, "untested": 2, "verified": 3}


@dataclass(frozen=True)
class Cover:
    """Something that covers a requirement; `ok` is None when no test looks at it."""

    name: str
    ok: bool | None


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
    traces = [_trace(requirement, tested) for requirement in view.decomposition.requirements]
    return sorted(traces, key=lambda item: _ORDER[item.status])


def _trace(requirement: Requirement, tested: Mapping[str, bool]) -> Trace:
    covers = tuple(Cover(name, tested.get(name)) for name in requirement.covered_by)
    return Trace(requirement=requirement, covers=covers, status=_status(covers))


def _status(covers: tuple[Cover, ...]) -> TraceStatus:
    if not covers:
        return "uncovered"
    results = [cover.ok for cover in covers if cover.ok is not None]
    if not results:
        return "untested"
    return "verified" if all(results) else "failed"


def _tested(integration: IntegrationReport | None) -> dict[str, bool]:
    """Operations and events by name; where two services share one, both must be right."""
    if integration is None:
        return {}
    facts = [(o.operation, o.conforms) for service in integration.compliance for o in service.operations]
    facts += [(event.event, event.ok) for event in integration.events]
    tested: dict[str, bool] = {}
    for name, ok in facts:
        tested[name] = ok and tested.get(name, True)
    return tested
