"""Real builder processes, honest and not, and what is made of them."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sluice.core.errors import EnvironmentFailure
from sluice.model.build import BuilderResult
from sluice.phases.build.attempt import build
from sluice.phases.build.job import BuildJob, Workshop
from sluice.phases.build.parallel import run_parallel_builders

SERVICE = "shop-service"

MakeShop = Callable[..., Workshop]


def attempt(shop: Workshop, service: str = SERVICE) -> BuilderResult:
    return build(BuildJob(shop=shop, service=service))


@pytest.mark.req("R0-222", "R0-055")
def test_an_honest_builder_succeeds_and_its_service_is_installed(make_shop: MakeShop) -> None:
    shop = make_shop("honest")

    result = attempt(shop)

    assert result.measured.problems == ()
    assert (result.success, result.status, result.exit_code) == (True, "success", 0)
    assert (result.measured.tests.total, result.measured.tests.passed) == (3, 3)
    assert result.pass_rate == 1.0
    assert result.claim.convergence == 1.0
    assert result.output_dir == f"services/{SERVICE}"
    assert (shop.ctx.run.service(SERVICE) / "app" / "main.py").is_file()
    assert result.measured.files == 8


LIES = {
    "no-files": "it made no files",
    "absent-file": "claims files that it did not make: ../../secret, app/more.py",
    "failing-tests": "1 of 2 tests fail: test_bad",
    "zero-tests": "none of its tests ran",
    "skipped-tests": "all 1 tests are skipped",
    "tests-that-quit": "its tests left no report",
    "fake-counts": "claimed 12 passed, measured 9",
    "missing-operation": "operations of the contract are missing: GET /items/{item_id}",
    "wrong-status": "operations lack their documented success status: GET /health (200)",
    "unimportable": "app.main:app cannot be imported: ModuleNotFoundError",
    "does-not-compile": "app.main:app cannot be imported: app/unused.py does not compile: invalid syntax",
    "not-an-app": "app.main:app cannot be imported: AttributeError",
    "unpinned": "requirements.txt: 'fastapi>=0.1' is not pinned with ==",
    "other-index": "requirements.txt: option '--index-url",
    "outside": "wrote outside its output directory: ../evil.txt",
    "outside-above": "wrote outside its output directory: ../../../../evil.txt",
    "edits-contract": "wrote outside its output directory: ../contracts",
    "symlink": "'app/secret.py' is a symbolic link",
    "output-is-a-link": "its output directory is gone",
    "unprintable-name": "'app/a\\x1b[2J.py' has an unprintable name",
    "strange-openapi": "app.main:app gives no OpenAPI document",
    "fifo": "'app/pipe' is not a regular file",
    "huge-file": "more than a service may have",
    "exit-3": "ended with code 3 but claims success: it broke",
    "no-state": "left no STATE.JSON",
    "bad-state": "its STATE.JSON cannot be read: not UTF-8",
    "says-failed": "says of itself: failed",
}


@pytest.mark.req("R0-055", "R0-223")
@pytest.mark.parametrize("mode", LIES)
def test_a_builder_that_lies_is_counted_as_failed_and_the_lie_is_named(mode: str, make_shop: MakeShop) -> None:
    shop = make_shop(mode)

    result = attempt(shop)

    assert not result.success
    assert result.status == "failed"
    assert LIES[mode] in "; ".join(result.measured.problems)
    assert not shop.ctx.run.service(SERVICE).exists()


def test_a_builder_that_dies_of_a_signal_has_crashed(make_shop: MakeShop) -> None:
    result = attempt(make_shop("crash"))

    assert (result.status, result.exit_code) == ("crashed", -9)
    assert "died of signal 9 but claims success" in result.measured.problems[0]


def test_a_program_that_does_not_exist_is_a_result_and_no_exception(make_shop: MakeShop) -> None:
    result = attempt(make_shop("honest", builder_command=("/no/such/program",)))

    assert result.status == "crashed"
    assert "cannot start /no/such/program" in result.measured.problems[0]


def test_a_job_directory_that_cannot_be_made_is_a_result_too(make_shop: MakeShop) -> None:
    shop = make_shop("honest")
    (shop.ctx.run.root / "jobs").write_text("")

    result = attempt(shop)

    assert result.status == "crashed"
    assert "cannot be run: Not a directory" in result.measured.problems[0]


def test_packages_that_cannot_be_installed_fail_the_service_that_wants_them(make_shop: MakeShop) -> None:
    def environment(_files: Sequence[Path]) -> Path:
        raise EnvironmentFailure("cannot install the packages of output")

    shop = replace(make_shop("honest"), environment=environment)

    assert attempt(shop).measured.problems == ("cannot be measured: cannot install the packages of output",)


@pytest.mark.req("R0-002", "R0-232")
def test_a_silent_builder_is_ended_with_its_whole_process_group(make_shop: MakeShop) -> None:
    shop = make_shop("hang-stubbornly", builder_idle_timeout_s=1.0)

    result = attempt(shop)

    ids = json.loads((shop.ctx.run.job(SERVICE, 1) / "tmp" / "ids.json").read_text())
    assert result.status == "timeout"
    assert "was silent for 1 s" in result.measured.problems
    assert ids["pgid"] == ids["pid"] != os.getpgid(0)
    assert not [pid for pid in (ids["pid"], ids["child"]) if _alive(pid)]


def _alive(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.req("R0-002")
def test_a_process_that_left_its_group_is_ended_too(make_shop: MakeShop) -> None:
    shop = make_shop("escapes")

    assert attempt(shop).success
    pid = int((shop.ctx.run.job(SERVICE, 1) / "tmp" / "escaped").read_text())
    psutil.wait_procs([psutil.Process(pid)] if _alive(pid) else [], timeout=10)
    assert not _alive(pid)


@pytest.mark.req("R0-232")
def test_a_builder_that_babbles_for_ever_hits_the_wall_limit(make_shop: MakeShop) -> None:
    result = attempt(make_shop("babble", builder_timeout_s=1.0))

    assert result.status == "timeout"
    assert "did not end within 1 s" in result.measured.problems


def test_endless_output_is_capped_on_disk_and_does_not_stop_the_builder(make_shop: MakeShop) -> None:
    shop = make_shop("huge-output")

    assert attempt(shop).success
    assert (shop.ctx.run.job(SERVICE, 1) / "stdout").stat().st_size < 70_000_000


def test_standard_input_is_closed(make_shop: MakeShop) -> None:
    assert attempt(make_shop("reads-stdin")).claim.summary == {"stdin": ""}


def test_tests_that_hang_are_ended_and_named(make_shop: MakeShop) -> None:
    result = attempt(make_shop("hanging-tests", test_timeout_s=2.0))

    assert result.measured.problems == ("its tests did not end within 2 s",)


def test_what_tests_and_builders_litter_is_not_installed(make_shop: MakeShop) -> None:
    for mode in ("littering-tests", "leaves-caches"):
        shop = make_shop(mode, f"{mode}-service")
        assert attempt(shop, f"{mode}-service").success
        service = shop.ctx.run.service(f"{mode}-service")
        names = {path.name for path in service.rglob("*")}
        assert not names & {"litter.py", "test.db", "__pycache__", ".pytest_cache"}


@pytest.mark.req("R0-050", "R0-053")
def test_at_most_three_builders_are_under_way_at_once(make_shop: MakeShop) -> None:
    services = [f"service-{letter}" for letter in "abcdef"]
    shop = make_shop("crowd", *services, builder_timeout_s=60)

    results = run_parallel_builders(shop, services, attempt)

    assert [result.service for result in results] == services
    assert all(result.success for result in results), results
    assert max(int(str(result.claim.summary["under_way"])) for result in results) == 3


@pytest.mark.req("R0-055")
def test_a_crashed_builder_does_not_stop_the_others(make_shop: MakeShop) -> None:
    services = ["crash", "honest", "no-files"]
    shop = make_shop("by-service", *services)

    results = run_parallel_builders(shop, services, attempt)

    assert [result.status for result in results] == ["crashed", "success", "failed"]


def test_an_interrupt_ends_every_builder(make_shop: MakeShop) -> None:
    services = ["a-caller-that-interrupts", "hang"]
    shop = make_shop("by-service", *services)
    ids = shop.ctx.run.job("hang", 1) / "tmp" / "ids.json"
    ended: list[BuilderResult] = []

    def interrupt_once_it_hangs(own: Workshop, service: str) -> BuilderResult:
        if service == "hang":
            ended.append(attempt(own, service))
            return ended[0]
        while not ids.exists():
            threading.Event().wait(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_parallel_builders(shop, services, interrupt_once_it_hangs)

    known = json.loads(ids.read_text())
    assert ended[0].status == "interrupted"
    assert not [pid for pid in (known["pid"], known["child"]) if _alive(pid)]


def test_two_builds_of_the_same_contracts_are_identical(make_shop: MakeShop) -> None:
    first = attempt(make_shop("honest"))
    second = attempt(make_shop("honest"))

    assert first.measured.tree_digest == second.measured.tree_digest != ""


def test_a_rebuilt_service_replaces_the_old_one_as_a_whole(make_shop: MakeShop) -> None:
    shop = make_shop("honest")
    attempt(shop)
    stale = shop.ctx.run.service(SERVICE) / "stale.py"
    stale.write_text("")

    assert attempt(shop).success
    assert not stale.exists()


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    """Whatever happens in a test, its builders are gone."""
    yield
    own = psutil.Process()
    assert [p.cmdline() for p in own.children(recursive=True) if "builders/mini.py" in " ".join(p.cmdline())] == []
