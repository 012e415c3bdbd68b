"""Phase 7: builders, contracts, generated code and the system as a whole are judged, in that order."""

from typing import Final

from sluice.engine.phase import Context, Outcome, Phase
from sluice.engine.stack import CONTRACT_ENGINE
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.finding import GateReport
from sluice.model.health import SmokeReport, StackHealth
from sluice.model.integration import IntegrationReport
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.plant import copied, plant
from sluice.phases.gate.run import run_gate


def run(ctx: Context) -> Outcome:
    """Judge the run; with `plant` a copy of its services that has violations in it."""
    given = gate_input(ctx)
    if ctx.plant:
        given = copied(given, ctx.run.root / "planted")
        plant(given)
        ctx.emit("gate.planted", "three violations planted in a copy of the services")
    report = run_gate(given)
    for layer in report.layers:
        reason = f": {layer.reason}" if layer.reason else ""
        ctx.emit("gate.layer", f"layer {layer.number} {layer.name} {layer.status}{reason}", status=layer.status)
    refused = report.reason if report.overall_verdict == "failed" else ""
    hint = "each finding of the report says how to mend it" if refused else ""
    note = f"{len(report.findings)} findings, verdict {report.overall_verdict}"
    return Outcome(artifacts=(report,), refused=refused, hint=hint, note=note)


def gate_input(ctx: Context) -> GateInput:
    """What the run offers to the gate: its artifacts, the folders of the built services, the compose files."""
    build = ctx.artifacts.get(BuildResults)
    built = {result.service: ctx.run.service(result.service) for result in build.successes}
    services = {name: path for name, path in built.items() if path.is_dir()}
    compose = sorted((ctx.run.root / "compose").glob("*.yml"))  # the settings beside them hold credentials
    return GateInput(
        root=ctx.run.root,
        services=services,
        folders=(*services.values(), *compose),
        settings=ctx.settings,
        decomposition=ctx.artifacts.get(Decomposition),
        contracts=ctx.artifacts.get(ContractSet),
        build=build,
        deployment=ctx.artifacts.get(Deployment),
        integration=ctx.artifacts.get(IntegrationReport),
        contract_engine_url=ctx.stack.up().services[CONTRACT_ENGINE],
        run=True,
    )


PHASE: Final = Phase(
    number=7,
    name="gate",
    help="four layers of checks judge builders, contracts, generated code and the whole system",
    consumes=(StackHealth, SmokeReport, Decomposition, ContractSet, BuildResults, Deployment, IntegrationReport),
    produces=(GateReport,),
    run=run,
    properties=("min_builder_share", "min_compliance"),
)
