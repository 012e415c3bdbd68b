"""Properties of objects: added, removed, required, and who may write them."""

from collections.abc import Callable, Iterator
from typing import Final

from sluice.services.contract_engine.changes.constraints import Local
from sluice.services.contract_engine.changes.rules import Direction
from sluice.services.contract_engine.changes.source import Nodes, pointer
from sluice.services.contract_engine.changes.views import View, Views
from sluice.services.contract_engine.specs.pointers import Parts

_HIDDEN: Final = {"request": "readOnly", "response": "writeOnly"}
Object = tuple[Views, View]


def property_changes(old: Object, new: Object, direction: Direction) -> Iterator[Local]:
    """What became of each property; those that never travel in this direction do not count."""
    hidden = _HIDDEN.get(direction, "")
    for name, nodes in old[1].properties.items():
        after = new[1].properties.get(name)
        if after is None:
            if hidden not in old[0].flags(nodes):
                yield _removed(name, nodes[0].place, new[1])
        else:
            yield from _kept(name, (old, nodes), (new, after), hidden)
    for name, nodes in new[1].properties.items():
        if name not in old[1].properties and hidden not in new[0].flags(nodes):
            yield _added(name, nodes[0].place, required=name in new[1].required - old[1].required)
    for name in sorted(new[1].required - old[1].required - new[1].properties.keys()):
        yield _added(name, (*new[1].place, "required"), required=True)  # demanded, but described nowhere


def shared_properties(
    old: Object, new: Object, direction: Direction, same: Callable[[Nodes, Nodes], bool]
) -> Iterator[tuple[str, Nodes, Nodes]]:
    """Properties of both that travel in this direction, to be compared in turn, but for those known to be the same."""
    hidden = _HIDDEN.get(direction, "")
    for name, nodes in old[1].properties.items():
        after = new[1].properties.get(name)
        if after is None or same(nodes, after):
            continue
        if hidden not in {*old[0].flags(nodes), *new[0].flags(after)}:
            yield name, nodes, after


def _added(name: str, place: Parts, *, required: bool) -> Local:
    text = "was added and is required" if required else "was added"
    return Local("required-property-added" if required else "property-added", pointer(place), text, name)


def _removed(name: str, place: Parts, new: View) -> Local:
    if new.closed:
        return Local("property-forbidden", pointer(place), "was removed, and others are refused", name)
    return Local("property-removed", pointer(place), "was removed", name)


def _kept(name: str, old: tuple[Object, Nodes], new: tuple[Object, Nodes], hidden: str) -> Iterator[Local]:
    (views, holder), nodes = old
    (new_views, new_holder), new_nodes = new
    was, required = name in holder.required, name in new_holder.required
    if was == required and nodes[0].raw == new_nodes[0].raw and views.plain(nodes) and new_views.plain(new_nodes):
        return
    before, after = views.flags(nodes), new_views.flags(new_nodes)
    where = pointer(new_nodes[0].place)
    if (hidden in before) != (hidden in after):
        yield Local(*_visibility(hidden, shown=hidden in before, required=required, where=where), name)
    elif was != required and hidden not in after:
        if required:
            yield Local("property-became-required", where, "became required", name)
        else:
            yield Local("property-became-optional", where, "became optional", name)
    if "deprecated" in after and "deprecated" not in before:
        yield Local("property-deprecated", where, "is deprecated", name)


def _visibility(hidden: str, *, shown: bool, required: bool, where: str) -> tuple[str, str, str]:
    if hidden == "writeOnly":
        return (
            ("property-became-readable", where, "is no longer write-only")
            if shown
            else ("property-became-write-only", where, "became write-only")
        )
    if not shown:
        return "property-became-read-only", where, "became read-only"
    rule = "required-property-became-writable" if required else "property-became-writable"
    return rule, where, "is no longer read-only"
