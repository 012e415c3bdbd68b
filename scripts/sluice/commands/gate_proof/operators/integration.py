"""Layer 2 and DEAD-002: what the contract tests, the flow and the stack told, planted in the artifacts of a run."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.contract import ContractSet, RegisteredContract, SpecError
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, OperationResult, ServiceCompliance


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


def _event(event: str, **fields: Any) -> Edit:
    """An event of the site's service that another one should consume."""

    def edit(site: Site) -> None:
        report, service = _report(site), site.service.name
        plain: dict[str, Any] = {"consumers": ("other",), "published": 1, "valid": True, "consumed_by": ("other",)}
        check = EventCheck(event=event, publisher=service, **{**plain, **fields})
        site.change(integration=report.model_copy(update={"events": (*report.events, check)}))
        site.services.add(service)

    return edit


def _deployed(change: Callable[[DeployedService], DeployedService | None], *, every: bool = False) -> Edit:
    """The site's service (or every one) as deployed; None: not deployed at all."""

    def edit(site: Site) -> None:
        given = site.given.deployment
        if given is None:
            raise Unfit("there is no deployment")
        rows = [change(row) if every or row.name == site.service.name else row for row in given.services]
        gone = {row.name for row in given.services} - {row.name for row in rows if row}
        left = tuple(sorted(gone | set(given.not_deployed)))
        services = tuple(row for row in rows if row is not None)
        site.change(deployment=given.model_copy(update={"services": services, "not_deployed": left}))
        site.services.add("" if every else site.service.name)

    return edit


def _sick(**fields: Any) -> Callable[[DeployedService], DeployedService]:
    return lambda row: row.model_copy(update={"healthy": False, **fields})


def _well(**fields: Any) -> Callable[[DeployedService], DeployedService]:
    return lambda row: row.model_copy(update=fields)


def _gone(_: DeployedService) -> None:
    return None


def _emptied(site: Site) -> None:
    site.change(deployment=Deployment(runtime="embedded", gateway_url=""))
    site.services.add("")


def _contract(kind: str, **fields: Any) -> Edit:
    """A contract of the site's service as registered."""

    def edit(site: Site) -> None:
        contracts = site.given.contracts.contracts if site.given.contracts else ()
        own = [c for c in contracts if c.service == site.service.name and c.kind == kind]
        if not own:
            raise Unfit(f"{site.service.name} has no {kind} contract")
        _replaced(site, contracts, own[0], own[0].model_copy(update=fields))

    return edit


def _replaced(
    site: Site, contracts: Sequence[RegisteredContract], old: RegisteredContract, new: RegisteredContract
) -> None:
    rows = tuple(new if contract is old else contract for contract in contracts)
    site.change(contracts=ContractSet(contracts=rows))
    site.services.add(site.service.name)


def _another_version(*, validated: bool) -> Edit:
    def edit(site: Site) -> None:
        contracts = site.given.contracts.contracts if site.given.contracts else ()
        own = next((c for c in contracts if c.service == site.service.name and c.kind == "openapi"), None)
        if own is None:
            raise Unfit("there is no contract")
        more = own.model_copy(update={"version": "1.1.0", "valid": validated, "validated": validated})
        site.change(contracts=ContractSet(contracts=(*contracts, more)))
        site.services.add(site.service.name)

    return edit


