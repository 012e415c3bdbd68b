"""The summary of a run and the policy of its verdict (DESIGN, decisions 1, 2 and 9)."""

from collections.abc import Mapping, Sequence

from sluice.engine.phase import Artifacts
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.finding import GateReport, Verdict
from sluice.model.integration import IntegrationReport
from sluice.model.summary import (
    ComplianceSummary,
    PhaseSummary,
    ServiceRatio,
    ServiceSummary,
    StepSummary,
    Summary,
)
from sluice.reports.report import RunView
from sluice.reports.text import count, one_line

_DONE = ("passed", "skipped")
_LINE = 500


def summarise(
    *,
    run_id: str,
    runtime: str,
    phases: Sequence[PhaseSummary],
    artifacts: Artifacts,
    seconds: float = 0.0,
    reports: Mapping[str, str] | None = None,
) -> Summary:
    """A run in one object: its facts, then the verdict that follows from them and the one line that says why."""
    services = _services(artifacts)
    integration = artifacts.find(IntegrationReport)
    gate = artifacts.find(GateReport)
    verdict, reason = judge(phases, services, integration, gate)
    return Summary(
        run_id=run_id,
        verdict=verdict,
        reason=one_line(reason, _LINE),
        runtime=runtime,
        seconds=seconds,
        phases=tuple(sorted(phases, key=lambda phase: phase.number)),
        services=services,
        compliance=_compliance(integration),
        flow=_flow(integration),
        findings=gate.findings if gate else (),
        reports=dict(reports or {}),
    )


def view_of(summary: Summary, artifacts: Artifacts) -> RunView:
    """The summary together with the artifacts that the reports show in detail."""
    return RunView(
        summary=summary,
        decomposition=artifacts.find(Decomposition),
        contracts=artifacts.find(ContractSet),
        build=artifacts.find(BuildResults),
        deployment=artifacts.find(Deployment),
        integration=artifacts.find(IntegrationReport),
        gate=artifacts.find(GateReport),
    )


def view_of_gate(report: GateReport, *, name: str) -> RunView:
    """A gate report without a run behind it; `name` says what was judged."""
    summary = Summary(
        run_id=name,
        verdict=report.overall_verdict,
        reason=one_line(report.reason, _LINE),
        runtime="none",
        seconds=round(sum(check.seconds for layer in report.layers for check in layer.checks), 3),
        findings=report.findings,
    )
    return RunView(summary=summary, gate=report)


def judge(
    phases: Sequence[PhaseSummary],
    services: Sequence[ServiceSummary],
    integration: IntegrationReport | None,
    gate: GateReport | None,
) -> tuple[Verdict, str]:
    """`passed`, `partial` or `failed`, and why in one line; the first thing that went wrong is the reason."""
    failed = _stopped(phases) or _sick(services) or _broken_flow(integration) or _gate_failed(gate)
    if failed or integration is None or gate is None:
        return "failed", failed
    left_out = [service.name for service in services if not (service.built and service.healthy)]
    if left_out:
        return "partial", f"{', '.join(left_out)} was left out because it could not be built"
    if gate.overall_verdict == "partial":
        return "partial", gate.reason or "the quality gate ended partial"
    return "passed", (
        f"{count(len(services), 'service')} healthy, {integration.conforming} of "
        f"{count(integration.operations, 'operation')} conform, the cross-service flow passed, "
        f"the gate has {count(len(gate.findings), 'finding') if gate.findings else 'no findings'}"
    )


def _stopped(phases: Sequence[PhaseSummary]) -> str:
    for phase in sorted(phases, key=lambda phase: phase.number):
        where = f"phase {phase.number} ({phase.name})"
        if phase.status == "refused":
            return f"{where} refused: {phase.reason or 'no reason given'}"
        if phase.status == "error":
            return f"{where} ended with an error: {phase.reason or 'no reason given'}"
        if phase.status == "interrupted":
            return f"interrupted in {where}"
        if phase.status not in _DONE:
            return f"{where} has not run"
    return "" if phases else "no phase has run"


def _sick(services: Sequence[ServiceSummary]) -> str:
    if not any(service.healthy for service in services):
        return "no generated service is running"
    sick = [service.name for service in services if service.built and not service.healthy]
    return f"{', '.join(sick)} was built but is not healthy" if sick else ""


def _gate_failed(gate: GateReport | None) -> str:
    if gate is None:
        return "the quality gate left no report"
    if gate.overall_verdict == "failed":
        return gate.reason or "the quality gate failed"
    if gate.planted and gate.overall_verdict == "passed":
        return "violations were planted and the gate passed without seeing them"
    return ""


def _broken_flow(integration: IntegrationReport | None) -> str:
    if integration is None or not integration.flow:
        return "the cross-service flow has not run"
    broken = [step.step for step in integration.flow if not step.ok]
    broken += [event.event for event in integration.events if not event.ok]
    return f"the cross-service flow failed at {', '.join(broken)}" if broken else ""


def _services(artifacts: Artifacts) -> tuple[ServiceSummary, ...]:
    contracts, plan = artifacts.find(ContractSet), artifacts.find(Decomposition)
    build, deployment = artifacts.find(BuildResults), artifacts.find(Deployment)
    built = {result.service: result.success for result in build.results} if build else {}
    running = {service.name: service for service in deployment.services} if deployment else {}
    planned = contracts.services if contracts else [s.name for s in plan.service_map.services] if plan else ()
    return tuple(
        ServiceSummary(
            name=name,
            built=built.get(name, False),
            healthy=name in running and running[name].healthy,
            url=running[name].url if name in running else "",
        )
        for name in sorted({*planned, *built, *running})
    )


def _compliance(integration: IntegrationReport | None) -> ComplianceSummary:
    if integration is None:
        return ComplianceSummary()
    return ComplianceSummary(
        operations=integration.operations,
        conforming=integration.conforming,
        ratio=integration.ratio,
        per_service=tuple(
            ServiceRatio(
                service=service.service,
                operations=len(service.operations),
                conforming=service.conforming,
                ratio=service.ratio,
            )
            for service in integration.compliance
        ),
    )


def _flow(integration: IntegrationReport | None) -> tuple[StepSummary, ...]:
    if integration is None:
        return ()
    steps = [StepSummary(step=step.step, ok=step.ok) for step in integration.flow]
    return (*steps, *(StepSummary(step=f"event {event.event}", ok=event.ok) for event in integration.events))
