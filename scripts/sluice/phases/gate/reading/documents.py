"""YAML and JSON documents with the line of each key, read without ever building an object."""

from collections.abc import Iterator

import yaml
from pydantic import JsonValue

from sluice.phases.gate.scan import SourceFile

_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there


class _Loader(_Base):  # type: ignore[misc,valid-type] # one of two classes
    """Safe loading that reads an unknown tag (`!reset`, `!Ref`, `!vault`) as the plain value beneath it."""


def _plain(loader: _Loader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_multi_constructor("!", _plain)
_Loader.yaml_implicit_resolvers = {  # a date stays text: JSON has none
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(source: SourceFile) -> object:
    """The document (the first of several), None when it is not one."""
    try:
        return next(iter(yaml.load_all(source.text, _Loader)), None)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None


def key_lines(source: SourceFile, *path: str) -> dict[str, int]:
    """Line of each key of the mapping at `path`; empty when there is none."""
    try:
        node = yaml.compose(source.text, _Loader)
    except (yaml.YAMLError, RecursionError):
        return {}
    for key in path:
        node = next((value for name, value in _pairs(node) if name.value == key), None)
    return {str(name.value): name.start_mark.line + 1 for name, _ in _pairs(node)}


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def scalars(source: SourceFile) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    """Every scalar with the keys that lead to it, aliases once; `{name: X, value: y}` is read as `X: y`."""
    try:
        roots = list(yaml.compose_all(source.text, _Loader))
    except (yaml.YAMLError, RecursionError):
        return
    seen: set[int] = set()
    stack: list[tuple[tuple[str, ...], yaml.Node]] = [((), root) for root in reversed(roots) if root is not None]
    while stack:
        path, node = stack.pop()
        if isinstance(node, yaml.ScalarNode):
            yield path, node
        elif id(node) not in seen:
            seen.add(id(node))
            children = _pairs(node)
            label = _label(children)
            stack += [
                ((*path, label if label and name.value == "value" else str(name.value)), value)
                for name, value in reversed(children)
            ]
            if isinstance(node, yaml.SequenceNode):
                stack += [(path, item) for item in reversed(node.value)]


def _label(pairs: list[tuple[yaml.Node, yaml.Node]]) -> str:
    """The name in `{name: X, value: y}`, '' for any other mapping."""
    found = {str(name.value): value.value for name, value in pairs if isinstance(value, yaml.ScalarNode)}
    return str(found.get("name") or found.get("key") or "") if "value" in found else ""


def mapping(value: object) -> dict[str, JsonValue]:
    """The value when it is a mapping with text keys, else an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def listing(value: object) -> list[JsonValue]:
    """The value when it is a list, else an empty one."""
    return list(value) if isinstance(value, list) else []
