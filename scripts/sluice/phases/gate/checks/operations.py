"""ROUTE-001, ROUTE-002 and AUTH-001: what contracts declare and what the code does."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from sluice.model.finding import Severity
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.access import asks_who_calls, is_secured
from sluice.phases.gate.reading.apps import Route, Router
from sluice.phases.gate.reading.graph import Coded, Graph, by_service

# What frameworks, gateways and orchestrators ask for; no contract need tell of it.
_OWN: Final = frozenset(
    {"health", "healthz", "livez", "readyz", "live", "ready", "liveness", "readiness", "metrics", "docs", "redoc"}
    | {"openapi.json", "swagger", "favicon.ico", "static", "ping", "version", "apidocs", "robots.txt", "status"}
)


class _OfGraph(Check[Graph]):
    """A check of each service's graph."""

    layer: ClassVar[int] = 3
    severity: ClassVar[Severity]

    def subjects(self, facts: Facts) -> Sequence[Graph]:
        """Services with a contract and an application."""
        apps: dict[str, list[Router]] = {}
        for name, app in facts.apps:
            apps.setdefault(name, []).append(app)
        graphs = by_service(sorted(apps), facts.contracts, apps, facts.given.integration)
        return [graph for graph in graphs if facts.given.run or graph.related]

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # NAME-001 and HEALTH-001 ask for both sides
        """Without contracts nothing is declared."""
        return "no service in the tree has both an OpenAPI contract and an application"


class OnlyDeclaredRoutes(_OfGraph):
    """A service offers the operations of its contract and no others."""

    id, severity = "ROUTE-001", "warning"

    def check(self, subject: Graph, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{operation} is implemented but not in the contract of {service}.

        Take the route away, register a new version of the contract, or mark it `include_in_schema=False`.
        """
        for item in subject.only_coded:
            if not _is_internal(item):
                yield _hit(subject.service, item.route, f"{item.method} {item.path}")


class AllDeclaredRoutes(_OfGraph):
    """A service implements every operation of its contract."""

    id, severity = "ROUTE-002", "error"

    def check(self, subject: Graph, facts: Facts) -> Iterator[Hit]:
        """{operation} is in the contract of {service} but not implemented.

        Implement it, or register a new version of the contract without it.
        """
        seen = subject.observed
        for item in subject.only_declared if subject.complete else ():
            if _is_own(item.path) or (seen is not None and item.name in seen):
                continue  # HEALTH-001 asks for it; or it answered: static reading does not see everything
            observed = "unknown" if seen is None else "no"
            app = next(app for name, app in facts.apps if name == subject.service)
            line, column = getattr(app.node, "lineno", 1), getattr(app.node, "col_offset", 0) + 1
            yield Hit(
                source=item.contract.source or app.file.source,
                line=0 if item.contract.source else line,
                column=0 if item.contract.source else column,
                service=subject.service,
                evidence=f"{item.name}: declared: yes; coded: no; observed: {observed}",
                values={"operation": item.name, "service": subject.service or "this code"},
            )


class SecuredRoutes(_OfGraph):
    """A route that the contract secures asks who is calling."""

    id, severity = "AUTH-001", "error"

    def check(self, subject: Graph, facts: Facts) -> Iterator[Hit]:
        """{operation} of {service} is secured in the contract, but its code never asks who is calling.

        Let the handler, its router or a middleware depend on whatever verifies the token.
        """
        project = facts.projects[subject.service]
        for declared, coded in subject.both:
            if is_secured(declared.contract, declared.operation) and not asks_who_calls(
                project, coded.route, coded.chain
            ):
                yield _hit(subject.service, coded.route, declared.name)


def _hit(service: str, route: Route, operation: str) -> Hit:
    line, column = getattr(route.at, "lineno", 1), getattr(route.at, "col_offset", 0) + 1
    values = {"operation": operation.replace("{}", "{…}"), "service": service or "this code"}
    return Hit(source=route.file.source, line=line, column=column, service=service, values=values)


def _is_internal(item: Coded) -> bool:
    keywords = getattr(item.route.at, "keywords", [])
    hidden = any(k.arg == "include_in_schema" and getattr(k.value, "value", True) is False for k in keywords)
    return hidden or _is_own(item.path)


def _is_own(path: str) -> bool:
    parts = [part for part in path.split("/") if part]
    return not parts or parts[-1].lower() in _OWN or parts[0].lower() in _OWN


CHECKS: Final = (OnlyDeclaredRoutes(), AllDeclaredRoutes(), SecuredRoutes())
