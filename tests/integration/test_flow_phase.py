"""Phase 6 as a whole, on a stack of real processes: what it hands on, and when its gate refuses."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from data.library import running
from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import RunPaths, Workspace
from sluice.engine.phase import Artifacts, Context, Outcome
from sluice.engine.stack import ServiceStart, ServiceToRun, StackState
from sluice.model.build import BuilderResult, BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.domain import DomainModel
from sluice.model.integration import IntegrationReport
from sluice.model.service_map import Service, ServiceMap
from sluice.phases.deploy import PHASE

pytestmark = pytest.mark.slow

ACCOUNTS, LENDING, REMINDER = running.FILES


@dataclass
class LibraryStack:
    """Deploys the library's services as processes, with Redis and the gateway; `faults` by service."""

    tmp: Path
    held: ExitStack
    faults: dict[str, str] = field(default_factory=dict)
    asked: Sequence[ServiceToRun] = ()
    running_state: StackState | None = None

    def deploy(self, services: Sequence[ServiceToRun]) -> tuple[ServiceStart, ...]:
        self.asked = services
        redis_url = self.held.enter_context(running.redis_server(self.tmp))
        urls = {service.name: self._start(service.name, redis_url) for service in services}
        alive = {name: url for name, url in urls.items() if self.faults.get(name) != "dead"}
        self.running_state = StackState(
            runtime="library",
            run_id="",
            services=alive,
            gateway_url=self.held.enter_context(running.gateway(self.tmp, alive)),
            redis_url=redis_url,
            jwt_secret=running.SECRET,
        )
        return tuple(ServiceStart(name=name, url=url, healthy=True) for name, url in urls.items())

    def _start(self, name: str, redis_url: str) -> str:
        fault = self.faults.get(name, "")
        if fault == "dead":
            return f"http://127.0.0.1:{running.free_port()}"
        return self.held.enter_context(running.service(name, self.tmp, fault=fault, redis_url=redis_url))

    def state(self) -> StackState | None:
        return self.running_state

    def logs(self, name: str, *, lines: int = 20) -> list[str]:
        return [f"{name} fell over"][:lines]


@contextmanager
def context_of(
    tmp_path: Path, *, faults: dict[str, str] | None = None, failed: tuple[str, ...] = (), said: list[str] | None = None
) -> Iterator[tuple[Context, LibraryStack]]:
    names = tuple(running.FILES)
    run = RunPaths(tmp_path / "run")
    for name in names:
        (run.root / "services" / name).mkdir(parents=True)
    results = tuple(
        BuilderResult(
            service=name,
            builder="x",
            status="failed" if name in failed else "success",
            success=name not in failed,
            output_dir=f"services/{name}",
        )
        for name in names
    )
    services = tuple(Service(name=name, original_name=name, depends_on=(ACCOUNTS,)) for name in names)
    decomposition = Decomposition(service_map=ServiceMap(services=services), domain_model=DomainModel())
    artifacts = (running.contracts(), decomposition, BuildResults(results=results))
    lines = said if said is not None else []
    with ExitStack() as held:
        stack = LibraryStack(tmp_path, held, faults or {})
        context = Context(
            workspace=Workspace(tmp_path / "workspace"),
            run=run,
            settings=Settings(max_examples=2, stable_s=0, start_timeout_s=0.2),
            stack=stack,
            artifacts=Artifacts({type(artifact): artifact for artifact in artifacts}),
            emit=lambda type_, message="", **_: lines.append(f"{type_} {message}"),
            span=lambda _: nullcontext(),
        )
        yield context, stack


@contextmanager
def phase_six(
    tmp_path: Path, *, faults: dict[str, str] | None = None, failed: tuple[str, ...] = ()
) -> Iterator[tuple[Outcome, LibraryStack, list[str]]]:
    said: list[str] = []
    with context_of(tmp_path, faults=faults, failed=failed, said=said) as (context, stack):
        yield PHASE.run(context), stack, said


def of(outcome: Outcome) -> tuple[Deployment, IntegrationReport]:
    deployment, report = outcome.artifacts
    assert isinstance(deployment, Deployment)
    assert isinstance(report, IntegrationReport)
    return deployment, report


