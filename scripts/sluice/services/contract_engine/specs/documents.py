"""Reading a specification: text (JSON or YAML) or an object, within limits, so that what follows is safe to walk."""

import json
import math
import re
from typing import Final, cast

import yaml
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError
from sluice.services.contract_engine.specs.pointers import Parts, fault

MAX_TEXT: Final = 8 * 1024 * 1024
MAX_NODES: Final = 200_000
MAX_DEPTH: Final = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableError(Exception):
    """The document cannot be read; carries the fault."""

    def __init__(self, error: SpecError) -> None:
        super().__init__(error.message)
        self.error = error


def read(document: JsonValue) -> JsonObject:
    """The specification as a JSON object that is neither too deep nor too large.

    Raises:
        UnreadableError: it is none.
    """
    value = _parse(document) if isinstance(document, str) else document
    _check_limits(value)
    if not isinstance(value, dict):
        hint = "send an OpenAPI or AsyncAPI document"
        raise UnreadableError(fault("document.object", (), "a specification is a JSON object", hint))
    return value


def _parse(text: str) -> JsonValue:
    if len(text) > MAX_TEXT:
        raise UnreadableError(fault("document.size", (), f"more than {MAX_TEXT} characters", "split the document"))
    try:
        if text.lstrip()[:1] in {"{", "["}:
            return cast("JsonValue", json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant))
        return cast("JsonValue", yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader
    except (ValueError, yaml.YAMLError, OverflowError) as error:
        place = " ".join(str(error).split())
        raise UnreadableError(fault("document.syntax", (), place, "it must be valid JSON or YAML")) from error
    except RecursionError as error:
        raise UnreadableError(_too_deep(())) from error


def _too_deep(parts: Parts) -> SpecError:
    return fault("document.depth", parts, f"nested deeper than {MAX_DEPTH} levels", "move parts into components")


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice!r} stands twice in one object")
    return result


def _no_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not JSON")


def _check_limits(document: JsonValue) -> None:
    """Also ends on documents whose YAML aliases make them cyclic or exponentially large."""
    nodes = 0
    stack: list[tuple[Parts, JsonValue]] = [((), document)]
    while stack:
        parts, node = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise UnreadableError(fault("document.size", (), f"more than {MAX_NODES} values", "split the document"))
        if len(parts) > MAX_DEPTH:
            raise UnreadableError(_too_deep(parts[:8]))
        if isinstance(node, dict):
            for key, value in node.items():
                _check_scalar(parts, key)
                stack.append(((*parts, key), value))
        elif isinstance(node, list):
            stack.extend(((*parts, index), value) for index, value in enumerate(node))
        else:
            _check_scalar(parts, node)


def _check_scalar(parts: Parts, value: JsonValue) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise UnreadableError(fault("document.number", parts, f"{value} is not a JSON number", "use a finite number"))
    if isinstance(value, str) and _SURROGATE.search(value):
        raise UnreadableError(fault("document.text", parts, "half a surrogate pair", "use valid Unicode"))
    if not isinstance(value, str | int | float | None):
        kind = type(value).__name__
        raise UnreadableError(fault("document.type", parts, f"a {kind} has no JSON form", "quote the value"))


class _Loader(yaml.SafeLoader):
    """YAML 1.2's JSON schema, which OpenAPI prescribes: no dates, no `yes`/`on` booleans, keys are strings."""


def _mapping(loader: _Loader, node: yaml.Node) -> JsonObject:
    if not isinstance(node, yaml.MappingNode):
        raise yaml.constructor.ConstructorError(None, None, "expected a mapping", node.start_mark)
    loader.flatten_mapping(node)
    pairs = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a string", key.start_mark)
        pairs.append((key.value, cast("JsonValue", loader.construct_object(value, deep=True))))
    return _unique(pairs)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag not in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
