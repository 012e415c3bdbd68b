"""SCHEMA-001."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.answers import Answer, undeclared


class OnlyDeclaredFields(Check[tuple[str, tuple[Answer, ...]]]):
    """A service answers with the fields of its contract and no others."""

    id, layer, severity = "SCHEMA-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[tuple[str, tuple[Answer, ...]]]:
        """Services with the routes whose operation their contract describes."""
        return facts.answers

    def absent(self, facts: Facts) -> str:
        """Without contracts nothing is declared."""
        if facts.given.run:
            return ""
        if not any(contract.kind == "openapi" for contract in facts.contracts):
            return "there is no OpenAPI contract in the tree"
        return "no route of the code is an operation of an OpenAPI contract in the tree"

    def check(self, subject: tuple[str, tuple[Answer, ...]], facts: Facts) -> Iterator[Hit]:
        """{field} is in the answer to {operation} but not in the contract.

        Remove it from the response, or register a new version of the contract that declares it.
        """
        service, given = subject
        told: set[tuple[str, int, int]] = set()
        for answer in given:
            for file, line, column, name in undeclared(facts.projects[service], answer):
                if (file.rel, line, column) not in told:
                    told.add((file.rel, line, column))
                    values = {"field": name, "operation": answer.operation}
                    yield Hit(source=file.source, line=line, column=column, service=service, values=values)


CHECKS: Final = (OnlyDeclaredFields(),)
