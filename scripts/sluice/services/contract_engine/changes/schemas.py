"""Two schemas and all that is below them, in one direction.

Every pair of schemas is compared once, however often it is referred to: the pairs form a graph, and each use of a pair
only walks the part of the graph that leads to differences.  Cycles end, and shared parts cost nothing.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sluice.services.contract_engine.changes.alternatives import Side, match, name_of
from sluice.services.contract_engine.changes.constraints import Local, own_changes
from sluice.services.contract_engine.changes.properties import property_changes, shared_properties
from sluice.services.contract_engine.changes.rules import Direction
from sluice.services.contract_engine.changes.source import InFile, Nodes, pointer
from sluice.services.contract_engine.changes.views import View

_PLAIN: Final = frozenset({"enum", "type", "example", "examples", "default", "required"})
MAX_USES: Final = 8  # ways in which one use reaches one pair of schemas that are told apart
MAX_STEPS: Final = 1_000  # pairs below one use
MAX_TOLD: Final = 10_000  # differences in one direction, counted for each use

Key = tuple[tuple[int, ...], tuple[int, ...]]


class Found(NamedTuple):
    """A difference, and where in the body (`items[].price`) it shows."""

    local: Local
    field: str


@dataclass
class _Pair:
    """Differences of two views themselves, and the pairs below them with the step that leads there."""

    changes: list[Local] = field(default_factory=list)
    below: list[tuple[str, Key]] = field(default_factory=list)


class SchemaComparison:
    """Compares schemas of two documents; `unchanged` are references that lead to the same on both sides."""

    def __init__(self, old: Side, new: Side, direction: Direction, unchanged: Collection[str]) -> None:
        self._old = old
        self._new = new
        self._direction: Direction = direction
        self._unchanged = unchanged
        self._alike = old.views.source.siblings_count == new.views.source.siblings_count
        self._pairs: dict[Key, _Pair] = {}
        self._dirty: set[Key] = set()
        self._told_pairs: set[Key] = set()
        self._told = 0

    def changes(self, old: Nodes, new: Nodes) -> Iterator[Found]:
        """All differences below two schemas, the nearest first.

        Beyond `MAX_STEPS`, or when `MAX_TOLD` have been told for other uses, only those that no use has told yet.
        """
        root = self._explore(old, new)
        uses: Counter[Key] = Counter()
        queue: deque[tuple[str, Key, frozenset[Key]]] = deque([("", root, frozenset())] if root in self._dirty else [])
        while queue:
            path, key, above = queue.popleft()
            uses[key] += 1
            known = key in self._told_pairs
            if uses[key] > MAX_USES or key in above or (known and (uses.total() > MAX_STEPS or self._told > MAX_TOLD)):
                continue
            self._told_pairs.add(key)
            pair = self._pairs[key]
            self._told += len(pair.changes)
            for local in pair.changes:
                yield Found(local, _joined(path, local.name))
            within = above | {key}
            queue.extend((_joined(path, step), child, within) for step, child in pair.below if child in self._dirty)

    @property
    def cut(self) -> bool:
        """Whether some differences were told for their first use only."""
        return self._told > MAX_TOLD

    def _explore(self, old: Nodes, new: Nodes) -> Key:
        """Compare a pair and all pairs below it that are not compared yet."""
        made: list[Key] = []
        root = self._key(old, new)
        queue = [(root, old, new)]
        while queue:
            key, one, other = queue.pop()
            if key in self._pairs:
                continue
            made.append(key)
            pair = self._pairs[key] = _Pair()
            if not self._same(one, other):
                self._compare(pair, one, other, queue)
        self._mark(made)
        return root

    def _key(self, old: Nodes, new: Nodes) -> Key:
        return self._old.views.key(old), self._new.views.key(new)

    def _same(self, old: Nodes, new: Nodes) -> bool:
        """Whether both are written alike and refer to nothing that has changed; False is no answer."""
        if len(old) != 1 or len(new) != 1 or not self._alike or old[0].raw != new[0].raw:
            return False
        raw = old[0].table
        if "$ref" in raw and isinstance(old[0].place[0], InFile):
            return False
        if all(not isinstance(value, dict | list) or key in _PLAIN for key, value in raw.items()):
            return "$ref" not in raw or raw["$ref"] in self._unchanged
        return False

    def _mark(self, made: list[Key]) -> None:
        """A pair is dirty when it has differences or leads to a pair that has."""
        above: dict[Key, list[Key]] = {}
        queue = []
        for key in made:
            pair = self._pairs[key]
            for _, child in pair.below:
                above.setdefault(child, []).append(key)
                if child in self._dirty:
                    queue.append(child)
            if pair.changes:
                queue.append(key)
        while queue:
            key = queue.pop()
            self._dirty.add(key)
            queue.extend(parent for parent in above.get(key, ()) if parent not in self._dirty)

    def _compare(self, pair: _Pair, old: Nodes, new: Nodes, queue: list[tuple[Key, Nodes, Nodes]]) -> None:
        one, other = self._old.views.of(old), self._new.views.of(new)
        lifted = self._one_became_several(one, other, old, new)
        if lifted is not None:
            groups = [lifted]
        else:
            pair.changes.extend(own_changes(one, other))
            objects = (self._old.views, one), (self._new.views, other)
            pair.changes.extend(property_changes(*objects, self._direction))
            pair.changes.extend(self._conditions(one, other))
            for step, before, after in (*shared_properties(*objects, self._direction, self._same), *_items(one, other)):
                self._below(pair, step, before, after, queue)
            groups = list(self._groups(pair, one, other))
        for before_members, after_members in groups:
            self._members(pair, before_members, after_members, queue, other)

    def _below(
        self, pair: _Pair, step: str, before: Nodes, after: Nodes, queue: list[tuple[Key, Nodes, Nodes]]
    ) -> None:
        key = self._key(before, after)
        pair.below.append((step, key))
        if key not in self._pairs:
            queue.append((key, before, after))

    def _one_became_several(
        self, one: View, other: View, old: Nodes, new: Nodes
    ) -> tuple[tuple[Nodes, ...], tuple[Nodes, ...]] | None:
        """A plain schema that became one of several alternatives, or the other way round."""
        if other.any_value and len(other.groups) == 1 and not one.groups and not one.any_value:
            return (old,), tuple((member,) for member in other.groups[0][1])
        if one.any_value and len(one.groups) == 1 and not other.groups and not other.any_value:
            return tuple((member,) for member in one.groups[0][1]), (new,)
        return None

    def _groups(self, pair: _Pair, one: View, other: View) -> Iterator[tuple[tuple[Nodes, ...], tuple[Nodes, ...]]]:
        for (_, before), (_, after) in zip(one.groups, other.groups, strict=False):
            yield tuple((member,) for member in before), tuple((member,) for member in after)
        count = len(other.groups) - len(one.groups)
        if count:
            rule, text = ("alternatives-set", "one of") if count > 0 else ("alternatives-unset", "not only one of")
            (kind, members) = (other if count > 0 else one).groups[-1]
            where = pointer(members[0].place[:-1])
            pair.changes.append(Local(rule, where, f"must match {text} the {len(members)} shapes of {kind} now"))
        pair.changes.extend(_discriminators(one, other))

    def _members(
        self,
        pair: _Pair,
        before: tuple[Nodes, ...],
        after: tuple[Nodes, ...],
        queue: list[tuple[Key, Nodes, Nodes]],
        new: View,
    ) -> None:
        matched = match(self._old, self._new, before, after)
        for one, other in matched.pairs:
            self._below(pair, "", one, other, queue)
        for nodes in matched.removed:
            text = f"the alternative {_called(self._old, nodes)} was removed"
            pair.changes.append(Local("alternative-removed", pointer(nodes[0].place), text))
        for nodes in matched.added:
            text = f"the alternative {_called(self._new, nodes)} was added"
            where = pointer(nodes[0].place if nodes else new.place)
            pair.changes.append(Local("alternative-added", where, text))

    def _conditions(self, one: View, other: View) -> Iterator[Local]:
        for word in sorted(one.conditions.keys() | other.conditions.keys()):
            before, after = one.conditions.get(word, ()), other.conditions.get(word, ())
            if self._old.prints.of(before) != self._new.prints.of(after):
                yield Local("condition-changed", pointer((after or before)[0].place), f"the words of {word} changed")
        for name in sorted(one.pattern_properties.keys() ^ other.pattern_properties.keys()):
            nodes = one.pattern_properties.get(name) or other.pattern_properties[name]
            yield Local("condition-changed", nodes[0].pointer, f"properties like {name} are described differently")


def _items(one: View, other: View) -> Iterator[tuple[str, Nodes, Nodes]]:
    for index in range(max(len(one.prefix), len(other.prefix))):
        before, after = ((v.prefix[index] if index < len(v.prefix) else v.items) for v in (one, other))
        yield f"[{index}]", before, after
    if one.items or other.items:
        yield "[]", one.items, other.items
    if one.additional or other.additional:
        yield "*", one.additional, other.additional
    for name in sorted(one.pattern_properties.keys() & other.pattern_properties.keys()):
        yield f"<{name}>", one.pattern_properties[name], other.pattern_properties[name]


def _discriminators(one: View, other: View) -> Iterator[Local]:
    if one.discriminator is None or other.discriminator is None:
        return
    before, after = (node.text("propertyName") or str(node.raw) for node in (one.discriminator, other.discriminator))
    if before != after:
        yield Local("discriminator-changed", other.discriminator.pointer, f"changed from {before} to {after}")
    olds, news = (set(view.discriminator.child("mapping").table) for view in (one, other) if view.discriminator)
    for value in sorted(olds - news):
        place = one.discriminator.child("mapping").child(value).pointer
        yield Local("discriminator-value-removed", place, f"the discriminator value {value!r} was removed")
    for value in sorted(news - olds):
        place = other.discriminator.child("mapping").child(value).pointer
        yield Local("discriminator-value-added", place, f"the discriminator value {value!r} was added")


def _called(side: Side, nodes: Nodes) -> str:
    types = side.views.of(nodes).types
    return name_of(nodes) or "of type " + (" or ".join(sorted(types)) if types is not None else "anything")


def _joined(path: str, step: str) -> str:
    """`items` + `[]` + `price` = `items[].price`."""
    if not step or step.startswith("["):
        return path + step
    return f"{path}.{step}" if path else step
