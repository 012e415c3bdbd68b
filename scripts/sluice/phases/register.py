"""Phase 4: every contract stub is registered with the Contract Engine, validated there, and read back."""

from collections.abc import Sequence
from typing import Final

from pydantic import JsonValue

from sluice.core.mcp import McpServer
from sluice.engine.phase import Context, Outcome, Phase
from sluice.engine.stack import CONTRACT_ENGINE
from sluice.model.contract import ContractSet, RegisteredContract, ValidationReport
from sluice.model.decomposition import ContractStub, Decomposition


def run(ctx: Context) -> Outcome:
    """Register, validate, list, read back."""
    stubs = ctx.artifacts.get(Decomposition).contract_stubs
    with McpServer(f"{ctx.stack.up().services[CONTRACT_ENGINE]}/mcp/") as engine:
        contracts = [register(engine, stub) for stub in stubs]
        listed = _listed(engine)
        declare(engine, ctx.artifacts.get(Decomposition))
    for contract in contracts:
        ctx.emit(
            "contract.registered", f"{contract.name} {contract.version} {'valid' if contract.valid else 'INVALID'}"
        )
    made = ContractSet(contracts=tuple(sorted(contracts, key=lambda contract: contract.name)))
    refused = judge(stubs, made, listed)
    hint = (
        "`invoke logs contract-engine` shows what it did; the errors name the place in the contract" if refused else ""
    )
    return Outcome(
        artifacts=(made,), refused=refused, hint=hint, note=f"{len(contracts)} contracts registered and valid"
    )


def register(engine: McpServer, stub: ContractStub) -> RegisteredContract:
    """One contract as the Contract Engine holds it, with what `validate_spec` said of it."""
    named: dict[str, JsonValue] = {"name": stub.name, "version": stub.version}
    engine.call("create_contract", {**named, "service": stub.service, "kind": stub.kind, "document": stub.document})
    report = ValidationReport.model_validate(engine.call("validate_spec", dict(named)))
    held = RegisteredContract.model_validate(engine.call("get_contract", dict(named)))
    return held.model_copy(update={"valid": report.valid, "errors": report.errors})


def declare(engine: McpServer, plan: Decomposition) -> None:
    """Tell the Contract Engine who depends on whom; of which operations the PRD does not say, so it is all of them."""
    for service in plan.service_map.services:
        for provider in service.depends_on:
            needs: dict[str, JsonValue] = {"consumer": service.name, "provider": provider, "operations": {"*": ["*"]}}
            engine.call("declare_needs", needs)


def judge(stubs: Sequence[ContractStub], made: ContractSet, listed: set[str]) -> str:
    """Why the gate refuses, '' when every stub is registered, valid, unchanged and listed."""
    for contract in made.contracts:
        if not contract.valid:
            first = contract.errors[0] if contract.errors else None
            where = f": {first.message} at {first.pointer or '/'}" if first else ""
            return f"contract {contract.name} is not valid{where}"
    held = {contract.name: contract.document for contract in made.contracts}
    if missing := sorted({stub.name for stub in stubs} - listed):
        return f"the Contract Engine does not list {', '.join(missing)}"
    if changed := [stub.name for stub in stubs if held.get(stub.name) != stub.document]:
        return f"the Contract Engine holds another document as {changed[0]}"
    return "" if stubs else "the decomposition has no contracts"


def revive(ctx: Context) -> None:
    """Register again what a Contract Engine that lost its data no longer holds."""
    wanted = ctx.artifacts.get(Decomposition).contract_stubs
    with McpServer(f"{ctx.stack.up().services[CONTRACT_ENGINE]}/mcp/") as engine:
        listed = _listed(engine)
        for stub in wanted:
            if stub.name not in listed:
                register(engine, stub)
                ctx.emit("contract.registered", f"{stub.name} was lost and is registered again")


def _listed(engine: McpServer) -> set[str]:
    rows = engine.call("list_contracts", {}).get("contracts")
    names = [row.get("name") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {name for name in names if isinstance(name, str)}


PHASE: Final = Phase(
    number=4,
    name="register",
    help="the Contract Engine registers and validates every contract",
    consumes=(Decomposition,),
    produces=(ContractSet,),
    run=run,
    revive=revive,
)
