"""Layer 2: contract tests, drift, the cross-service flow and its events."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.model.deployment import Deployment
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, PactResult, ServiceCompliance
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts

_INTEGRATION: Final = frozenset({"integration"})


def _compliance(facts: Facts) -> Sequence[ServiceCompliance]:
    return facts.given.integration.compliance if facts.given.integration else ()


class OperationConforms(Check[ServiceCompliance]):
    """Every operation of a registered contract conforms to it."""

    id, layer, severity, requires = "CONTRACT-001", 2, "error", _INTEGRATION

    def subjects(self, facts: Facts) -> Sequence[ServiceCompliance]:
        """One for each service."""
        return _compliance(facts)

    def check(self, subject: ServiceCompliance, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{operation} of {service} does not conform to its contract: {why}.

        Repeat the call named in the report, and make the service answer as the registered contract says.
        """
        if subject.error:
            values = {"operation": "every operation", "service": subject.service, "why": subject.error}
            yield Hit(service=subject.service, evidence=subject.error, values=values)
        for operation in subject.operations:
            if not operation.conforms:
                why = operation.failures[0] if operation.failures else "no call got a documented 2xx answer"
                values = {"operation": operation.operation, "service": subject.service, "why": why}
                yield Hit(service=subject.service, evidence=operation.reproduce or why, values=values)


class ComplianceRatio(Check[IntegrationReport]):
    """Enough operations conform."""

    id, layer, severity, requires = "CONTRACT-002", 2, "error", _INTEGRATION

    def subjects(self, facts: Facts) -> Sequence[IntegrationReport]:
        """The report as a whole."""
        return (facts.given.integration,) if facts.given.integration else ()

    def check(self, subject: IntegrationReport, facts: Facts) -> Iterator[Hit]:
        """{conforming} of {operations} operations conform ({ratio:.1%}), needed are more than {needed:.0%}.

        Mend the operations that CONTRACT-001 names.
        """
        needed = facts.given.settings.min_compliance
        if not subject.operations or subject.ratio <= needed:
            counts = {"conforming": subject.conforming, "operations": subject.operations}
            yield Hit(values={**counts, "ratio": subject.ratio, "needed": needed})


class NoDrift(Check[ServiceCompliance]):
    """A service's own openapi.json says what its registered contract says."""

    id, layer, severity, requires = "CONTRACT-003", 2, "warning", _INTEGRATION

    def subjects(self, facts: Facts) -> Sequence[ServiceCompliance]:
        """One for each service."""
        return _compliance(facts)

    def check(self, subject: ServiceCompliance, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{service} drifted from its contract: {drift}.

        The registered contract is the oracle: change the code, or register a new version of the contract.
        """
        for drift in subject.drift:
            yield Hit(service=subject.service, evidence=drift, values={"service": subject.service, "drift": drift})


class FlowPasses(Check[FlowStep]):
    """Every step of the cross-service flow succeeds."""

    id, layer, severity, requires = "FLOW-001", 2, "error", _INTEGRATION

    def subjects(self, facts: Facts) -> Sequence[FlowStep]:
        """The steps."""
        return facts.given.integration.flow if facts.given.integration else ()

    def check(self, subject: FlowStep, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """Flow step "{step}" failed at {service}: {detail}.

        Look into the log of that service (`invoke logs NAME`) at the time of the step.
        """
        if not subject.ok:
            detail = subject.detail or f"status {subject.status}"
            values = {"step": subject.step, "service": subject.service, "detail": detail}
            yield Hit(service=subject.service, evidence=detail, values=values)


class EventArrives(Check[EventCheck]):
    """Every event of the flow is published once, is valid, and reaches each consumer."""

    id, layer, severity, requires = "EVENT-001", 2, "error", _INTEGRATION

    def subjects(self, facts: Facts) -> Sequence[EventCheck]:
        """The events."""
        return facts.given.integration.events if facts.given.integration else ()

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # systems without events are fine
        """A flow need not have events."""
        return "the cross-service flow has no event"

    def check(self, subject: EventCheck, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{event} of {publisher} was published {published} times, valid: {valid}, consumed by {consumed}.

        It must be published exactly once, match its AsyncAPI schema, and be consumed by every consumer.
        """
        if not subject.ok:
            consumed = f"{len(subject.consumed_by)} of {len(subject.consumers)} consumers"
            values = {"event": subject.event, "publisher": subject.publisher, "published": subject.published}
            values |= {"valid": "yes" if subject.valid else "no", "consumed": consumed}
            yield Hit(service=subject.publisher, evidence=subject.detail, values=values)


class PactHolds(Check[PactResult]):
    """What the cross-service flow relies on holds again, by its recorded consumer contracts."""

    id, layer, severity, requires = "PACT-001", 2, "error", _INTEGRATION

    def subjects(self, facts: Facts) -> Sequence[PactResult]:
        """The interactions that the Pact verifier played."""
        return facts.given.integration.pacts if facts.given.integration else ()

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # a flow may consist of what cannot be repeated
        """A flow need not have calls that can be repeated."""
        return "no call of the cross-service flow can be played again"

    def check(self, subject: PactResult, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{interaction} of {service} no longer answers as the flow saw it: {detail}.

        The pact stands in the run's `pacts` directory: make the provider keep to it.
        """
        if not subject.ok:
            detail = subject.detail or "the verifier gave no reason"
            values = {"interaction": subject.interaction, "service": subject.service, "detail": detail}
            yield Hit(service=subject.service, evidence=detail, values=values)


class EverythingIsUp(Check[Deployment]):
    """Every service of the decomposition is deployed and healthy."""

    id, layer, severity, requires = "DEPLOY-001", 2, "error", frozenset({"deployment"})

    def subjects(self, facts: Facts) -> Sequence[Deployment]:
        """The deployment as a whole."""
        return (facts.given.deployment,) if facts.given.deployment else ()

    def check(self, subject: Deployment, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{service} {state}.

        `invoke logs NAME` shows why; a service whose builder failed is not deployed at all.
        """
        for name in subject.not_deployed:
            yield Hit(service=name, values={"service": name, "state": "is not deployed"})
        for service in subject.services:
            if not service.healthy:
                values = {"service": service.name, "state": "is not healthy"}
                yield Hit(service=service.name, evidence=service.detail, values=values)


class SomethingIsUp(Check[Deployment]):
    """At least one service is deployed and healthy."""

    id, layer, severity, requires = "DEPLOY-002", 2, "error", frozenset({"deployment"})

    def subjects(self, facts: Facts) -> Sequence[Deployment]:
        """The deployment as a whole."""
        return (facts.given.deployment,) if facts.given.deployment else ()

    def check(self, subject: Deployment, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """No service is up, so nothing was really tested.

        Mend what DEPLOY-001 and BUILD-001 name, then resume the run.
        """
        if not any(service.healthy for service in subject.services):
            yield Hit()


CHECKS: Final = (
    OperationConforms(),
    ComplianceRatio(),
    NoDrift(),
    FlowPasses(),
    EventArrives(),
    PactHolds(),
    EverythingIsUp(),
    SomethingIsUp(),
)
