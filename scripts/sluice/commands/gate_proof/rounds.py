"""Packs variants into rounds: in one round each part of a system is touched by one variant at most."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sluice.commands.gate_proof.mutation import Operator, Site, Unfit, Variant
from sluice.commands.gate_proof.systems import System
from sluice.commands.gate_proof.tree import Tree
from sluice.phases.gate.check import GateInput


@dataclass(frozen=True)
class Planted:
    """One variant as it was planted; `twin` says that nothing may be found."""

    check: str
    variant: Variant
    twin: bool
    site: Site


@dataclass
class Round:
    """One state of a system with several variants in it."""

    system: System
    twins: bool
    tree: Tree
    given: GateInput
    planted: list[Planted] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def has_room(self, variant: Variant, service: str) -> bool:
        """Whether nothing of this round touches the same."""
        wanted = variant.touches
        names = {name for touched, name in self.taken if touched == wanted}
        return not names if variant.whole else not names & {service, "*"}


def rounds(operators: Sequence[Operator], systems: Sequence[System], seed: int) -> tuple[list[Round], list[str]]:
    """All variants and twins, packed, and those that find no place in any service; the same for the same seed."""
    packed: list[Round] = []
    homeless: list[str] = []
    for operator in operators:
        for twin, variants in ((False, operator.plants), (True, operator.twins)):
            for number, variant in enumerate(variants):
                try:
                    _pack(packed, operator.check, variant, systems, (seed, twin, number))
                except Unfit as error:
                    homeless.append(str(error))
    return packed, homeless


def alone(operator: Operator, variant: Variant, systems: Sequence[System], seed: int) -> Round:
    """One variant in a system of its own."""
    packed: list[Round] = []
    _pack(packed, operator.check, variant, systems, (seed, variant in operator.twins, 0))
    return packed[0]


def _pack(
    packed: list[Round], check: str, variant: Variant, systems: Sequence[System], key: tuple[int, bool, int]
) -> None:
    seed, twin, number = key
    choice = random.Random(f"{seed} {check} {twin} {variant.name}")  # noqa: S311 - places, not secrets
    homes = [(system, at) for system in systems for at, s in enumerate(system.services) if variant.needs <= s.traits]
    start = sum(map(ord, check)) + number
    told = f"no service is {' '.join(sorted(variant.needs))}"
    for turn in range(len(homes)):
        system, at = homes[(start + turn) % len(homes)]
        target = _room(packed, system, variant, system.services[at].name, twins=twin)
        site = Site(tree=target.tree, service=system.services[at], given=target.given, choice=choice)
        before = target.tree.snapshot()
        try:
            variant.edit(site)
        except Unfit as error:
            target.tree.restore(before)
            told = str(error)
            continue
        target.given = site.given
        target.taken.add((variant.touches, "*" if variant.whole else site.service.name))
        target.planted.append(Planted(check, variant, twin, site))
        if target not in packed:
            packed.append(target)
        return
    raise Unfit(f"{check} {variant.name!r} cannot be planted: {told}")


def _room(packed: Iterable[Round], system: System, variant: Variant, service: str, *, twins: bool) -> Round:
    for one in packed:
        if one.system is system and one.twins is twins and one.has_room(variant, service):
            return one
    return Round(system, twins, Tree(system.texts), system.given)


def planted(packed: Iterable[Round]) -> Iterator[Planted]:
    """Everything that was planted."""
    return (one for target in packed for one in target.planted)
