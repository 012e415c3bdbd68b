"""The gate of phase 6: pure, from artifacts to a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from sluice.model.deployment import Deployment
from sluice.model.integration import IntegrationReport, OperationResult


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why the gate refuses (`reason`, '' when it does not) and what to do about it."""

    reason: str = ""
    hint: str = ""


def judge_deployment(deployment: Deployment) -> Refusal:
    """Refuses when nothing runs or something is not healthy."""
    if not deployment.services:
        return Refusal(reason="no service was deployed", hint="see why the builders failed: `invoke status`")
    for service in deployment.services:
        if not service.healthy:
            reason = f"{service.name} is not healthy: {service.detail}"
            return Refusal(reason=reason, hint=f"`invoke logs {service.name}` shows all it wrote")
    return Refusal()


def judge_integration(report: IntegrationReport, min_compliance: float) -> Refusal:
    """Refuses unless every contract test did its work, more than `min_compliance` conforms and the flow passed."""
    for service in report.compliance:
        if service.error:
            hint = f"contract-tests/{service.service}/ of the run holds the reports"
            return Refusal(reason=f"the contract tests of {service.service} failed: {service.error}", hint=hint)
    if not report.ratio > min_compliance:
        return Refusal(
            reason=f"{report.conforming} of {report.operations} operations ({report.ratio:.1%}) conform to their "
            f"contracts; more than {min_compliance:.0%} must",
            hint=next((_first(*worst) for worst in _worst(report)), "no contract has an operation"),
        )
    return _judge_flow(report)


def _judge_flow(report: IntegrationReport) -> Refusal:
    """Events first: a step that looks for their effect fails with them."""
    hint = "`invoke logs SERVICE` shows what the service did"
    for event in report.events:
        if not event.ok:
            return Refusal(reason=f"event {event.event} of {event.publisher}: {event.detail}", hint=hint)
    for step in report.flow:
        if not step.ok:
            return Refusal(reason=f"the flow failed at {step.step} of {step.service}: {step.detail}", hint=hint)
    return Refusal() if report.flow else Refusal(reason="the contracts give no flow to test", hint=hint)


def _worst(report: IntegrationReport) -> Iterator[tuple[str, OperationResult]]:
    for service in report.compliance:
        yield from ((service.service, operation) for operation in service.operations if not operation.conforms)


def _first(service: str, operation: OperationResult) -> str:
    why = operation.failures[0] if operation.failures else "not tested"
    return f"first: {operation.operation} of {service}: {why}"
