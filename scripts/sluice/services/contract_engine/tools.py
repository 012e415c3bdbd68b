"""MCP face of the Contract Engine."""

from mcp.server import MCPServer

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.model.contract import ContractList, RegisteredContract, ValidationReport
from sluice.model.decomposition import ContractKind
from sluice.services.contract_engine.fields import ContractName, Version
from sluice.services.contract_engine.store import Contracts, NewContract
from sluice.services.database import UNAVAILABLE
from sluice.services.fields import Digest, ServiceName
from sluice.services.tools import expose


def add_tools(server: MCPServer, contracts: Contracts) -> None:
    """Add the tools of the registry."""

    def create_contract(
        name: ContractName, service: ServiceName, kind: ContractKind, version: Version, document: JsonObject
    ) -> RegisteredContract:
        """Register one version of a contract; it is not validated by that. Registering the same again changes nothing.

        Another content under a registered name and version is refused.
        """
        new = NewContract(name=name, service=service, kind=kind, version=version, document=document)
        return contracts.create(new)[0]

    def validate_spec(
        document: JsonObject | str | None = None,
        name: ContractName | None = None,
        version: Version | None = None,
        digest: Digest | None = None,
    ) -> ValidationReport:
        """Validate an OpenAPI 3.0-3.2, Swagger 2.0 or AsyncAPI 2.0-3.1 document and record that it was.

        Give `document` (an object, or JSON or YAML text), or `name` (and `version`) or `digest` of a registered one.
        Every fault carries an RFC 6901 JSON pointer, a rule, a message and a hint; with text, its line and column too.
        """
        if sum(given is not None for given in (document, name, digest)) != 1:
            raise InputError("give exactly one of document, name and digest", hint="`version` goes with `name`")
        if name is not None:
            return contracts.validate_registered(name, version)
        return contracts.validate(document) if digest is None else contracts.validate_digest(digest)

    def get_contract(name: ContractName, version: Version | None = None) -> RegisteredContract:
        """Return a registered contract with its document; the highest version when none is named."""
        return contracts.get(name, version)

    def list_contracts(service: ServiceName | None = None) -> ContractList:
        """List every version of every contract (of one service), and when each was validated."""
        return ContractList(contracts=tuple(contracts.all(service)))

    for tool in (create_contract, validate_spec, get_contract, list_contracts):
        expose(server, tool, unavailable=UNAVAILABLE)
