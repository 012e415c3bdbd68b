"""States of contracts as the phases prove them, and telling the Contract Engine.

The run's artifacts are the truth; the engine's record follows from them.  A record that fails is therefore told as a
warning and does not turn a good run into a failed one: `can_deploy` then says no, never wrongly yes.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from pydantic import JsonValue

from sluice.core.errors import ServiceCallFailed
from sluice.core.files import canonical_json, digest
from sluice.core.http import request_json
from sluice.engine.phase import Context
from sluice.engine.stack import CONTRACT_ENGINE
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.integration import IntegrationReport
from sluice.model.lifecycle import ContractState, Evidence

_TIMEOUT_S: Final = 5.0


def implemented(contracts: ContractSet, builds: BuildResults) -> Iterator[Evidence]:
    """Contracts of services whose build was measured and is good; the evidence is the digest of the built tree."""
    trees = {result.service: result.measured.tree_digest for result in builds.successes}
    for contract in contracts.contracts:
        if contract.valid and trees.get(contract.service):
            yield _evidence(contract, "implemented", trees[contract.service])


def verified_live(contracts: ContractSet, builds: BuildResults, report: IntegrationReport) -> Iterator[Evidence]:
    """Implemented contracts of which nothing failed in the tests against the running services.

    An OpenAPI contract: every operation conforms.  An AsyncAPI contract: the flow saw at least one event that the
    service publishes or consumes, and all of them as they must be.  The evidence is the digest of that part of the
    report.
    """
    trees = {item.name: item.evidence for item in implemented(contracts, builds)}
    for contract in contracts.contracts:
        proof = _proof(contract, report)
        if proof and contract.name in trees:
            yield _evidence(contract, "verified-live", proof, trees[contract.name])


def _proof(contract: RegisteredContract, report: IntegrationReport) -> str:
    dumped: list[JsonValue]
    if contract.kind == "openapi":
        tested = [item for item in report.compliance if item.service == contract.service]
        good = all(item.ratio == 1 and not item.error for item in tested)
        dumped = [item.model_dump(mode="json", exclude={"seconds"}) for item in tested]
    else:
        seen = [event for event in report.events if contract.service in (event.publisher, *event.consumers)]
        good = all(event.ok for event in seen)
        dumped = [event.model_dump(mode="json") for event in seen]
    return digest(canonical_json(dumped)) if dumped and good else ""


def _evidence(contract: RegisteredContract, state: ContractState, evidence: str, basis: str = "") -> Evidence:
    return Evidence(name=contract.name, version=contract.version, state=state, evidence=evidence, basis=basis)


def record(ctx: Context, found: Iterable[Evidence]) -> None:
    """Tell the Contract Engine; what it does not take is a warning."""
    evidence = list(found)
    state = ctx.stack.state() if evidence else None
    url = state.services.get(CONTRACT_ENGINE, "") if state else ""
    for number, item in enumerate(evidence):
        try:
            _put(url, item)
        except ServiceCallFailed as failure:
            left = len(evidence) - number
            told = f"{left} states of contracts are not recorded, from {item.name} {item.state} on: {failure.brief}"
            ctx.emit("warning", told, contract=item.name)
            return
        ctx.emit("contract.state", f"{item.name} {item.version} is {item.state}", contract=item.name, state=item.state)


def _put(url: str, item: Evidence) -> None:
    if not url:
        raise ServiceCallFailed("the Contract Engine is not running")
    place = f"{quote(item.name, safe='')}/versions/{quote(item.version, safe='')}/states/{item.state}"
    body = {"evidence": item.evidence, **({"basis": item.basis} if item.basis else {})}
    request_json("PUT", f"{url}/api/contracts/{place}", json=body, timeout=_TIMEOUT_S)
