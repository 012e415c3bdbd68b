"""How far a version of a contract has come, and the evidence for it."""

from typing import Literal, get_args

from sluice.model.base import Model

ContractState = Literal["registered", "validated", "implemented", "verified-live"]
RecordedState = Literal["implemented", "verified-live"]
STATES: tuple[ContractState, ...] = get_args(ContractState)


class Evidence(Model):
    """A state that one version of a contract has reached.

    `evidence` is the digest of what proves it: the document, the validation report, the tree that was built, the report
    of the tests against the running service.  `basis` is, for `verified-live`, the implementation that was tested.
    """

    name: str
    version: str
    state: ContractState
    evidence: str
    basis: str = ""


class ReachedState(Model):
    """One state, its evidence (see `Evidence`) and when it was recorded (RFC 3339)."""

    state: ContractState
    evidence: str
    at: str


class ContractLife(Model):
    """A version of a contract, the last state that holds, and all that hold; a new build ends `verified-live`."""

    name: str
    service: str
    version: str
    digest: str
    state: ContractState
    reached: tuple[ReachedState, ...] = ()


class Deployability(Model):
    """Whether a version of a service may be deployed; `reasons` say why not, `warnings` what to look at."""

    service: str
    version: str
    deployable: bool
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    contracts: tuple[ContractLife, ...] = ()