@pytest.mark.req("R0-063", "R0-064", "R0-072")
def test_a_library_that_keeps_its_contracts_passes_the_gate(tmp_path: Path) -> None:
    with phase_six(tmp_path) as (outcome, _, said):
        deployment, report = of(outcome)
    assert outcome.refused == ""
    assert [service.name for service in deployment.services] == [ACCOUNTS, LENDING, REMINDER]
    assert all(service.healthy and service.tree_digest for service in deployment.services)
    assert (report.ratio, report.flow_ok) == (1.0, True)
    assert [step.step for step in report.flow][-2:] == ["GET /loans/{loan_id}", "GET /reminders"]
    assert [event.event for event in report.events] == ["LoanOpened"]
    assert (tmp_path / "run" / "compose" / "docker-compose.generated.yml").is_file()
    assert not [line for line in said if line.startswith("warning")]


@pytest.mark.req("R0-056")
def test_a_service_whose_builder_failed_is_neither_deployed_nor_tested(tmp_path: Path) -> None:
    with phase_six(tmp_path, failed=(ACCOUNTS,)) as (outcome, stack, _):
        deployment, report = of(outcome)
    assert outcome.refused == ""
    assert deployment.not_deployed == (ACCOUNTS,)
    assert [service.name for service in stack.asked] == [LENDING, REMINDER]
    assert [service.depends_on for service in stack.asked] == [(), ()]
    assert [service.service for service in report.compliance] == [LENDING, REMINDER]
    assert outcome.note.endswith(
        "not deployed and not tested: accounts-service; no service issues tokens, so one was made from the run's secret"
    )


@pytest.mark.req("R0-072", "R0-206")
def test_a_service_that_does_not_answer_refuses_by_name_and_nothing_is_tested(tmp_path: Path) -> None:
    with phase_six(tmp_path, faults={REMINDER: "dead"}) as (outcome, _, _):
        deployment, report = of(outcome)
    assert outcome.refused.startswith("reminder-service is not healthy: cannot be reached")
    assert outcome.refused.endswith("its last lines: reminder-service fell over")
    assert [service.healthy for service in deployment.services] == [True, True, False]
    assert (report.compliance, report.flow) == ((), ())


@pytest.mark.req("R0-072")
def test_too_little_compliance_refuses_and_names_an_operation(tmp_path: Path) -> None:
    with phase_six(tmp_path, faults={LENDING: "locked"}) as (outcome, _, said):
        _, report = of(outcome)
    assert report.ratio <= 0.7
    assert "operations" in outcome.refused
    assert outcome.hint.startswith("first: POST /loans of lending-service: no documented 2xx")
    assert [line for line in said if line.startswith("warning reminder-service may lack rows")]


def test_a_broken_flow_refuses_however_good_the_contracts_are_kept(tmp_path: Path) -> None:
    with phase_six(tmp_path, faults={LENDING: "twice"}) as (outcome, _, _):
        _, report = of(outcome)
    assert report.ratio == 1.0
    assert outcome.refused == ("event LoanOpened of lending-service: it was published 2 times")


def test_without_any_build_nothing_is_deployed(tmp_path: Path) -> None:
    with phase_six(tmp_path, failed=tuple(running.FILES)) as (outcome, _, _):
        deployment, _ = of(outcome)
    assert deployment.services == ()
    assert outcome.refused == "no service was deployed"


def test_the_phase_takes_contracts_decomposition_and_builds() -> None:
    assert PHASE.consumes == (ContractSet, Decomposition, BuildResults)
    assert PHASE.produces == (Deployment, IntegrationReport)


def test_reviving_starts_the_services_again_and_fails_by_name_when_one_is_dead(tmp_path: Path) -> None:
    assert PHASE.revive is not None
    with context_of(tmp_path) as (context, stack):
        deployment, _ = of(PHASE.run(context))
        stack.held.close()
        again = replace(context, artifacts=Artifacts({**context.artifacts.items, Deployment: deployment}))
        PHASE.revive(again)
        assert [service.name for service in stack.asked] == [ACCOUNTS, LENDING, REMINDER]
        stack.held.close()
        stack.faults[LENDING] = "dead"
        with pytest.raises(EnvironmentFailure, match="lending-service is not healthy"):
            PHASE.revive(again)
