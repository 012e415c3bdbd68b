"""Layer 1: builders that failed or lied, planted in the results of a run."""

from collections.abc import Callable
from typing import Any, Final

from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.build import BuilderResult, BuildResults

Change = Callable[[BuilderResult], BuilderResult]


def _results(site: Site) -> tuple[BuilderResult, ...]:
    if site.given.build is None:
        raise Unfit("there is no build")
    return site.given.build.results


def _one(change: Change) -> Edit:
    """The result of the site's service changed."""

    def edit(site: Site) -> None:
        name = site.service.name
        results = [change(result) if result.service == name else result for result in _results(site)]
        site.change(build=BuildResults(results=tuple(results)))
        site.services.add(name)

    return edit


def _several(count: int, change: Change) -> Edit:
    """The first results changed; the finding is about the whole."""

    def edit(site: Site) -> None:
        results = [change(result) if at < count else result for at, result in enumerate(_results(site))]
        site.change(build=BuildResults(results=tuple(results)))
        site.services.add("")

    return edit


def _set(**fields: Any) -> Change:
    return lambda result: result.model_copy(update=fields)


def _measured(**fields: Any) -> Change:
    return lambda result: result.model_copy(update={"measured": result.measured.model_copy(update=fields)})


def _claim(**fields: Any) -> Change:
    return lambda result: result.model_copy(update={"claim": result.claim.model_copy(update=fields)})


def _tests(**counts: int) -> Change:
    return lambda result: _measured(tests=result.measured.tests.model_copy(update=counts))(result)


def _both(*changes: Change) -> Change:
    def change(result: BuilderResult) -> BuilderResult:
        for one in changes:
            result = one(result)
        return result

    return change


def _failed(status: str, *problems: str, exit_code: int | None = 0) -> Change:
    """Failed, and the claim says so too."""
    claim = _claim(status="failed", tests=BuilderResult.model_fields["claim"].default.tests, convergence=None)
    return _both(_set(status=status, success=False, exit_code=exit_code), _measured(problems=problems), claim)


