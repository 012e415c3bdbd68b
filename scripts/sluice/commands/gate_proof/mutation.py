"""What a mutation operator is: variants of a violation, and benign twins, for one check."""

import fnmatch
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sluice.commands.gate_proof.tree import Place, Tree
from sluice.phases.gate.check import GateInput


class Unfit(Exception):
    """This service offers no place for this variant."""


@dataclass(frozen=True, kw_only=True)
class ServiceFacts:
    """One service of a healthy system: its folder below the root, and what it is, in words that variants ask for."""

    name: str
    folder: str
    traits: frozenset[str]


@dataclass(kw_only=True)
class Site:
    """Where one variant is planted: a tree, one service of it, the gate's input, and a seeded choice of places.

    `places` (code) and `services` (artifacts) say where the finding belongs; edits fill them.
    """

    tree: Tree
    service: ServiceFacts
    given: GateInput
    choice: random.Random
    places: list[Place] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    def files(self, *patterns: str) -> list[str]:
        """Paths of the service's files whose path below its folder matches one of the patterns.

        Raises:
            Unfit: there is none.
        """
        prefix = f"{self.service.folder}/"
        own = [path for path in self.tree.paths if path.startswith(prefix)]
        found = [path for path in own if any(fnmatch.fnmatch(path[len(prefix) :], p) for p in patterns)]
        if not found:
            raise Unfit(f"{self.service.name} has no {' or '.join(patterns)}")
        return found

    def change(self, **artifacts: Any) -> None:
        """Give the gate other artifacts."""
        self.given = replace(self.given, **artifacts)


Edit = Callable[[Site], None]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to violate a check, or to look like it.

    `needs` are traits of the service, `touches` names what is edited (two variants of a round never touch the same
    thing), `whole` that it is edited for all services at once; `also` are checks that rightly report it too.
    """

    name: str
    edit: Edit
    needs: frozenset[str] = frozenset()
    touches: str = "code"
    whole: bool = False
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Operator:
    """What is planted for one check, and what only looks like it."""

    check: str
    plants: tuple[Variant, ...]
    twins: tuple[Variant, ...]


def variants(
    edits: dict[str, Edit], *, needs: str = "", touches: str = "code", whole: bool = False, also: str = ""
) -> tuple[Variant, ...]:
    """Variants by name that share what they need (words)."""
    return tuple(
        Variant(
            name=name,
            edit=edit,
            needs=frozenset(needs.split()),
            touches=touches,
            whole=whole,
            also=frozenset(also.split()),
        )
        for name, edit in edits.items()
    )
