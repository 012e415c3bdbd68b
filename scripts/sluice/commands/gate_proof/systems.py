"""The healthy systems: a whole run of generated services with its artifacts, and a folder of services made by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import sluice.samples
from sluice.commands.gate_proof.mutation import ServiceFacts
from sluice.core.files import canonical_json, digest, source_files, tree_digest, write_atomic
from sluice.core.paths import Workspace
from sluice.engine.stack import ServiceToRun
from sluice.model.build import BuilderClaim, BuilderResult, BuildResults, Measurement, TestCounts
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.decomposition import ContractStub, Decomposition
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, OperationResult, ServiceCompliance
from sluice.phases.build.builders.template.reading import read
from sluice.phases.build.builders.template.render import render, write
from sluice.phases.deploy.compose import ComposeGenerator
from sluice.phases.gate.check import GateInput
from sluice.services.architect.decompose import decompose

_RUN_ID = "20261121-120000-abcdef"
_PART = re.compile(r"^-- (\S+) --\n", re.MULTILINE)
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class System:
    """A healthy system on disk: what the gate is given, its texts by path, and its services."""

    name: str
    given: GateInput
    texts: Mapping[str, str]
    services: tuple[ServiceFacts, ...]


def generated(directory: Path, sample: str = "tasktracker") -> System:
    """The services of a sample PRD as phases 3 to 5 make them, with the artifacts of a clean run."""
    decomposition = decompose(sluice.samples.path(sample).read_text(encoding="utf-8"))
    contracts = ContractSet(contracts=tuple(map(_registered, decomposition.contract_stubs)))
    run = Workspace(directory).create().run(_RUN_ID)
    for name in contracts.services:
        openapi, asyncapi = contracts.of(name, "openapi"), contracts.of(name, "asyncapi")
        assert openapi is not None  # noqa: S101 - `services` are those with an OpenAPI contract
        run.service(name).mkdir(parents=True)
        plan = read(name, openapi.document, asyncapi.document if asyncapi else None)
        write(render(plan, openapi.document), run.service(name))
    compose = ComposeGenerator(run_id=_RUN_ID).write(
        [ServiceToRun(name=name, directory=run.service(name)) for name in contracts.services], run
    )
    services = {name: run.service(name) for name in contracts.services}
    given = GateInput(
        root=run.root,
        services=services,
        folders=(*services.values(), compose),
        decomposition=decomposition,
        contracts=contracts,
        build=_build(services),
        deployment=_deployment(services),
        integration=_integration(decomposition, contracts),
        run=True,
    )
    return _system("generated", given, "run generated contract")


def _registered(stub: ContractStub) -> RegisteredContract:
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


def _build(services: Mapping[str, Path]) -> BuildResults:
    results = []
    for name, folder in services.items():
        count = len(list(source_files(folder)))
        tests = sum(path.read_text().count("\ndef test_") for path in folder.glob("tests/test_*.py"))
        counts = TestCounts(total=tests, passed=tests)
        results.append(
            BuilderResult(
                service=name,
                builder="template",
                status="success",
                success=True,
                exit_code=0,
                claim=BuilderClaim(status="success", tests=counts, convergence=1.0),
                measured=Measurement(files=count, tests=counts, tree_digest=tree_digest(folder)),
            )
        )
    return BuildResults(results=tuple(results))


def _deployment(services: Mapping[str, Path]) -> Deployment:
    deployed = [
        DeployedService(name=name, url="", gateway_url="", healthy=True, tree_digest=tree_digest(folder))
        for name, folder in services.items()
    ]
    return Deployment(runtime="embedded", gateway_url="", services=tuple(deployed))


def _integration(decomposition: Decomposition, contracts: ContractSet) -> IntegrationReport:
    compliance = []
    for contract in contracts.contracts:
        paths = contract.document.get("paths")
        names = [
            f"{method.upper()} {path}"
            for path, item in (paths.items() if isinstance(paths, dict) else ())
            for method in (item if isinstance(item, dict) else ())
            if method in _METHODS
        ]
        operations = tuple(OperationResult(operation=name, conforms=True, cases=9, successes=9) for name in names)
        if contract.kind == "openapi":
            compliance.append(ServiceCompliance(service=contract.service, operations=operations))
    events = [
        EventCheck(
            event=event.name,
            publisher=event.publisher or "",
            consumers=event.consumers,
            published=1,
            valid=True,
            consumed_by=event.consumers,
        )
        for event in decomposition.events
    ]
    steps = [FlowStep(step="healthy", service=name, ok=True, status=200) for name in contracts.services]
    return IntegrationReport(compliance=tuple(compliance), flow=tuple(steps), events=tuple(events))


def handwritten(directory: Path) -> System:
    """Services in the styles people write: FastAPI, Flask and Starlette, with compose, nginx, Traefik and contracts."""
    for resource in sorted(files("sluice.commands.gate_proof").joinpath("healthy").iterdir(), key=lambda r: r.name):
        if resource.name.endswith(".txtar"):
            _, *parts = _PART.split(resource.read_text(encoding="utf-8"))
            for path, text in zip(parts[::2], parts[1::2], strict=True):
                write_atomic(directory / path, text)
    return _system("handwritten", GateInput.from_folder(directory), "folder")


def _system(name: str, given: GateInput, traits: str) -> System:
    texts = {
        path.relative_to(given.root).as_posix(): path.read_text(encoding="utf-8")
        for folder in given.folders
        for path in (source_files(folder) if folder.is_dir() else [folder])
    }
    services = tuple(
        ServiceFacts(
            name=service,
            folder=path.relative_to(given.root).as_posix(),
            traits=frozenset(traits.split()) | _traits(texts, path.relative_to(given.root).as_posix()),
        )
        for service, path in sorted(given.services.items())
    )
    return System(name, given, texts, services)


def _traits(texts: Mapping[str, str], folder: str) -> set[str]:
    code = "\n".join(text for path, text in texts.items() if path.startswith(f"{folder}/") and path.endswith(".py"))
    frameworks = {"fastapi": r"\bFastAPI\(", "flask": r"\bFlask\(", "starlette": r"\bStarlette\("}
    name = folder.rpartition("/")[2]
    declared = any(path.startswith((f"{folder}/openapi.", f"contracts/{name}.openapi.")) for path in texts)
    return {name for name, pattern in frameworks.items() if re.search(pattern, code)} | (
        {"contract"} if declared else set()
    )
