"""Builders that lie, from the real process to the finding: what layer 1 of the gate says about each."""

from collections.abc import Callable, Sequence

import pytest

from sluice.core.files import tree_digest
from sluice.model.build import BuildResults
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.finding import Finding
from sluice.phases.build.job import Workshop
from sluice.phases.build.parallel import run_parallel_builders
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.registry import all_checks
from sluice.phases.gate.run import run_gate

SERVICE = "shop-service"

MakeShop = Callable[..., Workshop]


def layer_1(shop: Workshop, deployment: Deployment | None = None) -> Sequence[Finding]:
    """Build for real, with the fix passes of a run, and let the gate judge what came of it."""
    results = tuple(run_parallel_builders(shop, (SERVICE,)))
    root = shop.ctx.run.root
    given = GateInput(
        root=root,
        services={result.service: root / result.output_dir for result in results if result.success},
        folders=(),
        settings=shop.ctx.settings,
        build=BuildResults(results=results),
        deployment=deployment,
        run=True,
    )
    report = run_gate(given, [check for check in all_checks().values() if check.layer == 1])
    assert [run.error for layer in report.layers for run in layer.checks if run.error] == []
    return report.findings


REJECTED = {
    "no-files": ("BUILD-002", "claim: status success; measured: it made no files"),
    "deletes-tests": ("BUILD-001", "has 1 tests where the attempt before had 2"),
    "always-true-tests": ("TEST-002", "test_bad"),
    "skips-tests": ("TEST-002", "test_bad"),
    "swaps-tests": ("TEST-002", "test_bad"),
    "fake-counts": ("BUILD-002", "claim: 12 passing tests; measured: 9 of 9"),
    "exit-3": ("BUILD-002", "ended with code 3 but claims success"),
    "outside": ("BUILD-001", "wrote outside its output directory: ../evil.txt"),
    "edits-contract": ("BUILD-001", "wrote outside its output directory"),
    "missing-operation": ("BUILD-002", "operations of the contract are missing: GET /items/{item_id}"),
    "hang": ("BUILD-001", "was silent for 0.3 s"),
}
NEXT_ATTEMPT = {"deletes-tests", "always-true-tests", "skips-tests", "swaps-tests"}


@pytest.mark.parametrize("mode", REJECTED)
def test_each_lie_is_rejected_with_its_finding(mode: str, make_shop: MakeShop) -> None:
    settings = {"builder_idle_timeout_s": 0.3 if mode == "hang" else 30, "fix_passes": int(mode in NEXT_ATTEMPT)}
    found = layer_1(make_shop(mode, **settings))

    check, reason = REJECTED[mode]
    told = [f"{finding.evidence} {finding.message}" for finding in found if finding.check == check]
    assert any(reason in text for text in told), [(finding.check, finding.evidence) for finding in found]
    assert all(finding.service in {SERVICE, ""} for finding in found)


def test_an_honest_builder_gives_no_finding(make_shop: MakeShop) -> None:
    assert layer_1(make_shop("honest")) == ()


@pytest.mark.parametrize("fresh", [True, False])
def test_code_that_runs_but_was_not_what_was_measured_is_a_finding(fresh: bool, make_shop: MakeShop) -> None:
    shop = make_shop("honest")
    run_parallel_builders(shop, (SERVICE,))
    digest = tree_digest(shop.ctx.run.service(SERVICE)) if fresh else "sha256:of-an-older-image"
    service = DeployedService(name=SERVICE, url="", gateway_url="", healthy=True, tree_digest=digest)

    found = layer_1(shop, Deployment(runtime="docker", gateway_url="", services=(service,)))

    assert [finding.check for finding in found] == ([] if fresh else ["BUILD-005"])
