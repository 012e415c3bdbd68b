"""MCP face of states, deployability and changes."""

from mcp.server import MCPServer

from sluice.model.changes import ContractDiff
from sluice.model.lifecycle import ContractLife, Deployability, RecordedState
from sluice.services.contract_engine.changes.report import compare
from sluice.services.contract_engine.deployability import Deployer
from sluice.services.contract_engine.fields import ContractName, FieldsOfOperations, Version
from sluice.services.contract_engine.states import States
from sluice.services.contract_engine.store import Contracts
from sluice.services.database import UNAVAILABLE
from sluice.services.fields import Digest, ServiceName
from sluice.services.tools import expose


def add_state_tools(server: MCPServer, contracts: Contracts, states: States) -> None:
    """Add the tools."""
    deployer = Deployer(contracts, states)

    def record_state(
        name: ContractName, version: Version, state: RecordedState, evidence: Digest, basis: Digest | None = None
    ) -> ContractLife:
        """Record that a version of a contract is implemented or verified-live, with the digest of the evidence.

        `basis` is the evidence of the implementation that was verified; another one than the current is refused.
        """
        return states.record(name, version, state, evidence, basis or "")

    def get_state(name: ContractName, version: Version) -> ContractLife:
        """Return the states that hold for a version of a contract, each with its evidence and time."""
        return states.life(name, version)

    def can_deploy(service: ServiceName, version: Version | None = None) -> Deployability:
        """Say whether a version of a service may be deployed, and why not.

        It may when each of its contracts is implemented and breaks no known consumer of the version that is live.
        """
        return deployer.can_deploy(service, version)

    def compare_contracts(name: ContractName, old: Version, new: Version) -> ContractDiff:
        """List what changed between two registered versions of a contract, the worst first, and whom it breaks."""
        documents = [contracts.get(name, version) for version in (old, new)]
        return compare(documents[0].document, documents[1].document, needs=deployer.needs(documents[0].service))

    def declare_needs(
        consumer: ServiceName, provider: ServiceName, operations: FieldsOfOperations
    ) -> dict[str, dict[str, list[str]]]:
        """Declare what a consumer uses of a provider: fields by operation (`GET /users/{id}`), or `*`.

        It replaces what the consumer declared of this provider before; answers with all needs of the provider.
        """
        states.declare(consumer, provider, operations)
        declared = states.declared(provider)
        return {who: {name: list(fields) for name, fields in used.items()} for who, used in declared.items()}

    for tool in (record_state, get_state, can_deploy, compare_contracts, declare_needs):
        expose(server, tool, unavailable=UNAVAILABLE)
