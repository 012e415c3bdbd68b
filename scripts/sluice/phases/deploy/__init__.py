"""Phase 6: deploy the built services, test them against their contracts, and follow entities across them."""

from typing import Final

from sluice.engine.phase import Context, Outcome, Phase
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import Deployment
from sluice.model.integration import IntegrationReport
from sluice.phases.deploy.discovery import ServiceDiscovery

__all__ = ["PHASE", "ServiceDiscovery"]


def _run(ctx: Context) -> Outcome:
    from sluice.phases.deploy.phase import run  # noqa: PLC0415 - Redis and JWT clients cost 0.4 s; a plan needs neither

    return run(ctx)


def _revive(ctx: Context) -> None:
    from sluice.phases.deploy.phase import revive  # noqa: PLC0415 - as above

    revive(ctx)


PHASE: Final = Phase(
    number=6,
    name="deploy",
    help="start what was built; contract tests and the cross-service flow",
    consumes=(ContractSet, Decomposition, BuildResults),
    produces=(Deployment, IntegrationReport),
    run=_run,
    properties=("max_examples", "min_compliance", "runtime", "seed"),
    revive=_revive,
)
