"""Declared, coded, observed: what a service's contracts, its code and its run say about each operation."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sluice.model.integration import IntegrationReport
from sluice.phases.gate.reading.apps import Route, Router
from sluice.phases.gate.reading.contracts import Contract, Json, normal_path
from sluice.phases.gate.reading.values import HOLE

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_SHARE: Final = 3


@dataclass(frozen=True)
class Declared:
    """An operation of a contract."""

    method: str
    path: str
    contract: Contract
    operation: Json

    @property
    def name(self) -> str:
        """`METHOD /path`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Coded:
    """A route of an application that is served, with the routers that lead to it."""

    method: str
    path: str
    route: Route
    chain: tuple[Router, ...]


@dataclass(frozen=True)
class Graph:
    """The operations of one service: both at once, only declared, only coded; `observed` is None without a run.

    `complete` is False when some path is only known at run time: then nothing can be missing for certain.
    """

    service: str
    both: tuple[tuple[Declared, Coded], ...]
    only_declared: tuple[Declared, ...]
    only_coded: tuple[Coded, ...]
    complete: bool
    observed: frozenset[str] | None = None

    @property
    def related(self) -> bool:
        """Whether the contract is of this code at all, and not of a service that it calls."""
        return len(self.both) * _SHARE >= len(self.both) + len(self.only_declared) and bool(self.both)


def graph_of(
    service: str, contracts: Iterable[Contract], apps: Iterable[Router], report: IntegrationReport | None
) -> Graph | None:
    """The graph of one service, None when it has no OpenAPI contract or no application."""
    declared = [
        Declared(method, path, contract, operation)
        for contract in contracts
        if contract.kind == "openapi" and contract.service == service
        for method, path, operation in contract.operations()
        if method in _METHODS
    ]
    coded = [
        Coded(method, normal_path(path), route, chain)
        for app in apps
        for path, route, chain in app.placed_routes()
        for method in sorted(route.methods & _METHODS)
    ]
    if not declared or not coded:
        return None
    return _matched(service, declared, coded, _observed(service, report))


def _observed(service: str, report: IntegrationReport | None) -> frozenset[str] | None:
    found = [part for part in report.compliance if part.service == service] if report else []
    return frozenset(o.operation for part in found for o in part.operations if o.successes) if found else None


def _matched(service: str, declared: list[Declared], coded: list[Coded], observed: frozenset[str] | None) -> Graph:
    offset = _offset(declared, coded)
    places: dict[tuple[str, str], Coded] = {}
    for item in coded:
        places.setdefault((item.method, item.path.replace(HOLE, "")), item)
    both, only_declared = [], []
    for wanted in declared:
        found = places.get((wanted.method, _moved(normal_path(wanted.path), offset)))
        found = found or places.get((wanted.method, normal_path(wanted.path)))
        if found:
            both.append((wanted, found))
        else:
            only_declared.append(wanted)
    used = {(item.method, item.path) for _, item in both}
    rest = {(item.method, item.path): item for item in coded if (item.method, item.path) not in used}
    return Graph(
        service=service,
        both=tuple(both),
        only_declared=tuple(only_declared),
        only_coded=tuple(item for item in rest.values() if HOLE not in item.path),
        complete=not any(HOLE in item.path for item in coded),
        observed=observed,
    )


def _offset(declared: list[Declared], coded: list[Coded]) -> tuple[str, str]:
    """The prefix that most declared paths have more (the first) or less (the second) than those of the code."""
    counts: Counter[tuple[str, str]] = Counter({("", ""): 0})
    paths = {(item.method, item.path.replace(HOLE, "")) for item in coded}
    for wanted in declared:
        want = normal_path(wanted.path)
        for method, path in paths:
            if method != wanted.method or "/" in {want, path}:
                continue
            if want.endswith(path):
                counts[(want[: len(want) - len(path)], "")] += 1
            elif path.endswith(want):
                counts[("", path[: len(path) - len(want)])] += 1
    return max(counts, key=lambda offset: (counts[offset], offset == ("", "")))


def _moved(path: str, offset: tuple[str, str]) -> str:
    less, more = offset
    return more + path.removeprefix(less)


def by_service(
    services: Iterable[str],
    contracts: Iterable[Contract],
    apps: Mapping[str, list[Router]],
    report: IntegrationReport | None,
) -> tuple[Graph, ...]:
    """The graphs of all services that have both sides."""
    known = tuple(contracts)
    found = (graph_of(service, known, apps.get(service, []), report) for service in services)
    return tuple(graph for graph in found if graph is not None)
