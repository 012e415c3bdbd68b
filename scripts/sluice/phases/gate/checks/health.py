"""HEALTH-001."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.apps import Router


class HasHealthRoute(Check[tuple[str, Router | None]]):
    """Every served application answers `GET /health`."""

    id, layer, severity = "HEALTH-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[tuple[str, Router | None]]:
        """The applications that are served; in a run also each service in which none can be found."""
        served = {name for name, _ in facts.apps}
        bare = [name for name in sorted(facts.given.services) if name not in served] if facts.given.run else []
        return [*facts.apps, *((name, None) for name in bare)]

    def absent(self, facts: Facts) -> str:
        """A folder of something else has no web application."""
        return "" if facts.given.run else "there is no FastAPI, Starlette or Flask application in the tree"

    def check(self, subject: tuple[str, Router | None], facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{service} has no route for GET /health.

        Add one that answers 200 when the service can work: gateways, orchestrators and the HEALTHCHECK ask it.
        """
        service, app = subject
        if app is None:
            yield Hit(service=service, values={"service": f"{service} (no served application found)"})
        elif not any(
            _is_health(path) for path, route in app.all_routes() if "GET" in route.methods and not route.guarded
        ):
            line, column = getattr(app.node, "lineno", 1), getattr(app.node, "col_offset", 0) + 1
            yield Hit(source=app.file.source, line=line, column=column, values={"service": service or app.file.rel})


def _is_health(path: str) -> bool:
    """`/health`, `/api/v1/health`, `/health/live`; not `/patients/{id}/health`."""
    parts = path.split("/")
    return "health" in parts and not any(part.startswith(("{", "<")) for part in parts)


CHECKS: Final = (HasHealthRoute(),)
