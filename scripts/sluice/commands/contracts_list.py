"""The contracts of a run with their states, from its artifacts: what its phases proved, be the stack up or down."""

from collections.abc import Iterator

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.plugins import all_phases
from sluice.commands.session import find_run
from sluice.core.errors import EXIT_OK
from sluice.engine.lifecycle import implemented, verified_live
from sluice.engine.phase import Artifacts
from sluice.engine.run import load_artifacts
from sluice.model.build import BuildResults
from sluice.model.contract import ContractSet
from sluice.model.integration import IntegrationReport


def list_contracts(options: Options) -> int:
    """Every contract of a run: name, service, kind, version, state and digest.

    Raises:
        InputError: there is no such run.
    """
    artifacts = load_artifacts(find_run(options.run_id), all_phases())
    listed = list(rows(artifacts))
    if not options.json:
        listed = [{key: _short(text) for key, text in row.items() if key != "service"} for row in listed]
    Output(json=options.json).table("contracts", listed)
    return EXIT_OK


def _short(text: str) -> str:
    """Digests as people compare them; `--json` has them whole."""
    return text.removeprefix("sha256:")[:12] if text.startswith("sha256:") else text


def rows(artifacts: Artifacts) -> Iterator[dict[str, str]]:
    """One row a contract; `evidence` is the digest of what proves its state."""
    contracts = artifacts.find(ContractSet) or ContractSet()
    builds, report = artifacts.find(BuildResults), artifacts.find(IntegrationReport)
    reached: dict[str, tuple[str, str]] = {}
    for item in implemented(contracts, builds) if builds else ():
        reached[item.name] = item.state, item.evidence
    for item in verified_live(contracts, builds, report) if builds and report else ():
        reached[item.name] = item.state, item.evidence
    for contract in contracts.contracts:
        known = ("validated" if contract.valid else "registered", contract.digest)
        state, evidence = reached.get(contract.name, known)
        yield {
            "name": contract.name,
            "service": contract.service,
            "kind": contract.kind,
            "version": contract.version,
            "state": state,
            "digest": contract.digest,
            "evidence": evidence,
        }
