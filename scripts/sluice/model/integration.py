"""What the contract tests and the cross-service flow found."""

from sluice.model.base import Artifact, Model


class OperationResult(Model):
    """One operation of a registered contract; `operation` is `METHOD /path`.

    It conforms when every check on every generated case passed and at least one call got a documented 2xx.
    """

    operation: str
    conforms: bool
    cases: int = 0
    successes: int = 0
    failures: tuple[str, ...] = ()
    reproduce: str = ""


class ServiceCompliance(Model):
    """Contract compliance of one service; `drift` are differences between its own openapi.json and the contract."""

    service: str
    operations: tuple[OperationResult, ...] = ()
    drift: tuple[str, ...] = ()
    stateful_cases: int = 0
    seconds: float = 0.0
    error: str = ""

    @property
    def conforming(self) -> int:
        """How many operations conform."""
        return sum(operation.conforms for operation in self.operations)

    @property
    def ratio(self) -> float:
        """Conforming ÷ registered operations, 0.0 when there are none."""
        return self.conforming / len(self.operations) if self.operations else 0.0


class FlowStep(Model):
    """One step of the cross-service flow."""

    step: str
    service: str
    ok: bool
    status: int | None = None
    detail: str = ""


class EventCheck(Model):
    """One event of the flow: published exactly once, valid by its AsyncAPI schema, consumed by each consumer."""

    event: str
    publisher: str
    consumers: tuple[str, ...]
    published: int
    valid: bool
    consumed_by: tuple[str, ...] = ()
    detail: str = ""

    @property
    def ok(self) -> bool:
        """All of it."""
        return self.published == 1 and self.valid and set(self.consumed_by) == set(self.consumers)


class PactResult(Model):
    """One interaction that the flow relies on, played again to its provider by the Pact verifier."""

    service: str
    interaction: str
    ok: bool
    detail: str = ""


class IntegrationReport(Artifact):
    """Phase 6, second half: contract compliance, the cross-service flow and its events."""

    compliance: tuple[ServiceCompliance, ...] = ()
    flow: tuple[FlowStep, ...] = ()
    events: tuple[EventCheck, ...] = ()
    pacts: tuple[PactResult, ...] = ()
    seed: int = 0

    @property
    def operations(self) -> int:
        """Operations in all registered contracts."""
        return sum(len(service.operations) for service in self.compliance)

    @property
    def conforming(self) -> int:
        """Operations that conform."""
        return sum(service.conforming for service in self.compliance)

    @property
    def ratio(self) -> float:
        """Conforming ÷ registered operations of all services."""
        return self.conforming / self.operations if self.operations else 0.0

    @property
    def flow_ok(self) -> bool:
        """At least one step, and every step and event is as it must be."""
        return bool(self.flow) and all(s.ok for s in self.flow) and all(e.ok for e in self.events)
