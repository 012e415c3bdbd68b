"""Layer 2: what the contract tests and the flow told, planted in the report of a run."""

from collections.abc import Callable
from typing import Any, Final

from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.integration import (
    EventCheck,
    FlowStep,
    IntegrationReport,
    OperationResult,
    PactResult,
    ServiceCompliance,
)


def _report(site: Site) -> IntegrationReport:
    if site.given.integration is None:
        raise Unfit("there is no integration report")
    return site.given.integration


def _compliance(change: Callable[[ServiceCompliance], ServiceCompliance]) -> Edit:
    """The compliance of the site's service changed."""

    def edit(site: Site) -> None:
        report, name = _report(site), site.service.name
        rows = tuple(change(row) if row.service == name else row for row in report.compliance)
        site.change(integration=report.model_copy(update={"compliance": rows}))
        site.services.add(name)

    return edit


def _with(**fields: Any) -> Edit:
    return _compliance(lambda row: row.model_copy(update=fields))


def _operation(at: int, **fields: Any) -> Edit:
    def change(row: ServiceCompliance) -> ServiceCompliance:
        rows = list(row.operations)
        rows[at] = rows[at].model_copy(update=fields)
        return row.model_copy(update={"operations": tuple(rows)})

    return _compliance(change)


def _conforming(keep: Callable[[int, int], bool]) -> Edit:
    """Operations of all services conform where `keep(number, total)` says so; the finding is about the whole."""

    def edit(site: Site) -> None:
        report = _report(site)
        total = sum(len(row.operations) for row in report.compliance)
        number, rows = 0, []
        for row in report.compliance:
            done: list[OperationResult] = []
            for operation in row.operations:
                done.append(operation.model_copy(update={"conforms": keep(number, total)}))
                number += 1
            rows.append(row.model_copy(update={"operations": tuple(done)}))
        site.change(integration=report.model_copy(update={"compliance": tuple(rows)}))
        site.services.add("")

    return edit


def _steps(*steps: tuple[bool, int | None, str], name: str = "place an order") -> Edit:
    """Steps of the site's service appended to the flow."""

    def edit(site: Site) -> None:
        report, service = _report(site), site.service.name
        more = [FlowStep(step=name, service=service, ok=ok, status=code, detail=text) for ok, code, text in steps]
        site.change(integration=report.model_copy(update={"flow": (*report.flow, *more)}))
        site.services.add(service)

    return edit


def _pacts(*results: tuple[str, bool, str]) -> Edit:
    """Results of the Pact verifier for the site's service."""

    def edit(site: Site) -> None:
        report, service = _report(site), site.service.name
        more = [PactResult(service=service, interaction=what, ok=ok, detail=text) for what, ok, text in results]
        site.change(integration=report.model_copy(update={"pacts": (*report.pacts, *more)}))
        site.services.add(service)

    return edit


def _event(event: str, **fields: Any) -> Edit:
    """An event of the site's service that another one should consume."""

    def edit(site: Site) -> None:
        report, service = _report(site), site.service.name
        plain: dict[str, Any] = {"consumers": ("other",), "published": 1, "valid": True, "consumed_by": ("other",)}
        check = EventCheck(event=event, publisher=service, **{**plain, **fields})
        site.change(integration=report.model_copy(update={"events": (*report.events, check)}))
        site.services.add(service)

    return edit


_NONCONFORMING = {
    "one check failed": _operation(0, conforms=False, failures=("undocumented status 500",)),
    "no documented answer": _operation(0, conforms=False, cases=20, successes=0),
    "never called": _operation(-1, conforms=False, cases=0, successes=0),
    "several failures": _operation(-1, conforms=False, failures=("a", "b", "c")),
    "with a way to repeat it": _operation(0, conforms=False, failures=("x",), reproduce="curl -X GET …"),
    "most cases fine": _operation(0, conforms=False, cases=500, successes=499, failures=("one in 500",)),
    "the tests could not run": _with(error="schemathesis ended with code 3"),
    "the service was not there": _with(error="connection refused", operations=()),
}
_CONFORMING = {
    "few cases": _operation(0, cases=1, successes=1),
    "many cases": _operation(0, cases=5000, successes=4000),
    "slow": _with(seconds=800.0),
    "with a way to repeat it": _operation(0, reproduce="curl -X GET …"),
    "stateful": _with(stateful_cases=70),
    "last operation": _operation(-1, cases=3, successes=3),
    "no stateful cases": _with(stateful_cases=0),
    "one success of many": _operation(0, cases=100, successes=1),
}
_DRIFTS = {
    text: _with(drift=(text,))
    for text in (
        "GET /health is missing",
        "POST /debug is not in the contract",
        "GET /orders answers 418",
        "User.nickname is not in the contract",
        "User.email is not required",
        "DELETE /users/{} needs no authentication",
        "Order.total is a string",
    )
} | {"two drifts": _with(drift=("GET /a is missing", "GET /b is missing"))}
_STEPS = {
    "server error": _steps((False, 500, "status 500")),
    "unexpected answer": _steps((False, 404, "wanted 201")),
    "no answer": _steps((False, None, "connection refused")),
    "without a reason": _steps((False, 503, "")),
    "after a good one": _steps((True, 200, ""), (False, 409, "already there")),
    "before a good one": _steps((False, 401, "no token"), (True, 200, "")),
    "right status, wrong body": _steps((False, 200, "id is missing")),
    "too slow": _steps((False, None, "timed out after 10 s")),
}
_EVENTS = {
    "never published": _event("A", published=0, consumed_by=()),
    "published twice": _event("B", published=2),
    "not valid": _event("C", valid=False),
    "not consumed": _event("D", consumed_by=()),
    "consumed by the wrong one": _event("E", consumed_by=("another",)),
    "one consumer missing": _event("F", consumers=("a", "b"), consumed_by=("a",)),
    "one consumer too many": _event("G", consumed_by=("other", "stranger")),
    "all wrong": _event("H", published=0, valid=False, consumed_by=()),
}
_GOOD_EVENTS = {
    "one consumer": _event("A"),
    "no consumer wanted": _event("B", consumers=(), consumed_by=()),
    "two consumers": _event("C", consumers=("a", "b"), consumed_by=("a", "b")),
    "other order": _event("D", consumers=("a", "b"), consumed_by=("b", "a")),
    "told twice": _event("E", consumed_by=("other", "other")),
    "with details": _event("F", detail="redelivered once"),
    "itself as consumer": _event("G", consumers=("self",), consumed_by=("self",)),
    "three consumers": _event("H", consumers=("a", "b", "c"), consumed_by=("c", "b", "a")),
}


