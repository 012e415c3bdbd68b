"""What compose makes of several files: `extends`, `include`, anchors, overrides, interpolation from `.env`."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pydantic import JsonValue

from sluice.phases.gate.reading.documents import key_lines, listing, load, mapping
from sluice.phases.gate.scan import SourceFile

_VARIABLE = re.compile(r"\$\$|\$(?:\{(?P<braced>\w+)(?P<operator>:?[-+?])?(?P<word>[^}]*)\}|(?P<bare>\w+))")
_NAMED = frozenset({"labels", "environment", "networks", "depends_on", "extra_hosts", "sysctls"})
_REPLACED = frozenset({"command", "entrypoint", "test"})
_MAX_HOPS = 8
Raw = dict[str, JsonValue]


@dataclass
class Merged:
    """One service while it is put together: where it is first written, and what was said about it."""

    source: SourceFile
    line: int
    raw: Raw = field(default_factory=dict)
    places: dict[str, tuple[SourceFile, int]] = field(default_factory=dict)
    """File and line of each key, from the file that said it last."""


def merge(files: Iterable[SourceFile], tree: Mapping[str, SourceFile]) -> dict[str, Merged]:
    """The services of these files, later files over earlier ones; `tree` has every file by its path."""
    merged: dict[str, Merged] = {}
    for file in files:
        values = _environment(file, tree)
        document = mapping(load(file))
        for part in _included(file, document, tree):
            for name, service in merge([part], {k: v for k, v in tree.items() if v != file}).items():
                merged.setdefault(name, service)
        lines = key_lines(file, "services")
        for name, raw in mapping(document.get("services")).items():
            service = merged.setdefault(name, Merged(file, lines.get(name, 1)))
            filled = mapping(_filled(raw, values))
            service.raw = overlay(service.raw, _extended(file, filled, tree, 0))
            own = key_lines(file, "services", name)
            service.places.update({key: (file, line) for key, line in own.items()})
    return merged


def _included(file: SourceFile, document: Mapping[str, JsonValue], tree: Mapping[str, SourceFile]) -> list[SourceFile]:
    paths: list[str] = []
    for entry in listing(document.get("include")):
        given = mapping(entry).get("path") if isinstance(entry, dict) else entry
        paths += [str(path) for path in (given if isinstance(given, list) else [given])]
    return [found for path in paths if (found := _beside(file, path, tree)) and found != file]


def _beside(file: SourceFile, path: str, tree: Mapping[str, SourceFile]) -> SourceFile | None:
    return tree.get(posixpath.normpath(str(PurePosixPath(file.rel).parent / path)))


def _extended(file: SourceFile, raw: Raw, tree: Mapping[str, SourceFile], hops: int) -> Raw:
    """The service with what it extends beneath it."""
    given = raw.get("extends")
    if not given or hops > _MAX_HOPS:
        return raw
    name = str(mapping(given).get("service") or "") if isinstance(given, dict) else str(given)
    path = mapping(given).get("file")
    base = _beside(file, str(path), tree) if path else file
    below = mapping(mapping(mapping(load(base)).get("services")).get(name)) if base else {}
    rest = {key: value for key, value in raw.items() if key != "extends"}
    if base is None or not below:
        return rest
    filled = mapping(_filled(below, _environment(base, tree)))
    return overlay(_extended(base, filled, tree, hops + 1), rest)


def overlay(below: Mapping[str, JsonValue], above: Mapping[str, JsonValue]) -> Raw:
    """What compose makes of a service that two places describe."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if key in _NAMED:
            merged[key] = {**named(old), **named(value)}
        elif isinstance(old, dict) and isinstance(value, dict):
            merged[key] = overlay(old, value)
        elif isinstance(old, list) and isinstance(value, list) and key not in _REPLACED:
            merged[key] = [*old, *value]
        else:
            merged[key] = value
    return merged


def named(value: object) -> Raw:
    """`["a=1", "b"]` and `{a: 1, b: null}` alike."""
    if isinstance(value, list):
        pairs = [str(item).partition("=") for item in value]
        return {name: text if given else None for name, given, text in pairs}
    return dict(mapping(value))


def _environment(file: SourceFile, tree: Mapping[str, SourceFile]) -> dict[str, str]:
    source = _beside(file, ".env", tree)
    pairs = (line.partition("=") for line in (source.lines if source else ()) if not line.lstrip().startswith("#"))
    return {name.removeprefix("export ").strip(): value.strip().strip("\"'") for name, given, value in pairs if given}


def _filled(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {name: _filled(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    return interpolated(value, values) if isinstance(value, str) and "$" in value else value


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """`$NAME`, `${NAME:-word}`, `${NAME:+word}` and `$$` filled in; what nobody gives a value stays as written."""

    def fill(found: re.Match[str]) -> str:
        name = found["braced"] or found["bare"]
        if name is None:
            return "$"
        value, operator = values.get(name, ""), (found["operator"] or "").removeprefix(":")
        if operator == "+":
            return found["word"] if value else ""
        if operator == "-":
            return value or interpolated(found["word"], values)
        return value or found[0]

    return _VARIABLE.sub(fill, text)
