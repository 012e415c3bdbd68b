from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from sluice.core.config import Settings
from sluice.core.http import HealthResult
from sluice.engine.stack import ARCHITECT, BUILD1, CONTRACT_ENGINE, StackState
from sluice.model.health import StackHealth
from sluice.phases import health


class Stack:
    def __init__(self, names=BUILD1):
        self.names = names

    def up(self):
        return StackState(runtime="test", run_id="r", services={name: f"http://{name}" for name in self.names})

    def logs(self, name, *, lines=20):
        return [f"{name} last words"][:lines]


@pytest.fixture
def context(monkeypatch):
    """A context whose services answer as given; returns it and the events."""

    def given(*, stack=None, sick=()):
        events = []

        def poll(url, *, timeout, stable):
            assert (timeout, stable) == (60, 2)
            bad = any(name in url for name in sick)
            return HealthResult(
                url=url,
                healthy=not bad,
                status=503 if bad else 200,
                detail="answers 503" if bad else "",
                seconds=0.1,
                probes=1,
            )

        monkeypatch.setattr(health, "poll_until_healthy", poll)
        ctx = SimpleNamespace(
            stack=stack or Stack(),
            settings=Settings(stable_s=2),
            emit=lambda kind, message="", **data: events.append((kind, message, data)),
            span=lambda _kind: nullcontext(),
        )
        return ctx, events

    return given


@pytest.mark.req("R0-012", "R0-014")
def test_three_healthy_services_pass_the_gate(context):
    ctx, events = context()
    outcome = health.run(ctx)
    assert outcome.refused == ""
    (made,) = outcome.artifacts
    assert [(service.name, service.healthy) for service in made.services] == [(name, True) for name in BUILD1]
    assert made.stable_seconds == 2
    assert {kind for kind, _, _ in events} == {"service.healthy"}


@pytest.mark.req("R0-014", "R0-233")
def test_one_sick_service_refuses_the_gate_and_shows_its_log(context):
    ctx, events = context(sick=[CONTRACT_ENGINE])
    outcome = health.run(ctx)
    assert outcome.refused == "contract-engine answers 503"
    assert CONTRACT_ENGINE in outcome.hint
    assert ("service.unhealthy", {"service": CONTRACT_ENGINE, "log": ["contract-engine last words"]}) in [
        (kind, data) for kind, _, data in events
    ]


@pytest.mark.req("R0-014")
def test_a_service_that_the_stack_does_not_know_refuses_the_gate(context):
    ctx, _ = context(stack=Stack([name for name in BUILD1 if name != ARCHITECT]))
    assert health.run(ctx).refused == "architect the stack did not start it"


def test_a_report_without_a_service_is_refused():
    assert health.judge(StackHealth(runtime="test", stable_seconds=1)).count("was not asked") == 3