_BROKEN_PACTS = {
    "a key is missing": _pacts(("GET /things", False, "$ Actual map is missing the following keys: id")),
    "another type": _pacts(("GET /things", False, "$.id Expected 1 (Integer) to be the same type as 'x' (String)")),
    "another status": _pacts(("POST /things", False, "expected 201 but was 500")),
    "without a reason": _pacts(("GET /things/{id}", False, "")),
    "the verifier failed": _pacts(("the whole pact", False, "the verifier failed: killed")),
    "one of two": _pacts(("GET /a", True, ""), ("GET /b", False, "$.items[0] is missing")),
    "all": _pacts(("GET /a", False, "404"), ("GET /b", False, "404")),
    "the first of three": _pacts(("GET /a", False, "503"), ("GET /b", True, ""), ("GET /c", True, "")),
}
_KEPT_PACTS = {
    f"{count} interactions of {method}": _pacts(*[(f"{method} /things/{n}", True, "") for n in range(count)])
    for method in ("GET", "POST")
    for count in (1, 2, 3, 5)
}


def _share(percent: int) -> Callable[[int, int], bool]:
    return lambda number, total: number < total * percent // 100


def _but(count: int) -> Callable[[int, int], bool]:
    return lambda number, total: number < total - count


def _but_number(at: int) -> Callable[[int, int], bool]:
    return lambda number, _: number != at


_TOO_FEW = {f"{percent} % conform": _conforming(_share(percent)) for percent in (0, 10, 25, 50, 60, 70)} | {
    "every second one": _conforming(lambda number, _: number % 2 == 0),
    "only the first": _conforming(lambda number, _: number == 0),
}
_ENOUGH = {f"all but {count}": _conforming(_but(count)) for count in range(4)} | {
    f"all but number {at}": _conforming(_but_number(at)) for at in (0, 1, 2, 5)
}
_GOOD_STEPS = {
    f"{count} steps with status {code}": _steps(*[(True, code, "")] * count)
    for count, code in ((1, 200), (2, 201), (3, 204), (1, 404), (1, 401), (2, 202), (5, 200), (1, 409))
}


OPERATORS: Final = (
    Operator(
        check="CONTRACT-001",
        plants=variants(_NONCONFORMING, needs="run", touches="integration"),
        twins=variants(_CONFORMING, needs="run", touches="integration"),
    ),
    Operator(
        check="CONTRACT-002",
        plants=variants(_TOO_FEW, needs="run", touches="integration", whole=True, also="CONTRACT-001"),
        twins=variants(_ENOUGH, needs="run", touches="integration", whole=True, also="CONTRACT-001"),
    ),
    Operator(
        check="CONTRACT-003",
        plants=variants(_DRIFTS, needs="run", touches="drift"),
        twins=variants(_CONFORMING, needs="run", touches="drift"),
    ),
    Operator(
        check="FLOW-001",
        plants=variants(_STEPS, needs="run", touches="flow"),
        twins=variants(_GOOD_STEPS, needs="run", touches="flow"),
    ),
    Operator(
        check="EVENT-001",
        plants=variants(_EVENTS, needs="run", touches="events"),
        twins=variants(_GOOD_EVENTS, needs="run", touches="events"),
    ),
    Operator(
        check="PACT-001",
        plants=variants(_BROKEN_PACTS, needs="run", touches="pacts"),
        twins=variants(_KEPT_PACTS, needs="run", touches="pacts"),
    ),
)
