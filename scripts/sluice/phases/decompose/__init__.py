"""Phase 3: the Architect turns the PRD into services, entities and contract stubs."""

from typing import Final

from sluice.engine.phase import Phase
from sluice.model.decomposition import Decomposition
from sluice.phases.decompose.phase import run

PHASE: Final = Phase(
    number=3,
    name="decompose",
    help="the Architect reads the PRD",
    consumes=(),
    produces=(Decomposition,),
    run=run,
    properties=(
        "prd",
        "min_services",
        "min_entities",
        "architect",
        "architect_api",
        "architect_url",
        "architect_model",
        "architect_recording",
    ),
)
