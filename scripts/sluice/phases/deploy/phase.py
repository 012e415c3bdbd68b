"""Phase 6: deployment, the cross-service flow, contract tests, and the gate over all three."""

from collections.abc import Iterator

import httpx2

from sluice.core.errors import EnvironmentFailure, ServiceCallFailed
from sluice.core.files import inside
from sluice.core.http import client_options
from sluice.engine import lifecycle
from sluice.engine.phase import Context, Outcome
from sluice.engine.stack import StackState
from sluice.model.base import JsonObject
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, PactResult, ServiceCompliance
from sluice.model.lifecycle import Evidence
from sluice.phases.deploy.contract_tests import Effort, Subject, run_contract_tests
from sluice.phases.deploy.events import Bus
from sluice.phases.deploy.flow import Surroundings, Walker
from sluice.phases.deploy.flow_plan import plan_flow, plan_rows
from sluice.phases.deploy.gateway import Gateway
from sluice.phases.deploy.hook_plan import TokenSource, plan_hooks
from sluice.phases.deploy.identity import find_issuer, mint
from sluice.phases.deploy.judgement import judge_deployment, judge_integration
from sluice.phases.deploy.openapi import all_operations
from sluice.phases.deploy.pacts import record, verify
from sluice.phases.deploy.rollout import own_document, rollout, stack_state

_DIRECTORY = "contract-tests"
_PACTS = "pacts"
_FLOW_TIMEOUT = 15.0
_ROWS = 20


def run(ctx: Context) -> Outcome:
    """Deploy what was built, walk the flow, test the contracts; refuse at the first of these that fails."""
    with ctx.span("service_start"):
        deployment = rollout(ctx)
    refusal = judge_deployment(deployment)
    report = IntegrationReport(seed=ctx.settings.seed)
    note = ""
    if not refusal.reason:
        contracts = deployed_contracts(ctx.artifacts.get(ContractSet), deployment)
        source = token_source(contracts, deployment, stack_state(ctx))
        steps, events, agreed = walk(ctx, contracts, source)
        compliance = measure_compliance(ctx, contracts, deployment, source)
        report = IntegrationReport(
            compliance=compliance, flow=steps, events=events, pacts=agreed, seed=ctx.settings.seed
        )
        lifecycle.record(ctx, proven(ctx, report))
        refusal = judge_integration(report, ctx.settings.min_compliance)
        note = _note(deployment, report, source)
    return Outcome(artifacts=(deployment, report), refused=refusal.reason, hint=refusal.hint, note=note)


def revive(ctx: Context) -> None:
    """Start the services again on a stack that was started anew.

    Raises:
        EnvironmentFailure: one of them does not come up any more.
    """
    built = ctx.artifacts.get(Deployment)
    ctx.emit("service.revived", f"starting {', '.join(service.name for service in built.services)} again")
    refusal = judge_deployment(rollout(ctx))
    if refusal.reason:
        raise EnvironmentFailure(refusal.reason, hint=refusal.hint)
    report = ctx.artifacts.find(IntegrationReport)
    if report:
        lifecycle.record(ctx, proven(ctx, report))


def proven(ctx: Context, report: IntegrationReport) -> list[Evidence]:
    """States of contracts that builds and tests prove; those of builds again, for an engine that lost its data."""
    contracts, builds = ctx.artifacts.get(ContractSet), ctx.artifacts.get(BuildResults)
    return [*lifecycle.implemented(contracts, builds), *lifecycle.verified_live(contracts, builds, report)]


def deployed_contracts(contracts: ContractSet, deployment: Deployment) -> ContractSet:
    """The contracts of what runs."""
    running = {service.name for service in deployment.services}
    return ContractSet(contracts=tuple(contract for contract in contracts.contracts if contract.service in running))


def token_source(contracts: ContractSet, deployment: Deployment, state: StackState) -> TokenSource:
    """The service that issues tokens; without one a token made from the run's secret."""
    issuer = find_issuer(all_operations(contracts))
    if issuer:
        url = next(service.url for service in deployment.services if service.name == issuer.service)
        return TokenSource(issuer=contracts.of(issuer.service, "openapi"), url=url)
    secured = any(operation.secured for operation in all_operations(contracts))
    return TokenSource(token=mint(state.jwt_secret)[0]) if secured and state.jwt_secret else TokenSource()


