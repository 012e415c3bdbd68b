"""Defaults and examples against their schemas: all values of a document in one pass of one compiled validator."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import quote

import jsonschema_rs
from pydantic import JsonValue

from sluice.services.contract_engine.specs.effort import MAX_EFFORT, Effort
from sluice.services.contract_engine.specs.examples import Case, cases
from sluice.services.contract_engine.specs.faults import Fault
from sluice.services.contract_engine.specs.nullable import without_nullable
from sluice.services.contract_engine.specs.pointers import fragment
from sluice.services.contract_engine.specs.specification import Specification, fault_at, where
from sluice.services.contract_engine.specs.structure import MAX_ERRORS, meant

MAX_REFERENCES: Final = 20_000
_PART: Final = 1_000
_ATTEMPTS: Final = 40
_BASE: Final = "sluice://specification/"
_NOTES: Final = frozenset({"default", "example", "examples", "description", "title", "readOnly", "writeOnly"})
_RANGES: Final = {"int32": 31, "int64": 63}
_PATTERNS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=20_000)
_DRAFTS: Final[dict[str, tuple[int, Callable[..., jsonschema_rs.Validator]]]] = {
    "2.0": (jsonschema_rs.Draft4, jsonschema_rs.Draft4Validator),
    "3.0": (jsonschema_rs.Draft4, jsonschema_rs.Draft4Validator),
    "asyncapi": (jsonschema_rs.Draft7, jsonschema_rs.Draft7Validator),
    "": (jsonschema_rs.Draft202012, jsonschema_rs.Draft202012Validator),
}
_NEWER_FORMATS: Final = ("date", "time", "uuid")


class _Group(NamedTuple):
    """A schema as the validator gets it, and the values that it judges."""

    schema: JsonValue
    cases: list[Case]


def check_values(spec: Specification) -> Iterator[Fault]:
    """Faults of defaults, and warnings of examples; what would take forever is not judged, and said so."""
    effort = Effort(spec)
    groups: dict[str, _Group] = {}
    unjudged: list[Case] = []
    if len(spec.used) > MAX_REFERENCES:
        yield _unjudged(spec, next(iter(cases(spec)), None), f"more than {MAX_REFERENCES} schemas are referred to")
        return
    for case in cases(spec):
        work, refers = effort.of(*case.schema_at, case.value)
        if work > MAX_EFFORT:
            unjudged.append(case)
            continue
        yield from _range(case)
        schema, key = _shown(spec, case, refers=refers, old=spec.family in {"2.0", "3.0"} and spec.kind != "asyncapi")
        groups.setdefault(key, _Group(schema, [])).cases.append(case)
    judge = _Judge(spec)
    yield from judge.faults(list(groups.values()))
    for case in [*unjudged, *judge.failed][:1]:
        why = judge.reason or "its schema combines too many others"
        yield _unjudged(spec, case, why)


def _unjudged(spec: Specification, case: Case | None, why: str) -> Fault:
    rule = "asyncapi.unjudged" if spec.kind == "asyncapi" else "openapi.unjudged"
    return fault_at(rule, case.place if case else (None, 0), f"not judged: {why}"[:500], *(case.below if case else ()))


def _shown(spec: Specification, case: Case, *, refers: bool, old: bool) -> tuple[JsonValue, str]:
    """The schema: by reference where it refers to others, else itself without notes, so that equal ones are one."""
    place, schema = case.schema_at
    if refers and case.by_place:
        source, parts = where(place)
        only = schema.get("$ref") if isinstance(schema, dict) and len(schema) == 1 else None
        if isinstance(only, str) and only.startswith("#/"):
            uri = f"{_uri(spec, source)}{only}"
        else:
            uri = f"{_uri(spec, source)}#{fragment(parts)}"
        return {"$ref": uri}, uri
    bare: JsonValue = schema
    if isinstance(schema, dict):
        bare = {word: value for word, value in schema.items() if word not in _NOTES}
    return without_nullable(bare) if old else bare, repr(bare)


def _uri(spec: Specification, source: int) -> str:
    """The address of a file, by its path, so that relative references find each other."""
    return _BASE + quote(spec.sources.files[source].name or "document")


def _range(case: Case) -> Iterator[Fault]:
    """Integers against the formats int32 and int64."""
    schema, value = case.schema_at[1], case.value
    bits = _RANGES.get(str(schema.get("format"))) if isinstance(schema, dict) else None
    if bits and isinstance(value, int) and not -(2**bits) <= value < 2**bits:
        yield fault_at(case.rule, case.place, f"{str(value)[:100]} is no int{bits + 1}", *case.below)


class _Judge:
    """Compiles groups together and, where that fails, in ever smaller parts to find the one that cannot be compiled."""

    def __init__(self, spec: Specification) -> None:
        self._spec = spec
        family = "asyncapi" if spec.kind == "asyncapi" else spec.family
        self._draft, self._validator = _DRAFTS.get(family, _DRAFTS[""])
        self._registry: jsonschema_rs.Registry | None = None
        self._whole = False
        self._lenient = _one_way_properties(spec)
        self._attempts = _ATTEMPTS
        self.failed: list[Case] = []
        self.reason = ""

    def faults(self, groups: Sequence[_Group]) -> Iterator[Fault]:
        """Faults of the groups' values."""
        if not groups:
            return
        if self._attempts <= 0:
            self.failed.extend(groups[0].cases)
            return
        self._attempts -= 1
        try:
            validator = self._compiled(groups)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            if not self._whole:
                self._whole, self._registry = True, None
                yield from self.faults(groups)
                return
            if len(groups) == 1:
                self.reason = str(error).splitlines()[0][:300]
                self.failed.extend(groups[0].cases)
                return
            half = len(groups) // 2
            yield from self.faults(groups[:half])
            yield from self.faults(groups[half:])
            return
        yield from self._judged(validator, groups)

    def _compiled(self, groups: Sequence[_Group]) -> jsonschema_rs.Validator:
        schema = {"properties": {str(n): {"items": group.schema} for n, group in enumerate(groups)}}
        formats = {name: _format(name) for name in _NEWER_FORMATS} if self._draft == jsonschema_rs.Draft4 else None
        if self._registry is None:
            self._registry = self._resources()
        return self._validator(
            schema,
            registry=self._registry,
            formats=formats,
            validate_formats=True,
            offline=True,
            pattern_options=_PATTERNS,
        )

    def _resources(self) -> jsonschema_rs.Registry:
        old = self._draft == jsonschema_rs.Draft4
        files = [(_uri(self._spec, n), source.document) for n, source in enumerate(self._spec.sources.files)]
        if not self._whole:  # nearly all references lead into these, and a copy of all the rest takes time
            parts = {key: value for key, value in self._spec.document.items() if key in {"components", "definitions"}}
            files[0] = (files[0][0], parts)
        return jsonschema_rs.Registry(
            [(uri, without_nullable(document) if old else document) for uri, document in files], draft=self._draft
        )

    def _judged(self, validator: jsonschema_rs.Validator, groups: Sequence[_Group]) -> Iterator[Fault]:
        """In parts, so that a million faults are not collected where a thousand are shown."""
        shown = 0
        for start in range(0, len(groups), _PART):
            part = range(start, min(start + _PART, len(groups)))
            values: JsonValue = {str(n): [case.value for case in groups[n].cases] for n in part}
            if validator.is_valid(values):
                continue
            for error in islice(validator.iter_errors(values), MAX_ERRORS):
                for leaf in meant(error):
                    number, index, *below = leaf.instance_path or error.instance_path
                    case = groups[int(number)].cases[int(index)]
                    if self._is_one_way(leaf):
                        continue
                    shown += 1
                    message = leaf.message[:400]
                    yield fault_at(case.rule, case.place, message, *case.below, *below)
            if shown > MAX_ERRORS:
                return

    def _is_one_way(self, error: jsonschema_rs.ValidationError) -> bool:
        """A required property that only requests, or only responses, carry may be missing."""
        return error.kind.name == "required" and str(getattr(error.kind, "property", "")) in self._lenient


def _one_way_properties(spec: Specification) -> set[str]:
    return {
        name
        for _, schema in spec.nodes["schema"]
        if "properties" in schema and isinstance(properties := schema["properties"], dict)
        for name, value in properties.items()
        if isinstance(value, dict) and (value.get("readOnly") is True or value.get("writeOnly") is True)
    }


@cache
def _format(name: str) -> Callable[[str], bool]:
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid
