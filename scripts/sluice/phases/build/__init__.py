"""Phase 5: one builder a service, in parallel, each measured; at least two thirds must succeed."""

from typing import Final

from sluice.engine.phase import Phase
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.phases.build.fix import feed_violations_to_builder
from sluice.phases.build.job import generate_builder_config, invoke_builder
from sluice.phases.build.outcome import spoilt
from sluice.phases.build.parallel import run_parallel_builders
from sluice.phases.build.phase import run
from sluice.phases.build.state import parse_builder_state

__all__ = [
    "PHASE",
    "feed_violations_to_builder",
    "generate_builder_config",
    "invoke_builder",
    "parse_builder_state",
    "run_parallel_builders",
]

PHASE: Final = Phase(
    number=5,
    name="build",
    help="one builder a service, in parallel; what they made is measured",
    consumes=(ContractSet,),
    produces=(BuildResults,),
    run=run,
    spoilt=spoilt,
    properties=("builder", "builder_command", "min_builder_share"),
)
