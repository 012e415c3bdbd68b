"""The phase: its gate, its resume, its plug-ins."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.core.errors import EnvironmentFailure, InputError
from sluice.engine.phase import Artifacts, Context, Outcome
from sluice.model.build import BuilderResult, BuildResults, Measurement
from sluice.phases import build as package
from sluice.phases.build.phase import judge, open_workshop, run

MakeContext = Callable[..., Context]
Events = list[tuple[str, str]]


def result(service: str, *, success: bool) -> BuilderResult:
    problems = () if success else ("it made no files",)
    status = "success" if success else "failed"
    measured = Measurement(problems=problems)
    return BuilderResult(service=service, builder="x", status=status, success=success, measured=measured)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services share this interpreter: nothing is installed in unit tests."""
    import sys

    from sluice.phases.build import phase

    monkeypatch.setattr(phase, "ensure_environment", lambda *_args, **_kwargs: Path(sys.executable))


def results_of(outcome: Outcome) -> tuple[BuilderResult, ...]:
    (artifact,) = outcome.artifacts
    assert isinstance(artifact, BuildResults)
    return artifact.results


@pytest.mark.req("R0-056")
@pytest.mark.parametrize(
    ("successes", "services", "passes"),
    [
        (3, 3, True),
        (2, 3, True),
        (1, 3, False),
        (0, 3, False),
        (4, 6, True),
        (3, 6, False),
        (8, 12, True),
        (7, 12, False),
    ],
)
def test_two_thirds_of_the_builders_must_succeed(successes: int, services: int, passes: bool) -> None:
    results = [result(f"s{n}", success=n < successes) for n in range(services)]

    assert (judge(results, 2 / 3) == "") is passes


@pytest.mark.parametrize(("share", "services", "needed"), [(0.7, 10, 7), (0.0, 3, 1), (1.0, 3, 3), (0.34, 3, 2)])
def test_the_share_is_exact_and_at_least_one_must_succeed(share: float, services: int, needed: int) -> None:
    def refused(successes: int) -> str:
        return judge([result(f"s{n}", success=n < successes) for n in range(services)], share)

    assert refused(needed) == ""
    assert refused(needed - 1).startswith(f"{needed - 1} of {services} builders succeeded, {needed} needed")


def test_no_contract_at_all_is_refused() -> None:
    assert judge([], 2 / 3) == "no service has an OpenAPI contract to build from"


def test_a_refusal_names_each_failed_service_and_why() -> None:
    refused = judge([result("a", success=False), result("b", success=True)], 1.0)

    assert refused == "1 of 2 builders succeeded, 2 needed (a: it made no files)"


@pytest.mark.req("R0-050", "R0-055", "R0-056")
@pytest.mark.usefixtures("offline")
def test_the_phase_passes_with_two_of_three_and_keeps_the_claim_beside_the_measurement(
    make_context: MakeContext,
) -> None:
    outcome = run(make_context("by-service", "honest", "resumes", "fake-counts", fix_passes=0))

    results = results_of(outcome)
    assert outcome.refused == ""
    assert [(r.service, r.success) for r in results] == [("fake-counts", False), ("honest", True), ("resumes", True)]
    assert (results[0].claim.tests.passed, results[0].measured.tests.passed) == (12, 9)


@pytest.mark.req("R0-056")
@pytest.mark.usefixtures("offline")
def test_the_phase_refuses_with_one_of_three(make_context: MakeContext) -> None:
    outcome = run(make_context("by-service", "honest", "crash", "no-files", fix_passes=0))

    assert outcome.refused.startswith("1 of 3 builders succeeded, 2 needed")
    assert outcome.hint
    assert len(results_of(outcome)) == 3


@pytest.mark.req("R0-224")
@pytest.mark.usefixtures("offline")
def test_the_phase_feeds_problems_back_to_the_builder(make_context: MakeContext) -> None:
    (built,) = results_of(run(make_context("needs-fix")))

    assert (built.success, built.attempt) == (True, 2)


