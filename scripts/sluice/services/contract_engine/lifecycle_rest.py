"""REST face of states, deployability and changes, under `/api/contracts`."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from sluice.model.changes import ContractDiff
from sluice.model.lifecycle import ContractLife, Deployability, RecordedState
from sluice.services.contract_engine.changes.report import compare
from sluice.services.contract_engine.deployability import Deployer
from sluice.services.contract_engine.fields import ContractName, FieldsOfOperations, Version
from sluice.services.contract_engine.states import States
from sluice.services.contract_engine.store import Contracts
from sluice.services.failures import problem
from sluice.services.fields import Digest, ServiceName

_MISSING: Final = problem(HTTPStatus.NOT_FOUND, "No such contract")
_EARLY: Final = problem(HTTPStatus.CONFLICT, "The state before it does not hold, or another implementation was tested")


class NewEvidence(BaseModel):
    """What proves a state; `basis` is the implementation that was verified."""

    evidence: Digest
    basis: Digest | None = None


class Needs(BaseModel):
    """What a consumer uses of a provider."""

    operations: FieldsOfOperations


def lifecycle_router(contracts: Contracts, states: States) -> APIRouter:
    """Routes of states, deployability and changes."""
    router = APIRouter(tags=["lifecycle"])
    deployer = Deployer(contracts, states)

    @router.get("/{name}/versions/{version}/states", responses=_MISSING)
    def get_states(name: Annotated[ContractName, Path()], version: Annotated[Version, Path()]) -> ContractLife:
        """Return the states that hold for a version, each with its evidence and time."""
        return states.life(name, version)

    @router.put("/{name}/versions/{version}/states/{reached}", responses={**_MISSING, **_EARLY})
    def put_state(
        name: Annotated[ContractName, Path()],
        version: Annotated[Version, Path()],
        reached: RecordedState,
        new: NewEvidence,
    ) -> ContractLife:
        """Record that a version has reached a state; the same again changes nothing."""
        return states.record(name, version, reached, new.evidence, new.basis or "")

    @router.get("/{name}/changes", responses=_MISSING)
    def get_changes(
        name: Annotated[ContractName, Path()], old: Annotated[Version, Query()], new: Annotated[Version, Query()]
    ) -> ContractDiff:
        """List what changed between two versions, the worst first, and whom it breaks."""
        before, after = contracts.get(name, old), contracts.get(name, new)
        return compare(before.document, after.document, needs=deployer.needs(before.service))

    @router.get("/services/{service}/deployability", responses=_MISSING)
    def get_deployability(
        service: Annotated[ServiceName, Path()], version: Annotated[Version | None, Query()] = None
    ) -> Deployability:
        """Say whether a version of a service (default: the highest) may be deployed, and why not."""
        return deployer.can_deploy(service, version)

    @router.put("/services/{provider}/consumers/{consumer}")
    def put_needs(
        provider: Annotated[ServiceName, Path()], consumer: Annotated[ServiceName, Path()], needs: Needs
    ) -> Needs:
        """Declare what a consumer uses of a provider; it replaces what was declared before."""
        states.declare(consumer, provider, needs.operations)
        return needs

    return router
