"""The gate on what the template builder really makes of the sample PRDs."""

import contextlib
from pathlib import Path

import pytest

import sluice.samples
from sluice.core.config import Settings
from sluice.core.files import canonical_json, digest, tree_digest
from sluice.core.paths import Workspace
from sluice.engine.phase import Artifacts, Context
from sluice.engine.stack import CONTRACT_ENGINE, ServiceToRun, StackState
from sluice.model.build import BuilderResult, BuildResults, Measurement, TestCounts
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.finding import GateReport
from sluice.model.integration import FlowStep, IntegrationReport, OperationResult, ServiceCompliance
from sluice.phases.build.builders.template.reading import read
from sluice.phases.build.builders.template.render import render, write
from sluice.phases.deploy.compose import ComposeGenerator
from sluice.phases.gate import PHASE
from sluice.phases.gate.checks import validation
from sluice.services.architect.decompose import decompose

RUN_ID = "20261121-120000-abcdef"
SAMPLES = sorted(Path(sluice.samples.__file__).parent.glob("*.md"))
PLANTED = ["HEALTH-001", "LOG-001", "SCHEMA-001"]


def registered(stub):
    return RegisteredContract(
        name=stub.name,
        service=stub.service,
        kind=stub.kind,
        version=stub.version,
        digest=digest(canonical_json(stub.document)),
        valid=True,
        validated=True,
        document=stub.document,
    )


def built(run, contracts, service):
    openapi, asyncapi = contracts.of(service, "openapi"), contracts.of(service, "asyncapi")
    plan = read(service, openapi.document, asyncapi.document if asyncapi else None)
    run.service(service).mkdir(parents=True)
    write(render(plan, openapi.document), run.service(service))


class Stack:
    """A stack that is up."""

    def up(self):
        return StackState(runtime="embedded", run_id=RUN_ID, services={CONTRACT_ENGINE: "http://127.0.0.1:1"})


class Engine:
    """A Contract Engine that has validated everything."""

    rows = ()

    def __init__(self, _):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def call(self, *_):
        return {"contracts": list(self.rows)}


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def generated(request, tmp_path_factory):
    """Workspace, run and clean artifacts of phases 3 to 6 of a sample PRD, its services really generated."""
    decomposition = decompose(request.param.read_text(encoding="utf-8"))
    contracts = ContractSet(contracts=tuple(registered(stub) for stub in decomposition.contract_stubs))
    names = contracts.services
    workspace = Workspace(tmp_path_factory.mktemp("gate")).create()
    run = workspace.run(RUN_ID)
    for name in names:
        built(run, contracts, name)
    ComposeGenerator(run_id=RUN_ID).write([ServiceToRun(name=n, directory=run.service(n)) for n in names], run)
    good = Measurement(files=9, tests=TestCounts(total=1, passed=1))
    clean = {
        "decomposition": decomposition,
        "contracts": contracts,
        "build": BuildResults(
            results=tuple(
                BuilderResult(service=n, builder="template", status="success", success=True, measured=good)
                for n in names
            )
        ),
        "deployment": Deployment(
            runtime="embedded",
            gateway_url="",
            services=tuple(DeployedService(name=n, url="", gateway_url="", healthy=True) for n in names),
        ),
        "integration": IntegrationReport(
            compliance=tuple(
                ServiceCompliance(service=n, operations=(OperationResult(operation="GET /health", conforms=True),))
                for n in names
            ),
            flow=(FlowStep(step="health", service=names[0], ok=True),),
        ),
    }

    return workspace, run, clean


@pytest.fixture
def context(generated, monkeypatch):
    """`context(plant=…, **artifacts)`: phase 7's context after six clean phases."""
    workspace, run, clean = generated
    rows = [c.model_dump(exclude={"document", "errors", "validated"}) for c in clean["contracts"].contracts]
    monkeypatch.setattr(Engine, "rows", tuple({**row, "validated_at": "2026-11-21T12:00:00Z"} for row in rows))
    monkeypatch.setattr(validation, "McpServer", Engine)

    def make(*, plant=False, **changed):
        items = {type(item): item for item in {**clean, **changed}.values()}
        return Context(
            workspace=workspace,
            run=run,
            settings=Settings(),
            stack=Stack(),
            artifacts=Artifacts(items),
            emit=lambda *_, **__: None,
            span=lambda _: contextlib.nullcontext(),
            plant=plant,
        )

    return make


def judged(context):
    outcome = PHASE.run(context)
    (report,) = outcome.artifacts
    assert isinstance(report, GateReport)
    assert [run.error for layer in report.layers for run in layer.checks if run.error] == []
    return outcome, report


@pytest.mark.req("R0-092", "R0-216")
def test_generated_services_come_out_clean(context):
    outcome, report = judged(context())
    assert [(finding.check, finding.path, finding.message) for finding in report.findings] == []
    assert [layer.status for layer in report.layers] == ["passed"] * 4
    assert (report.overall_verdict, outcome.refused) == ("passed", "")


@pytest.mark.req("R0-093", "R0-094", "R0-095", "R0-096")
def test_planting_adds_exactly_the_three_violations_and_leaves_the_services_alone(context):
    run = context().run
    before = tree_digest(run.root / "services")
    _, report = judged(context(plant=True))
    assert sorted(finding.check for finding in report.findings) == PLANTED
    assert len({finding.service for finding in report.findings}) == len(PLANTED)
    assert report.planted
    assert report.overall_verdict in {"partial", "failed"}
    assert tree_digest(run.root / "services") == before


def test_one_failed_builder_makes_the_run_partial_and_names_it_once(context):
    clean = context().artifacts.get(BuildResults).results
    failed = clean[0].model_copy(update={"status": "failed", "success": False})
    _, report = judged(context(build=BuildResults(results=(failed, *clean[1:]))))
    assert {finding.check for finding in report.findings} == {"BUILD-001"}
    assert report.overall_verdict == "partial"


@pytest.mark.req("R0-092")
def test_a_failed_flow_refuses_the_run(context):
    broken = (
        context()
        .artifacts.get(IntegrationReport)
        .model_copy(update={"flow": (FlowStep(step="health", service="x", ok=False, detail="status 500"),)})
    )
    outcome, report = judged(context(integration=broken))
    assert report.overall_verdict == "failed"
    assert "FLOW-001" in outcome.refused