_SPEC_ERROR = SpecError(rule="schema", pointer="/paths", message="is wrong")
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
_DOWN = {
    "not healthy": _deployed(_sick()),
    "not healthy, with a reason": _deployed(_sick(detail="GET /health answered 503")),
    "restarting": _deployed(_sick(restarts=17)),
    "not deployed": _deployed(_gone),
    "exited": _deployed(_sick(detail="exited with code 1")),
    "no answer": _deployed(_sick(detail="connection refused", url="http://127.0.0.1:1")),
    "out of memory": _deployed(_sick(detail="killed", restarts=1)),
    "wrong port": _deployed(_sick(detail="nothing listens on 8080")),
}
_UP = {
    "restarted once": _deployed(_well(restarts=1)),
    "slow to start": _deployed(_well(detail="healthy after 29.0 s")),
    "behind the gateway": _deployed(_well(gateway_url="http://127.0.0.1/api/x")),
    "with a digest": _deployed(_well(tree_digest="sha256:" + "0" * 64)),
    "on a high port": _deployed(_well(url="http://127.0.0.1:65000")),
    "with a note": _deployed(_well(detail="exited with code 0, then started again")),
    "two restarts": _deployed(_well(restarts=2)),
    "no url": _deployed(_well(url="")),
}
_ALL_DOWN = {
    **{
        f"all {name}": _deployed(_sick(**fields), every=True)
        for name, fields in {
            "sick": {},
            "refusing": {"detail": "connection refused"},
            "restarting": {"restarts": 9},
            "killed": {"detail": "killed"},
            "without a database": {"detail": "database does not answer"},
            "without a route": {"gateway_url": "", "detail": "404 through the gateway"},
        }.items()
    },
    "none deployed": _deployed(_gone, every=True),
    "nothing at all": _emptied,
}
_UNVALIDATED = {
    "OpenAPI": _contract("openapi", valid=False, validated=False),
    "AsyncAPI": _contract("asyncapi", valid=False, validated=False),
    "with errors of another time": _contract("openapi", valid=False, validated=False, errors=(_SPEC_ERROR,)),
    "version 2": _contract("openapi", valid=False, validated=False, version="2.0.0"),
    "new version beside the old one": _another_version(validated=False),
    "AsyncAPI of version 2": _contract("asyncapi", valid=False, validated=False, version="2.0.0"),
    "preliminary version": _contract("openapi", valid=False, validated=False, version="0.0.1-rc1"),
    "digest of nothing": _contract("openapi", valid=False, validated=False, digest=""),
}
_VALIDATED = {
    "valid": _contract("openapi", valid=True, validated=True),
    "validated and found wrong": _contract("openapi", valid=False, validated=True, errors=(_SPEC_ERROR,)),
    "AsyncAPI": _contract("asyncapi", valid=True, validated=True),
    "version 2": _contract("openapi", version="2.0.0"),
    "new version beside the old one": _another_version(validated=True),
    "AsyncAPI found wrong": _contract("asyncapi", valid=False, validated=True),
    "preliminary version": _contract("openapi", version="0.1.0-rc1"),
    "with warnings": _contract("openapi", errors=(_SPEC_ERROR,)),
}
_TOO_FEW = {
    f"{percent} % conform": _conforming(lambda number, total, percent=percent: number < total * percent // 100)
    for percent in (0, 10, 25, 50, 60, 70)
} | {
    "every second one": _conforming(lambda number, _: number % 2 == 0),
    "only the first": _conforming(lambda number, _: number == 0),
}
_ENOUGH = {
    f"all but {count}": _conforming(lambda number, total, count=count: number < total - count) for count in range(4)
} | {f"all but number {at}": _conforming(lambda number, _, at=at: number != at) for at in (0, 1, 2, 5)}
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
        check="DEPLOY-001",
        plants=variants(_DOWN, needs="run", touches="deployment", also="DEPLOY-002"),
        twins=variants(_UP, needs="run", touches="deployment"),
    ),
    Operator(
        check="DEPLOY-002",
        plants=variants(_ALL_DOWN, needs="run", touches="deployment", whole=True, also="DEPLOY-001"),
        twins=variants(
            {f"only one {name}": edit for name, edit in _DOWN.items()},
            needs="run",
            touches="deployment",
            whole=True,
            also="DEPLOY-001",
        ),
    ),
    Operator(
        check="DEAD-002",
        plants=variants(_UNVALIDATED, needs="run", touches="contracts"),
        twins=variants(_VALIDATED, needs="run", touches="contracts"),
    ),
)
