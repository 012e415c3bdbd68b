"""Builds artifacts and views of runs for the tests of reports."""

from dataclasses import replace

from sluice.engine.phase import Artifacts
from sluice.model.base import Artifact
from sluice.model.build import BuilderClaim, BuilderResult, BuildResults, Measurement, TestCounts
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.decomposition import Decomposition, Question, Requirement
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.domain import DomainModel, Event
from sluice.model.finding import CheckRun, Finding, GateReport, LayerResult
from sluice.model.integration import EventCheck, FlowStep, IntegrationReport, OperationResult, ServiceCompliance
from sluice.model.service_map import Service, ServiceMap, Span
from sluice.model.summary import PhaseStatus, PhaseSummary
from sluice.reports.excerpt import Line, excerpts
from sluice.reports.report import RunView
from sluice.reports.summary import summarise, view_of
from sluice.reports.timeline import bars_from_summary

RUN_ID = "20260102-030405-abcdef"
NAMES = ("health", "smoke", "decompose", "register", "build", "deploy", "gate")
HOSTILE = (
    "<script>alert(1)</script> ]]> \x1b[31mred\x00 {{ 7*7 }} | `x` @someone \u202eabc &amp; [bold]" + "long" * 5000
)


def phases(last: int = 7, status: PhaseStatus = "passed", reason: str = "", hint: str = "") -> list[PhaseSummary]:
    """Phases up to `last` passed but `last` itself, which ended as told; the rest did not run."""
    return [
        PhaseSummary(
            number=number,
            name=name,
            status="passed" if number < last else status if number == last else "not run",
            seconds=number * 0.75 if number <= last else 0.0,
            reason=reason if number == last else "",
            hint=hint if number == last else "",
        )
        for number, name in enumerate(NAMES, 1)
    ]


def artifacts(*items: Artifact) -> Artifacts:
    return Artifacts({type(item): item for item in items})


def a_decomposition() -> Decomposition:
    return Decomposition(
        title="Library",
        service_map=ServiceMap(
            services=(
                Service(name="member-service", original_name="Member Service"),
                Service(
                    name="loan-service",
                    original_name="Loan Service",
                    publishes=("LoanCreated",),
                    depends_on=("member-service",),
                ),
                Service(
                    name="notice-service",
                    original_name="Notice Service",
                    consumes=("LoanCreated",),
                    depends_on=("member-service", "loan-service"),
                ),
            )
        ),
        domain_model=DomainModel(),
        events=(Event(name="LoanCreated", publisher="loan-service", consumers=("notice-service",)),),
        questions=(Question(about="fines", question="How large is a fine?", source=Span(line_start=9, line_end=9)),),
        requirements=(
            Requirement(id="FR-1", text="A member borrows a book.", covered_by=("POST /loans", "LoanCreated", "Loan")),
            Requirement(id="FR-2", text="A member pays a fine.", source=Span(line_start=9, line_end=9)),
            Requirement(id="FR-3", text="A member lists loans.", covered_by=("GET /loans",)),
            Requirement(id="FR-4", text="Books exist.", covered_by=("Book",)),
        ),
    )


def some_contracts() -> ContractSet:
    return ContractSet(
        contracts=tuple(
            RegisteredContract(
                name=f"{name}.openapi",
                service=name,
                kind="openapi",
                version="1.0.0",
                digest="sha256:" + "0" * 64,
                valid=True,
                document={},
            )
            for name in ("loan-service", "member-service", "notice-service")
        )
    )


def a_build(*failed: str, problem: str = "its own tests fail: 1 of 12") -> BuildResults:
    return BuildResults(
        results=tuple(
            BuilderResult(
                service=name,
                builder="template",
                status="failed" if name in failed else "success",
                success=name not in failed,
                exit_code=0,
                seconds=2.5,
                claim=BuilderClaim(status="success", tests=TestCounts(total=12, passed=12)),
                measured=Measurement(
                    files=31,
                    tests=TestCounts(total=12, passed=11 if name in failed else 12),
                    tree_digest="sha256:" + "1" * 64,
                    problems=(problem,) if name in failed else (),
                ),
            )
            for name in ("loan-service", "member-service", "notice-service")
        )
    )


def a_deployment(*missing: str, healthy: bool = True) -> Deployment:
    names = [n for n in ("loan-service", "member-service", "notice-service") if n not in missing]
    return Deployment(
        runtime="embedded",
        gateway_url="http://127.0.0.1:8080",
        services=tuple(
            DeployedService(
                name=name,
                url=f"http://127.0.0.1:4000{index}",
                gateway_url=f"http://127.0.0.1:8080/api/{name}",
                healthy=healthy,
            )
            for index, name in enumerate(names)
        ),
        not_deployed=missing,
    )