def walk(
    ctx: Context, contracts: ContractSet, source: TokenSource
) -> tuple[tuple[FlowStep, ...], tuple[EventCheck, ...], tuple[PactResult, ...]]:
    """The cross-service flow through the gateway; an event that was looked for is in the second part only.

    What the flow relied on is then played again as consumer contracts: the third part.
    """
    state = stack_state(ctx)
    plan = plan_flow(contracts, ctx.artifacts.get(Decomposition))
    issuer = find_issuer(all_operations(contracts))
    steps: list[FlowStep] = []
    with httpx2.Client(**client_options(state.gateway_url, _FLOW_TIMEOUT)) as client, Bus(state.redis_url) as bus:
        at = Surroundings(gateway=Gateway(state.gateway_url, client), bus=bus, issuer=issuer, token=source.token)
        walker = Walker(at, plan)
        for step in walker.walk():
            steps.append(step)
            verdict = "ok" if step.ok else "FAILED"
            ctx.emit("flow.step", f"{verdict} {step.service} {step.step}: {step.detail}", step=step.step, ok=step.ok)
        events = walker.events()
    agreed = played_again(ctx, at.gateway, walker.token)
    looked_for = {f"event {event.event}" for event in events}
    return tuple(step for step in steps if step.step not in looked_for), events, agreed


def played_again(ctx: Context, gateway: Gateway, token: str) -> tuple[PactResult, ...]:
    """The consumer contracts of the flow, verified."""
    with ctx.span("pact"):
        files = record(gateway.exchanges, inside(ctx.run.root, _PACTS))
        results = verify(files, gateway.url, token, run_id=ctx.run.run_id)
    good = sum(result.ok for result in results)
    ctx.emit("pact.verified", f"{good} of {len(results)} interactions of the flow hold again (Pact)", ok=good)
    return results


def measure_compliance(
    ctx: Context, contracts: ContractSet, deployment: Deployment, source: TokenSource
) -> tuple[ServiceCompliance, ...]:
    """Schemathesis against each service."""

    def tell(service: ServiceCompliance) -> None:
        ctx.emit("contract.tested", _tested(service), service=service.service, ratio=service.ratio)

    subjects = list(_subjects(ctx, contracts, deployment, source))
    settings = ctx.settings
    effort = Effort(
        seed=settings.seed,
        max_examples=settings.max_examples,
        timeout=settings.test_timeout_s,
        cache=ctx.workspace.root / "hypothesis",
    )
    with ctx.span("schemathesis"):
        return run_contract_tests(subjects, effort, source, run_id=ctx.run.run_id, done=tell)


def _subjects(ctx: Context, contracts: ContractSet, deployment: Deployment, source: TokenSource) -> Iterator[Subject]:
    for service in deployment.services:
        contract = contracts.of(service.name, "openapi")
        if contract:
            yield Subject(
                contract=contract,
                url=service.url,
                directory=inside(ctx.run.root, _DIRECTORY, service.name),
                own_document=own_document(service.url),
                registration=_furnished(ctx, contracts, service.name, source),
            )


def _furnished(ctx: Context, contracts: ContractSet, name: str, source: TokenSource) -> JsonObject | None:
    """Register the account to test a service with, and let events make what only events can make there."""
    state = stack_state(ctx)
    account = plan_hooks(source, ()).account()
    try:
        token = account.token() if account else source.token
    except ServiceCallFailed as failure:
        ctx.emit("warning", f"no account to test {name} with: {failure.brief}", service=name)
        return None
    with httpx2.Client(**client_options(state.gateway_url, _FLOW_TIMEOUT)) as client, Bus(state.redis_url) as bus:
        walker = Walker(
            Surroundings(gateway=Gateway(state.gateway_url, client), bus=bus, token=token),
            plan_rows(contracts, name, _ROWS),
        )
        if account:
            walker.rows[account.issuer.register.entity] = account.row
        for step in walker.walk():
            if not step.ok:
                ctx.emit("warning", f"{name} may lack rows to test with: {step.step}: {step.detail}", service=name)
                break
    return account.registration if account else None


def _tested(service: ServiceCompliance) -> str:
    cases = sum(operation.cases for operation in service.operations)
    text = f"{service.service}: {service.conforming} of {len(service.operations)} operations conform"
    return f"{text} ({cases} cases, {service.seconds:.1f} s)" + (f"; {service.error}" if service.error else "")


def _note(deployment: Deployment, report: IntegrationReport, source: TokenSource) -> str:
    """What a person should know of a phase that passed."""
    parts = [
        f"{len(deployment.services)} services healthy",
        f"{report.conforming} of {report.operations} operations conform",
        f"flow of {len(report.flow)} steps and {len(report.events)} events passed",
    ]
    if deployment.not_deployed:
        parts.append(f"not deployed and not tested: {', '.join(deployment.not_deployed)}")
    if source.token:
        parts.append("no service issues tokens, so one was made from the run's secret")
    return "; ".join(parts)
