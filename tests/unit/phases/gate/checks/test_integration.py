import pytest

from sluice.core.config import Settings
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, OperationResult, ServiceCompliance


def compliance(conforming, total, **fields):
    operations = tuple(
        OperationResult(operation=f"GET /{n}", conforms=n < conforming, failures=("status 500",)) for n in range(total)
    )
    return ServiceCompliance(service="svc", operations=operations, **fields)


@pytest.fixture
def judged(compute_check):
    def judge(check, **fields):
        return compute_check(check, {}, services=[], integration=IntegrationReport(**fields))

    return judge


@pytest.mark.req("R0-081")
def test_each_operation_that_does_not_conform_is_named(judged):
    findings = judged("CONTRACT-001", compliance=(compliance(1, 3),))
    assert [finding.message.split(" of ")[0] for finding in findings] == ["GET /1", "GET /2"]
    assert findings[0].evidence == "status 500"


@pytest.mark.req("R0-081")
def test_a_service_that_could_not_be_tested_is_named(judged):
    assert len(judged("CONTRACT-001", compliance=(ServiceCompliance(service="svc", error="no answer"),))) == 1


@pytest.mark.parametrize(("conforming", "found"), [(71, 0), (70, 1), (0, 1)])
@pytest.mark.req("R0-072", "R0-081")
def test_more_than_seventy_of_a_hundred_must_conform(judged, conforming, found):
    assert len(judged("CONTRACT-002", compliance=(compliance(conforming, 100),))) == found


def test_no_operation_at_all_is_not_compliance(judged):
    assert len(judged("CONTRACT-002", compliance=())) == 1


def test_the_needed_ratio_is_a_setting(compute_check):
    integration = IntegrationReport(compliance=(compliance(5, 10),))
    lenient = Settings(min_compliance=0.4)
    assert compute_check("CONTRACT-002", {}, services=[], integration=integration, settings=lenient) == []


def test_drift_is_found(judged):
    (finding,) = judged("CONTRACT-003", compliance=(compliance(1, 1, drift=("GET /x is not in the contract",)),))
    assert finding.evidence == "GET /x is not in the contract"


def test_a_failed_step_of_the_flow_is_found(judged):
    steps = (FlowStep(step="register", service="a", ok=True), FlowStep(step="login", service="a", ok=False, status=500))
    (finding,) = judged("FLOW-001", flow=steps)
    assert "login" in finding.message
    assert "500" in finding.message


@pytest.mark.parametrize(
    "event",
    [
        EventCheck(event="E", publisher="a", consumers=("b",), published=0, valid=True, consumed_by=("b",)),
        EventCheck(event="E", publisher="a", consumers=("b",), published=1, valid=False, consumed_by=("b",)),
        EventCheck(event="E", publisher="a", consumers=("b",), published=1, valid=True),
    ],
    ids=["not published", "not valid", "not consumed"],
)
def test_an_event_that_did_not_arrive_is_found(judged, event):
    assert len(judged("EVENT-001", events=(event,))) == 1


def test_a_service_that_is_down_is_found(compute_check):
    up = DeployedService(name="a", url="", gateway_url="", healthy=True)
    down = DeployedService(name="b", url="", gateway_url="", healthy=False, detail="exit 1")
    some = Deployment(runtime="embedded", gateway_url="", services=(up, down), not_deployed=("c",))
    none = Deployment(runtime="embedded", gateway_url="", services=(down,))
    assert {finding.service for finding in compute_check("DEPLOY-001", {}, services=[], deployment=some)} == {"b", "c"}
    assert compute_check("DEPLOY-002", {}, services=[], deployment=some) == []
    assert len(compute_check("DEPLOY-002", {}, services=[], deployment=none)) == 1