@pytest.mark.usefixtures("offline")
def test_after_a_kill_only_what_is_not_recorded_or_not_sound_is_built_again(
    make_context: MakeContext, events: Events
) -> None:
    services = ("honest", "resumes", "leaves-caches")
    first = results_of(run(make_context("by-service", *services)))
    ctx = make_context("by-service", *services)
    (ctx.run.service("resumes") / "app" / "main.py").write_text("changed")
    (ctx.run.root / "jobs" / "leaves-caches" / "result.json").write_text('{"inputs": ')
    events.clear()

    second = results_of(run(ctx))

    assert [message.split(":")[0] for kind, message in events if kind == "builder.kept"] == ["honest"]
    assert sorted(m.split(":")[0] for kind, m in events if kind == "builder.started") == ["leaves-caches", "resumes"]
    digests = [[r.measured.tree_digest for r in results] for results in (first, second)]
    assert digests[0] == digests[1]
    assert [r.attempt for r in first] == [r.attempt for r in second]


@pytest.mark.usefixtures("offline")
def test_a_built_service_that_was_changed_or_lost_is_a_reason_to_build_again(make_context: MakeContext) -> None:
    ctx = make_context("by-service", "honest", "fake-counts", "resumes", fix_passes=0)
    made = Artifacts({BuildResults: run(ctx).artifacts[0]})
    spoilt = package.PHASE.spoilt
    assert spoilt
    assert spoilt(ctx.run, Artifacts()) == ""
    assert spoilt(ctx.run, made) == ""
    (ctx.run.service("honest") / "app" / "main.py").unlink()
    assert "honest" in spoilt(ctx.run, made)
    assert run(ctx).refused == ""
    assert spoilt(ctx.run, made) == ""


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("stored", ["null", "[]", '{"result": 1}', '{"inputs": "x", "result": {"service": 1}}'])
def test_a_damaged_record_is_no_reason_to_stop(stored: str, make_context: MakeContext) -> None:
    ctx = make_context("honest")
    path = ctx.run.root / "jobs" / "shop-service" / "result.json"
    path.parent.mkdir(parents=True)
    path.write_text(stored)

    assert results_of(run(ctx))[0].success
    assert json.loads(path.read_text())["result"]["success"] is True


@pytest.mark.usefixtures("offline")
def test_a_service_that_another_builder_changed_is_counted_as_failed(make_context: MakeContext) -> None:
    changed, changing = results_of(run(make_context("by-service", "honest", "spoils-honest", fix_passes=0)))

    assert changed.measured.problems == ("changed after it was measured",)
    assert (changed.success, changing.success) == (False, True)


@pytest.mark.usefixtures("offline")
def test_another_builder_builds_again(make_context: MakeContext, events: Events) -> None:
    run(make_context("honest"))
    events.clear()

    run(make_context("resumes"))

    assert "builder.kept" not in {kind for kind, _ in events}


@pytest.mark.usefixtures("offline")
def test_test_time_is_recorded_as_builder_tests(make_context: MakeContext, events: Events) -> None:
    run(make_context("honest"))

    assert ("span", "builder_tests") in events


def test_an_unknown_builder_is_an_input_error_with_a_suggestion(make_context: MakeContext) -> None:
    with pytest.raises(InputError) as caught:
        open_workshop(make_context("honest", builder="comand"))

    assert caught.value.hint == "did you mean 'command'?"


def test_the_command_builder_without_a_command_is_an_input_error(make_context: MakeContext) -> None:
    with pytest.raises(InputError, match="has no command"):
        open_workshop(make_context("honest", builder_command=()))


def test_an_interrupt_ends_an_installation(make_context: MakeContext, tmp_path: Path) -> None:
    shop = open_workshop(make_context("honest"))
    (tmp_path / "requirements.txt").write_text("no-such-package==1.0\n")
    shop.cancelled.set()

    with pytest.raises(EnvironmentFailure, match="interrupted"):
        shop.environment([tmp_path / "requirements.txt"])


@pytest.mark.req("R0-052", "R0-222", "R0-223", "R0-224")
def test_the_milestone_names_are_public() -> None:
    names = (
        "generate_builder_config",
        "invoke_builder",
        "run_parallel_builders",
        "parse_builder_state",
        "feed_violations_to_builder",
    )
    assert all(callable(getattr(package, name)) for name in names)
    assert (package.PHASE.number, package.PHASE.name) == (5, "build")
