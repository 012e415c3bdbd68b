"""DEAD-002."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sluice.core.mcp import McpServer
from sluice.model.contract import ContractList
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts


@dataclass(frozen=True)
class Registered:
    """A contract of the run, and whether the Contract Engine ever validated it."""

    name: str
    service: str
    version: str
    validated: bool
    evidence: str


class ContractsAreValidated(Check[Registered]):
    """Every registered contract has been validated."""

    id, layer, severity, requires = "DEAD-002", 4, "error", frozenset({"contracts"})

    def subjects(self, facts: Facts) -> Sequence[Registered]:
        """What the Contract Engine lists, and what the run registered; without an engine only the latter."""
        contracts = facts.given.contracts.contracts if facts.given.contracts else ()
        if not facts.given.contract_engine_url:
            return [
                Registered(c.name, c.service, c.version, c.valid or c.validated, "as registered") for c in contracts
            ]
        with McpServer(f"{facts.given.contract_engine_url}/mcp/") as engine:
            listed = ContractList.model_validate(engine.call("list_contracts", {})).contracts
        found = {
            (row.name, row.version): Registered(
                row.name, row.service, row.version, row.validated_at is not None, "as the Contract Engine lists it"
            )
            for row in listed
        }
        for c in contracts:
            lost = Registered(
                c.name, c.service, c.version, validated=False, evidence="the Contract Engine does not list it"
            )
            found.setdefault((c.name, c.version), lost)
        return [found[key] for key in sorted(found)]

    def check(self, subject: Registered, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """Contract {name} {version} is registered but was never validated.

        Call `validate_spec` with its name, or remove the contract.
        """
        if not subject.validated:
            values = {"name": subject.name, "version": subject.version}
            yield Hit(service=subject.service, evidence=subject.evidence, values=values)


CHECKS: Final = (ContractsAreValidated(),)
