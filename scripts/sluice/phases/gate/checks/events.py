"""DEAD-001."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.events import Use


class EventsAreConsumed(Check[Use]):
    """Every published event has a consumer."""

    id, layer, severity = "DEAD-001", 4, "warning"

    def subjects(self, facts: Facts) -> Sequence[Use]:
        """Published events, by contract, ServiceMap and code."""
        return facts.events.published()

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # a system need not have events
        """A system need not have events."""
        return "no event is published"

    def check(self, subject: Use, facts: Facts) -> Iterator[Hit]:
        """{event}, published by {service}, is consumed by nobody.

        Let the service that needs it consume it, or stop publishing it.
        """
        if not facts.events.consumed(subject):
            values = {"event": subject.event, "service": subject.service or "this code"}
            yield Hit(
                source=subject.source,
                line=subject.line,
                column=subject.column,
                service=subject.service,
                evidence="" if subject.source else f"{subject.service} publishes {subject.event}",
                values=values,
            )


CHECKS: Final = (EventsAreConsumed(),)
