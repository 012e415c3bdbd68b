"""Which references lead to exactly the same in both documents; found on whole texts, without looking at any schema."""

import json
import re
from typing import Final

from sluice.services.contract_engine.changes.source import Node, Source

_REFERENCE: Final = re.compile(r'"\$ref": ("(?:[^"\\]|\\.)*")')


def references(node: Node) -> set[str]:
    """Every `$ref` below a node, also where it is only data: too many do no harm."""
    return {json.loads(text) for text in _REFERENCE.findall(json.dumps(node.raw))}


def unchanged(old: Source, new: Source) -> set[str]:
    """References to values that are equal in both, and lead only to values that are."""
    if old.siblings_count != new.siblings_count or old.kind != new.kind:
        return set()
    edges: dict[str, set[str]] = {}
    queue = list(references(old.root) & references(new.root))
    bad: list[str] = []
    while queue:
        reference = queue.pop()
        if reference in edges:
            continue
        holder = Node((), {"$ref": reference})
        before, after = old.target(holder), new.target(holder)
        inside = reference.startswith("#")  # files are small, and their own references are relative to them
        same = inside and before is not None and after is not None and before.raw == after.raw
        edges[reference] = references(before) if same and before is not None else set()
        if same:
            queue.extend(edges[reference])
        else:
            bad.append(reference)
    return edges.keys() - _above(bad, edges)


def _above(bad: list[str], edges: dict[str, set[str]]) -> set[str]:
    """What leads to something bad, and that itself."""
    leading: dict[str, list[str]] = {}
    for reference, targets in edges.items():
        for target in targets:
            leading.setdefault(target, []).append(reference)
    found: set[str] = set()
    queue = list(bad)
    while queue:
        reference = queue.pop()
        if reference not in found:
            found.add(reference)
            queue.extend(leading.get(reference, ()))
    return found
