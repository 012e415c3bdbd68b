"""NAME-001."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.compose import ComposeService
from sluice.phases.gate.reading.naming import Named, in_code, in_packaging, owner_of, similar, squeezed

_PREFIX: Final = re.compile(r"PathPrefix\(\s*[`\"']/api/([^`\"'/]+)/?[`\"']")
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9_-]*", re.IGNORECASE)


class NamesAgree(Check[Named]):
    """A service has one name: in compose, code, contracts and the ServiceMap."""

    id, layer, severity = "NAME-001", 4, "error"

    def subjects(self, facts: Facts) -> Sequence[Named]:
        """Every place that names a service."""
        return [*_places(facts), *(_gaps(facts) if facts.given.run else [])]

    def absent(self, facts: Facts) -> str:
        """A folder with nothing but code names nothing."""
        return "" if facts.given.run else "nothing in the tree names a service twice"

    def check(self, subject: Named, facts: Facts) -> Iterator[Hit]:
        """{where} says {name}, but the service is called {service}.

        Use the name of the ServiceMap everywhere: folders, compose, contracts, routes and SERVICE_NAME.
        """
        if subject.name == subject.service:
            return
        if not facts.given.run and not _confusing(subject):
            return
        values = {"where": subject.where, "name": subject.name or "nothing", "service": subject.service}
        evidence = "" if subject.source else f"{subject.where}: {subject.name}"
        yield Hit(
            source=subject.source,
            line=subject.line,
            column=subject.column,
            service=subject.service,
            evidence=evidence,
            values=values,
        )


def _confusing(named: Named) -> bool:
    """Without a ServiceMap only names that differ by a slip count; `web` may well be built from `frontend`."""
    packaged = named.where == "pyproject.toml" and squeezed(named.name) == squeezed(named.service)
    return not packaged and bool(_PLAIN.fullmatch(named.name)) and similar(named.name, named.service)


def _names(facts: Facts) -> list[str]:
    """The names that count: the ServiceMap's, else the folders'."""
    decomposition = facts.given.decomposition
    mapped = [service.name for service in decomposition.service_map.services] if decomposition else []
    return sorted(mapped or facts.given.services)


def _places(facts: Facts) -> Iterator[Named]:
    names = _names(facts)
    for contract in facts.contracts:
        owner = contract.service or _closest(contract.title, names)
        if owner and (facts.given.run or _PLAIN.fullmatch(contract.title)):
            line = 1 if contract.source else 0
            yield Named(owner, f"the {contract.kind} contract's title", contract.title, contract.source, line, 1)
    for service in facts.compose.services:
        yield from _in_compose(service, names)
    for file in facts.python:
        if file.source.service:
            yield from in_code(file.source.service, file, facts.interpreters[file.source.service].values)
    for source in facts.shipped:
        if source.name == "pyproject.toml" and source.service:
            yield from in_packaging(source)


def _in_compose(service: ComposeService, names: list[str]) -> Iterator[Named]:
    owner = owner_of(service, names) or (service.name if service.name in names else "")
    owner = owner or (_closest(service.name, names) if service.context else "")
    if not owner:
        return
    told = [("compose", service.name), ("SERVICE_NAME in compose", service.environment.get("SERVICE_NAME", ""))]
    rules = [rule for label, rule in sorted(service.labels.items()) if label.endswith(".rule")]
    told += [("the gateway's route", prefix) for rule in rules for prefix in _PREFIX.findall(rule)]
    yield from (Named(owner, where, name, service.source, service.line, 1) for where, name in told if name)


def _closest(name: str, names: list[str]) -> str:
    return next((other for other in names if similar(name, other)), "")


def _gaps(facts: Facts) -> Iterator[Named]:
    """Names of one source that another lacks; only in a run, where every source is known to be complete."""
    names = set(_names(facts))
    contracted = {contract.service for contract in facts.contracts}
    composed = {service.name for service in facts.compose.services}
    for name in sorted(names - contracted):
        yield Named(name, "the contracts", "")
    for name in sorted((contracted | set(facts.given.services)) - names):
        yield Named(_closest(name, sorted(names)) or "no service of the ServiceMap", "a contract or a folder", name)
    for name in sorted(set(facts.given.services) - composed if composed else set()):
        yield Named(name, "compose", "")


CHECKS: Final = (NamesAgree(),)
