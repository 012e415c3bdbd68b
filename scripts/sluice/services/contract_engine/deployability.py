"""Whether a version of a service may be deployed: its own states, and what it would do to those who use it."""

from collections.abc import Iterator

from sluice.model.lifecycle import ContractLife, Deployability
from sluice.services.contract_engine.changes.consumers import Needs, needs_of_consumer
from sluice.services.contract_engine.changes.report import compare
from sluice.services.contract_engine.states import States
from sluice.services.contract_engine.store import Contracts
from sluice.services.failures import NotFoundError


class Deployer:
    """Answers from the registry and the states."""

    def __init__(self, contracts: Contracts, states: States) -> None:
        self._contracts = contracts
        self._states = states

    def can_deploy(self, service: str, version: str | None = None) -> Deployability:
        """Yes when each contract of the version is implemented and breaks no known consumer of what is live.

        Without a version: the highest of the service.

        Raises:
            NotFoundError: the service has no contract of this version.
        """
        lives = self._states.of_service(service)
        if version is None and lives:
            versions = [self._contracts.versions(name)[0] for name in sorted({life.name for life in lives})]
            version = max(versions, key=lambda summary: summary.kind).version
        chosen = [life for life in lives if life.version == version]
        if version is None or not chosen:
            asked = f"version {version} of {service}" if version else service
            raise NotFoundError(f"no contract of {asked} is registered", hint="list_contracts shows what there is")
        reasons = [reason for life in chosen for reason in _unfinished(life)]
        warnings: list[str] = []
        needs = self.needs(service)
        for life in chosen:
            for hits_somebody, text in self._breaks(life, lives, needs):
                (reasons if hits_somebody else warnings).append(text)
        return Deployability(
            service=service,
            version=version,
            deployable=not reasons,
            reasons=tuple(reasons),
            warnings=tuple(warnings),
            contracts=tuple(chosen),
        )

    def needs(self, service: str) -> Needs:
        """What consumers have declared, and what other services that are verified live read of events."""
        found = self._states.declared(service)
        for life in self._states.live(kind="asyncapi"):
            if life.service != service:
                read = needs_of_consumer(self._contracts.get(life.name, life.version).document)
                found.setdefault(life.service, {}).update(read)
        return found

    def _breaks(self, life: ContractLife, lives: list[ContractLife], needs: Needs) -> Iterator[tuple[bool, str]]:
        """What breaks against the version that is live now, and whether a known consumer is hit."""
        others = [o for o in lives if o.name == life.name and o.version != life.version and o.state == "verified-live"]
        if not others:
            return
        live = max(others, key=lambda other: other.reached[-1].at)
        documents = [self._contracts.get(life.name, version).document for version in (live.version, life.version)]
        found = compare(*documents, needs=needs)
        yield from ((True, f"{life.name} breaks {consumer}") for consumer in found.consumers if found.breaking)
        if found.breaking and not found.consumers:
            first = next(change for change in found.changes if change.severity == "error")
            where = f"{first.method} {first.path} ".lstrip()
            text = f"{life.name} breaks {live.version}, which is live: {where}{first.message}"
            yield False, f"{text}; no consumer is known to use it"


def _unfinished(life: ContractLife) -> Iterator[str]:
    name = f"{life.name} {life.version}"
    if life.state == "registered":
        yield f"{name} has not been found to be valid"
    elif life.state == "validated":
        yield f"{name} is not implemented: no build of it was measured"
