import pytest

from sluice.model.deployment import DeployedService, Deployment
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, OperationResult, ServiceCompliance
from sluice.phases.deploy.judgement import judge_deployment, judge_integration

STEP = FlowStep(step="POST /things", service="thing-service", ok=True)


def report(conforming: int, total: int, **more: object) -> IntegrationReport:
    operations = tuple(
        OperationResult(operation=f"GET /{n}", conforms=n < conforming, failures=() if n < conforming else ("broken",))
        for n in range(total)
    )
    found = ServiceCompliance(service="thing-service", operations=operations)
    return IntegrationReport(**{"compliance": (found,), "flow": (STEP,), **more})


@pytest.mark.req("R0-072")
def test_seventy_percent_is_refused_and_names_the_first_operation_that_fails() -> None:
    refusal = judge_integration(report(70, 100), 0.7)
    assert refusal.reason == "70 of 100 operations (70.0%) conform to their contracts; more than 70% must"
    assert refusal.hint == "first: GET /70 of thing-service: broken"


@pytest.mark.req("R0-072")
def test_seventy_one_percent_passes() -> None:
    assert judge_integration(report(71, 100), 0.7).reason == ""


def test_no_operations_at_all_are_refused() -> None:
    assert judge_integration(IntegrationReport(flow=(STEP,)), 0.0).hint == "no contract has an operation"


def test_tests_that_could_not_run_are_refused_however_high_the_ratio() -> None:
    broken = ServiceCompliance(service="other-service", error="Schemathesis ended with code 2")
    found = report(10, 10)
    refusal = judge_integration(found.model_copy(update={"compliance": (*found.compliance, broken)}), 0.7)
    assert refusal.reason == "the contract tests of other-service failed: Schemathesis ended with code 2"


def test_a_failed_step_is_refused_by_name() -> None:
    failed = STEP.model_copy(update={"ok": False, "detail": "answered 500"})
    refusal = judge_integration(report(10, 10, flow=(STEP, failed)), 0.7)
    assert refusal.reason == "the flow failed at POST /things of thing-service: answered 500"


def test_an_event_published_twice_is_refused() -> None:
    event = EventCheck(
        event="Done",
        publisher="thing-service",
        consumers=(),
        published=2,
        valid=True,
        detail="it was published 2 times",
    )
    refusal = judge_integration(report(10, 10, events=(event,)), 0.7)
    assert refusal.reason == "event Done of thing-service: it was published 2 times"


def test_a_failed_event_is_named_before_the_step_that_looks_for_its_effect() -> None:
    event = EventCheck(
        event="Done", publisher="thing-service", consumers=("b",), published=1, valid=True, detail="lost"
    )
    failed = STEP.model_copy(update={"ok": False, "detail": "no effect"})
    refusal = judge_integration(report(10, 10, flow=(failed,), events=(event,)), 0.7)
    assert refusal.reason == "event Done of thing-service: lost"


def test_a_flow_without_steps_is_refused() -> None:
    assert judge_integration(report(10, 10, flow=()), 0.7).reason == "the contracts give no flow to test"


def test_nothing_deployed_is_refused() -> None:
    assert judge_deployment(Deployment(runtime="x", gateway_url="")).reason == "no service was deployed"


@pytest.mark.req("R0-072")
def test_one_unhealthy_service_is_refused_by_name() -> None:
    def service(name: str, healthy: bool) -> DeployedService:
        return DeployedService(
            name=name, url="", gateway_url="", healthy=healthy, detail="" if healthy else "answers 503"
        )

    sick = Deployment(runtime="x", gateway_url="", services=(service("a", True), service("b", False)))
    assert judge_deployment(sick).reason == "b is not healthy: answers 503"
    assert judge_deployment(sick).hint == "`invoke logs b` shows all it wrote"
    assert judge_deployment(sick.model_copy(update={"services": (service("a", True),)})).reason == ""
