from types import SimpleNamespace

import pytest

from sluice.core.errors import ServiceCallFailed
from sluice.engine import lifecycle
from sluice.engine.stack import CONTRACT_ENGINE, StackState
from sluice.model.build import BuilderResult, BuildResults, Measurement
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.integration import EventCheck, IntegrationReport, OperationResult, ServiceCompliance

TREE = "sha256:" + "a" * 64


def contract(kind="openapi", *, valid=True):
    document = {kind: "3.1.0"}
    return RegisteredContract(
        name=f"shop.{kind}", service="shop", kind=kind, version="1", digest=TREE, valid=valid, document=document
    )


def build(*, success=True):
    status = "success" if success else "failed"
    measured = Measurement(tree_digest=TREE)
    return BuildResults(
        results=(BuilderResult(service="shop", builder="b", status=status, success=success, measured=measured),)
    )


def report_of(*conforms, error=""):
    operations = tuple(OperationResult(operation=f"GET /{n}", conforms=good) for n, good in enumerate(conforms))
    return IntegrationReport(compliance=(ServiceCompliance(service="shop", operations=operations, error=error),))


BOTH = ContractSet(contracts=(contract(), contract("asyncapi")))


def test_a_good_build_implements_the_valid_contracts_of_its_service():
    assert {(e.name, e.state, e.evidence) for e in lifecycle.implemented(BOTH, build())} == {
        ("shop.openapi", "implemented", TREE),
        ("shop.asyncapi", "implemented", TREE),
    }
    assert list(lifecycle.implemented(BOTH, build(success=False))) == []
    assert list(lifecycle.implemented(ContractSet(contracts=(contract(valid=False),)), build())) == []


def test_only_a_contract_that_the_service_keeps_wholly_is_verified_live():
    (found,) = lifecycle.verified_live(BOTH, build(), report_of(True, True))
    assert (found.name, found.state, found.basis) == ("shop.openapi", "verified-live", TREE)
    for report in (report_of(True, False), report_of(), report_of(True, error="stopped"), IntegrationReport()):
        assert list(lifecycle.verified_live(BOTH, build(), report)) == []
    assert list(lifecycle.verified_live(BOTH, build(success=False), report_of(True))) == []


@pytest.mark.parametrize(("published", "proven"), [(1, 1), (2, 0)])
def test_events_are_verified_by_the_flow_that_saw_them(published, proven):
    event = EventCheck(
        event="Sold", publisher="till", consumers=("shop",), consumed_by=("shop",), published=published, valid=True
    )
    found = list(lifecycle.verified_live(BOTH, build(), IntegrationReport(events=(event,))))
    assert [item.name for item in found] == ["shop.asyncapi"] * proven


def test_the_evidence_does_not_depend_on_how_long_the_tests_took():
    slow = report_of(True)
    slow = slow.model_copy(update={"compliance": (slow.compliance[0].model_copy(update={"seconds": 9.0}),)})
    first, second = (next(lifecycle.verified_live(BOTH, build(), report)) for report in (report_of(True), slow))
    assert first == second


@pytest.fixture
def context(monkeypatch):
    """A run whose engine answers as the test says; gives the events and what was asked."""
    events, asked = [], []

    def make(*, running=True, failing=False):
        def request(method, url, **more):
            asked.append((method, url, more["json"]))
            if failing:
                raise ServiceCallFailed(f"PUT {url} got no answer")

        monkeypatch.setattr(lifecycle, "request_json", request)
        services = {CONTRACT_ENGINE: "http://127.0.0.1:1"} if running else {}
        state = StackState(runtime="none", run_id="none", services=services)
        emit = lambda kind, message, **_data: events.append((kind, message))  # noqa: E731 - one line of a fixture
        return SimpleNamespace(stack=SimpleNamespace(state=lambda: state), emit=emit), events, asked

    return make


def test_each_state_is_put_with_its_evidence(context):
    ctx, events, asked = context()
    lifecycle.record(ctx, lifecycle.verified_live(BOTH, build(), report_of(True)))
    ((method, url, body),) = asked
    assert (method, url) == ("PUT", "http://127.0.0.1:1/api/contracts/shop.openapi/versions/1/states/verified-live")
    assert body["basis"] == TREE
    assert events == [("contract.state", "shop.openapi 1 is verified-live")]


@pytest.mark.parametrize("how", [{"running": False}, {"failing": True}])
def test_an_engine_that_does_not_take_it_is_a_warning_and_asked_only_once(context, how):
    ctx, events, asked = context(**how)
    lifecycle.record(ctx, lifecycle.implemented(BOTH, build()))
    ((kind, message),) = events
    assert kind == "warning"
    assert message.startswith("2 states of contracts are not recorded, from shop.openapi implemented on:")
    assert len(asked) <= 1
