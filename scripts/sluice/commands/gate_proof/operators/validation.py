"""DEAD-002: contracts that nobody validated, planted among those of a run."""

from collections.abc import Sequence
from typing import Any, Final

from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.contract import ContractSet, RegisteredContract, SpecError


def _contract(kind: str, **fields: Any) -> Edit:
    """A contract of the site's service as registered."""

    def edit(site: Site) -> None:
        contracts = site.given.contracts.contracts if site.given.contracts else ()
        own = [c for c in contracts if c.service == site.service.name and c.kind == kind]
        if not own:
            raise Unfit(f"{site.service.name} has no {kind} contract")
        _replaced(site, contracts, own[0], own[0].model_copy(update=fields))

    return edit


def _replaced(
    site: Site, contracts: Sequence[RegisteredContract], old: RegisteredContract, new: RegisteredContract
) -> None:
    rows = tuple(new if contract is old else contract for contract in contracts)
    site.change(contracts=ContractSet(contracts=rows))
    site.services.add(site.service.name)


def _another_version(*, validated: bool) -> Edit:
    def edit(site: Site) -> None:
        contracts = site.given.contracts.contracts if site.given.contracts else ()
        own = next((c for c in contracts if c.service == site.service.name and c.kind == "openapi"), None)
        if own is None:
            raise Unfit("there is no contract")
        more = own.model_copy(update={"version": "1.1.0", "valid": validated, "validated": validated})
        site.change(contracts=ContractSet(contracts=(*contracts, more)))
        site.services.add(site.service.name)

    return edit


_SPEC_ERROR = SpecError(rule="schema", pointer="/paths", message="is wrong")
_UNVALIDATED = {
    "OpenAPI": _contract("openapi", valid=False, validated=False),
    "AsyncAPI": _contract("asyncapi", valid=False, validated=False),
    "with errors of another time": _contract("openapi", valid=False, validated=False, errors=(_SPEC_ERROR,)),
    "version 2": _contract("openapi", valid=False, validated=False, version="2.0.0"),
    "new version beside the old one": _another_version(validated=False),
    "AsyncAPI of version 2": _contract("asyncapi", valid=False, validated=False, version="2.0.0"),
    "preliminary version": _contract("openapi", valid=False, validated=False, version="0.0.1-rc1"),
    "digest of nothing": _contract("openapi", valid=False, validated=False, digest=""),
}
_VALIDATED = {
    "valid": _contract("openapi", valid=True, validated=True),
    "validated and found wrong": _contract("openapi", valid=False, validated=True, errors=(_SPEC_ERROR,)),
    "AsyncAPI": _contract("asyncapi", valid=True, validated=True),
    "version 2": _contract("openapi", version="2.0.0"),
    "new version beside the old one": _another_version(validated=True),
    "AsyncAPI found wrong": _contract("asyncapi", valid=False, validated=True),
    "preliminary version": _contract("openapi", version="0.1.0-rc1"),
    "with warnings": _contract("openapi", errors=(_SPEC_ERROR,)),
}

OPERATORS: Final = (
    Operator(
        check="DEAD-002",
        plants=variants(_UNVALIDATED, needs="run", touches="contracts"),
        twins=variants(_VALIDATED, needs="run", touches="contracts"),
    ),
)