_PROBLEM = "2 of 9 tests fail"
_FAILURES = {
    "failed": _failed("failed", _PROBLEM, exit_code=1),
    "failed with exit code 0": _failed("failed", "app.main cannot be imported"),
    "timed out": _failed("timeout", exit_code=None),
    "crashed": _failed("crashed", exit_code=-11),
    "interrupted": _failed("interrupted", exit_code=130),
    "several problems": _failed("failed", "GET /x is missing", "no tests", "files outside its directory"),
    "second attempt": _both(_failed("failed", _PROBLEM), _set(attempt=2)),
    "no reason at all": _failed("failed"),
}
_SUCCESSES = {
    "second attempt": _set(attempt=2),
    "slow": _set(seconds=890.0),
    "another builder": _set(builder="command"),
    "things were fixed": _set(fixed=("LOG-001", "HEALTH-001")),
    "modest claim": _claim(status="partial", convergence=0.4),
    "no STATE.JSON": _claim(status="missing", convergence=None),
    "notes": _claim(notes=("unknown operation kept as it was",)),
    "unreadable STATE.JSON": _claim(status="unreadable", convergence=None, notes=("not JSON",)),
}
_LIES = {
    "claims success": _both(_failed("failed", _PROBLEM, exit_code=1), _claim(status="success")),
    "claims completion in capitals": _both(_failed("crashed", exit_code=3), _claim(status="COMPLETED")),
    "claims that it is done": _both(_failed("timeout", exit_code=None), _claim(status="done")),
    "more passing tests than there are": lambda result: _claim(
        tests=result.measured.tests.model_copy(update={"total": 999, "passed": 999})
    )(result),
    "one passing test more": lambda result: _tests(passed=result.measured.tests.passed - 1, failed=1)(result),
    "full convergence with failing tests": _both(
        _tests(failed=1), _claim(convergence=1.0, tests=BuilderResult.model_fields["claim"].default.tests)
    ),
    "full convergence with problems": _both(_failed("failed", "GET /x is missing"), _claim(convergence=1.0)),
    "more files than there are": _both(
        _measured(files=3), _claim(files=tuple(f"app/module_{number}.py" for number in range(40)))
    ),
    "more convergence than possible": _both(_failed("failed", _PROBLEM), _claim(convergence=3.5)),
}
_HONEST = {
    "success": _set(seconds=1.0),
    "fewer tests than there are": _claim(tests=BuilderResult.model_fields["claim"].default.tests),
    "honest failure": _failed("failed", _PROBLEM),
    "honest low convergence": _both(_failed("failed", _PROBLEM), _claim(convergence=0.5)),
    "files as measured": _both(_measured(files=2), _claim(files=("app/main.py", "app/__init__.py"))),
    "says little": _claim(status="missing", convergence=None),
    "claims failure, though it succeeded": _claim(status="failed", convergence=None),
    "skipped tests told": _both(
        _tests(total=9, passed=8, skipped=1), lambda result: _claim(tests=result.measured.tests)(result)
    ),
}
_UNTESTED = {
    "no tests": _both(_tests(total=0, passed=0), _claim(tests=BuilderResult.model_fields["claim"].default.tests)),
    **{
        f"{failed} of {total} tests fail": _both(
            _tests(total=total, passed=total - failed, failed=failed),
            _claim(convergence=None, tests=BuilderResult.model_fields["claim"].default.tests),
        )
        for failed, total in ((1, 2), (1, 30), (3, 9), (9, 9), (2, 400))
    },
    "tests that were lost": _both(
        _tests(total=12, passed=5), _claim(convergence=None, tests=BuilderResult.model_fields["claim"].default.tests)
    ),
    "half skipped, one failing": _both(
        _tests(total=10, passed=4, skipped=5, failed=1),
        _claim(convergence=None, tests=BuilderResult.model_fields["claim"].default.tests),
    ),
}
_TESTED = {
    f"{passed} of {total} tests pass, {total - passed} are skipped": _both(
        _tests(total=total, passed=passed, skipped=total - passed), lambda r: _claim(tests=r.measured.tests)(r)
    )
    for passed, total in ((1, 1), (1, 2), (9, 9), (40, 41), (120, 120), (2, 5), (7, 8), (300, 301))
}
_MOST = {
    f"{count} of 3 {name}": _several(count, change)
    for count in (2, 3)
    for name, change in (
        ("failed", _failed("failed", _PROBLEM)),
        ("timed out", _failed("timeout", exit_code=None)),
        ("crashed", _failed("crashed", exit_code=-9)),
        ("failed without a reason", _failed("failed")),
    )
}
_FEW = {
    **{
        f"{count} of 3 {name}": _several(count, change)
        for count in (0, 1)
        for name, change in (
            ("failed", _failed("failed", _PROBLEM)),
            ("timed out", _failed("timeout", exit_code=None)),
            ("crashed", _failed("crashed", exit_code=-9)),
        )
    },
    "all in a second attempt": _several(3, _set(attempt=2)),
    "all slow": _several(3, _set(seconds=3000.0)),
}


def _each(changes: dict[str, Change]) -> dict[str, Edit]:
    return {name: _one(change) for name, change in changes.items()}


OPERATORS: Final = (
    Operator(
        check="BUILD-001",
        plants=variants(_each(_FAILURES), needs="run", touches="build", also="BUILD-003"),
        twins=variants(_each(_SUCCESSES), needs="run", touches="build"),
    ),
    Operator(
        check="BUILD-002",
        plants=variants(_each(_LIES), needs="run", touches="build", also="BUILD-001 BUILD-003 BUILD-004"),
        twins=variants(_each(_HONEST), needs="run", touches="build", also="BUILD-001 BUILD-003"),
    ),
    Operator(
        check="BUILD-003",
        plants=variants(_MOST, needs="run", touches="build", whole=True, also="BUILD-001"),
        twins=variants(_FEW, needs="run", touches="build", whole=True, also="BUILD-001"),
    ),
    Operator(
        check="BUILD-004",
        plants=variants(_each(_UNTESTED), needs="run", touches="build"),
        twins=variants(_each(_TESTED), needs="run", touches="build"),
    ),
)