def an_integration(
    *broken: str, flow_ok: bool = True, failure: str = "status 500 is not documented"
) -> IntegrationReport:
    def operation(name: str) -> OperationResult:
        bad = name in broken
        return OperationResult(
            operation=name,
            conforms=not bad,
            cases=40,
            successes=0 if bad else 22,
            failures=(failure,) if bad else (),
            reproduce=f"curl -X {name}" if bad else "",
        )

    return IntegrationReport(
        compliance=(
            ServiceCompliance(
                service="loan-service", operations=(operation("GET /loans"), operation("POST /loans")), seconds=3.0
            ),
            ServiceCompliance(service="member-service", operations=(operation("POST /members"),), drift=("GET /x",)),
        ),
        flow=(
            FlowStep(step="POST /members", service="member-service", ok=True, status=201),
            FlowStep(
                step="POST /loans",
                service="loan-service",
                ok=flow_ok,
                status=201 if flow_ok else 500,
                detail="" if flow_ok else failure,
            ),
        ),
        events=(
            EventCheck(
                event="LoanCreated",
                publisher="loan-service",
                consumers=("notice-service",),
                published=1,
                valid=True,
                consumed_by=("notice-service",),
            ),
        ),
        seed=7,
    )


def a_finding(severity: str = "error", check: str = "LOG-001", **fields: object) -> Finding:
    return Finding.model_validate(
        {
            "check": check,
            "layer": 3,
            "severity": severity,
            "message": "print() in production code",
            "hint": "use the logger",
            "service": "loan-service",
            "path": "loan-service/app/main.py",
            "line": 12,
            "column": 5,
            "evidence": 'print("x")',
            "fingerprint": "f1",
            **fields,
        }
    )


def a_gate(verdict: str = "passed", *findings: Finding, **fields: object) -> GateReport:
    checks = (
        CheckRun(
            check="LOG-001",
            layer=3,
            scanned=31,
            findings=sum(f.check == "LOG-001" for f in findings),
            title="No print() in production code",
            help="Use the `logging` module.",
        ),
        CheckRun(check="DOCKER-001", layer=3, scanned=3, findings=sum(f.check == "DOCKER-001" for f in findings)),
    )
    return GateReport.model_validate(
        {
            "overall_verdict": verdict,
            "reason": "" if verdict == "passed" else f"layer 3 ended {verdict}",
            "layers": [LayerResult(number=3, name="system", status=verdict, checks=checks)],
            "findings": findings,
            **fields,
        }
    )


def a_view(*items: Artifact, of: list[PhaseSummary] | None = None, **fields: object) -> RunView:
    stored = artifacts(*items)
    summary = summarise(run_id=RUN_ID, runtime="embedded", phases=of or phases(), artifacts=stored, seconds=21.0)
    return replace(view_of(summary, stored), **fields)  # type: ignore[arg-type]


def passed_run() -> RunView:
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


def partial_run() -> RunView:
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


def hostile_run() -> RunView:
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
    breakout = a_finding(check='"><img src=x onerror=alert(1)>', service='" autofocus onfocus="alert(1)')
    finding = a_finding(message=HOSTILE, hint=HOSTILE, path=f"../{HOSTILE[:300]}", evidence=HOSTILE, fingerprint="")
    return a_view(
        plan,
        some_contracts(),
        a_build("notice-service", problem=HOSTILE),
        a_deployment(),
        an_integration("GET /loans", flow_ok=False, failure=HOSTILE),
        a_gate("failed", finding, breakout, a_finding(check="X-1", message="a\ud7ffb"), reason=HOSTILE),
        of=phases(7, "refused", HOSTILE, HOSTILE),
        provenance={HOSTILE: {HOSTILE: HOSTILE}},
        memory={HOSTILE: 1},
        excerpts={(finding.path, 12): (Line(12, HOSTILE, hit=True),)},
    )


def empty_run() -> RunView:
    """The run was interrupted in its first phase: no artifact exists."""
    return a_view(of=phases(1, "interrupted"))


def planted_run() -> RunView:
    """Violations were planted and found; a builder failed its tests, and the lines around two findings are at hand."""
    secret = a_finding(check="SEC-SCAN-001", message="a password stands in the code", line=3, fingerprint="s1")
    found = (a_finding(), secret, a_finding("warning", fingerprint="f2", line=40, service="member-service"))
    source = "".join(f"value_{number} = {number}\n" for number in range(1, 60)).replace("3 = 3", 'token = "hunter2x"')
    return a_view(
        a_decomposition(),
        some_contracts(),
        a_build("notice-service"),
        a_deployment(),
        an_integration("GET /loans", flow_ok=False),
        a_gate("failed", *found, planted=True),
        of=phases(7, "refused", "layer 3 failed: LOG-001", "mend `print()`"),
        excerpts=excerpts(found, lambda _: source),
        timeline=bars_from_summary(phases(7)),
        memory={"postgres": 95_000_000},
    )
