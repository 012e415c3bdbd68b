"""Which member of an old oneOf or anyOf has become which of the new one: by meaning, not by position or name."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from sluice.services.contract_engine.changes.fingerprint import Fingerprints
from sluice.services.contract_engine.changes.source import Nodes
from sluice.services.contract_engine.changes.views import Views

Label = Callable[["Side", Nodes], Hashable]


@dataclass(frozen=True)
class Side:
    """One of the two documents."""

    views: Views
    prints: Fingerprints


@dataclass(frozen=True)
class Matched:
    """Pairs of members, and those without a partner."""

    pairs: tuple[tuple[Nodes, Nodes], ...]
    removed: tuple[Nodes, ...]
    added: tuple[Nodes, ...]


def match(old: Side, new: Side, before: tuple[Nodes, ...], after: tuple[Nodes, ...]) -> Matched:
    """Equal meaning first, then equal name, title or constant, then the only one of its type."""
    pairs: list[tuple[Nodes, Nodes]] = []
    left, right = list(before), list(after)
    for label, unique in ((_print, False), (_name, False), (_constants, True), (_types, True)):
        pairs.extend(_by_label(label, (old, left), (new, right), unique=unique))
    return Matched(tuple(pairs), tuple(left), tuple(right))


def _by_label(
    label: Label, before: tuple[Side, list[Nodes]], after: tuple[Side, list[Nodes]], *, unique: bool
) -> Iterator[tuple[Nodes, Nodes]]:
    """Pairs with an equal label; they are taken out of both lists.  `unique`: only labels that occur once on each."""
    tables: list[dict[Hashable, list[Nodes]]] = []
    for side, members in (before, after):
        table: dict[Hashable, list[Nodes]] = {}
        for member in members:
            table.setdefault(label(side, member), []).append(member)
        tables.append(table)
    for key, olds in tables[0].items():
        news = tables[1].get(key, [])
        if not key or (unique and (len(olds), len(news)) != (1, 1)):
            continue
        for one, other in zip(olds, news, strict=False):
            before[1].remove(one)
            after[1].remove(other)
            yield one, other


def _print(side: Side, nodes: Nodes) -> Hashable:
    return side.prints.of(nodes)


def name_of(nodes: Nodes) -> str:
    """What a schema is called: by the reference to it or by its title, '' when by neither."""
    return nodes[0].text("$ref").rsplit("/", 1)[-1] or nodes[0].text("title")


def _name(_side: Side, nodes: Nodes) -> Hashable:
    return name_of(nodes)


def _constants(side: Side, nodes: Nodes) -> Hashable:
    """Properties with a single possible value tell shapes apart."""
    found = []
    for name, property_nodes in side.views.of(nodes).properties.items():
        enum = side.views.of(property_nodes).enum
        if enum is not None and len(enum) == 1:
            found.append((name, next(iter(enum))))
    return tuple(sorted(found))


def _types(side: Side, nodes: Nodes) -> Hashable:
    return side.views.of(nodes).types
