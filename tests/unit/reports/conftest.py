"""Runs to render: one that passed, one that ended partial, one full of hostile text, one that hardly began."""

import pytest

from sluice.model.decomposition import Question, Requirement
from sluice.model.domain import Event
from sluice.model.service_map import ServiceMap
from sluice.reports.excerpt import Line
from sluice.reports.report import RunView
from unit.reports.runs import (
    HOSTILE,
    a_build,
    a_decomposition,
    a_deployment,
    a_finding,
    a_gate,
    a_view,
    an_integration,
    phases,
    some_contracts,
)


@pytest.fixture
def passed_view() -> RunView:
    """Everything went well."""
    return a_view(
        a_decomposition(),
        some_contracts(),
        a_build(),
        a_deployment(),
        an_integration(),
        a_gate(),
        provenance={"run": {"PRD digest": "sha256:" + "2" * 64}, "versions": {"sluice": "0.1.0"}, "seeds": {"x": "7"}},
        memory={"postgres": 95_000_000, "loan-service": 1_400_000_000},
    )


@pytest.fixture
def partial_view() -> RunView:
    """A builder failed, an operation does not conform, the gate has findings of each severity."""
    findings = (
        a_finding("note", "DOCKER-001", path="", line=0, column=0, fingerprint="", evidence=""),
        a_finding(),
        a_finding("warning", fingerprint="f2", line=40),
    )
    return a_view(
        a_decomposition(),
        some_contracts(),
        a_build("notice-service"),
        a_deployment("notice-service"),
        an_integration("GET /loans"),
        a_gate("partial", *findings, suppressed=[a_finding(fingerprint="f3", line=50)]),
    )


@pytest.fixture
def hostile_view() -> RunView:
    """Every text that a PRD, a builder or a service can influence is an attack on the renderer."""
    plan = a_decomposition()
    services = tuple(s.model_copy(update={"original_name": HOSTILE}) for s in plan.service_map.services)
    plan = plan.model_copy(
        update={
            "title": HOSTILE,
            "service_map": ServiceMap(services=services),
            "events": (Event(name=HOSTILE, publisher="loan-service", consumers=("notice-service",)),),
            "questions": (Question(about=HOSTILE, question=HOSTILE),),
            "requirements": (Requirement(id=HOSTILE, text=HOSTILE, covered_by=(HOSTILE,)),),
        }
    )
    finding = a_finding(message=HOSTILE, hint=HOSTILE, path=f"../{HOSTILE[:300]}", evidence=HOSTILE, fingerprint="")
    return a_view(
        plan,
        some_contracts(),
        a_build("notice-service", problem=HOSTILE),
        a_deployment(),
        an_integration("GET /loans", flow_ok=False, failure=HOSTILE),
        a_gate("failed", finding, a_finding(check="X-1", message="a\ud7ffb"), reason=HOSTILE),
        of=phases(7, "refused", HOSTILE, HOSTILE),
        provenance={HOSTILE: {HOSTILE: HOSTILE}},
        memory={HOSTILE: 1},
        excerpts={(finding.path, 12): (Line(12, HOSTILE, hit=True),)},
    )


@pytest.fixture
def empty_view() -> RunView:
    """The run was interrupted in its first phase: no artifact exists."""
    return a_view(of=phases(1, "interrupted"))


@pytest.fixture(params=["passed_view", "partial_view", "hostile_view", "empty_view"])
def any_view(request: pytest.FixtureRequest) -> RunView:
    """Each of the above."""
    view: RunView = request.getfixturevalue(request.param)
    return view
