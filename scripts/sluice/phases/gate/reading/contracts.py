"""Contracts: registered ones, else the specifications in the tree; and what their schemas declare."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from sluice.model.contract import ContractSet
from sluice.phases.gate.reading.documents import listing, load, mapping
from sluice.phases.gate.scan import SourceFile

_HEAD = re.compile(r"^[\s{]*[\"']?(openapi|asyncapi)[\"']?\s*:", re.MULTILINE)
_PARAMETER = re.compile(r"\{[^}]*\}|<[^>]*>")
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
Json = dict[str, object]


@dataclass(frozen=True, eq=False)
class Contract:
    """One OpenAPI or AsyncAPI document of one service ('' when nothing says whose it is)."""

    service: str
    kind: Literal["openapi", "asyncapi"]
    document: Json
    source: SourceFile | None = None
    _known: dict[int, tuple[object, dict[str, list[object]] | None]] = field(
        default_factory=dict
    )  # by identity within `document`

    @property
    def title(self) -> str:
        """`info.title`."""
        return str(mapping(self.document.get("info")).get("title", ""))

    def resolve(self, schema: object) -> Json:
        """Follow local `$ref`s, with siblings of the reference kept."""
        current = mapping(schema)
        for _ in range(32):
            pointer = current.get("$ref")
            if not isinstance(pointer, str) or not pointer.startswith("#/"):
                return dict(current)
            found: object = self.document
            for part in pointer[2:].split("/"):
                found = mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
            current = {**mapping(found), **{key: value for key, value in current.items() if key != "$ref"}}
        return {}

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Method (upper case), path and operation of an OpenAPI document."""
        for path, item in mapping(self.document.get("paths")).items():
            for method, operation in self.resolve(item).items():
                if method in _METHODS:
                    yield method.upper(), path, dict(mapping(operation))

    def responses(self, operation: Json) -> list[Json]:
        """Schemas of the JSON bodies of all documented 2xx answers."""
        found: list[Json] = []
        for status, response in mapping(operation.get("responses")).items():
            if str(status).startswith("2") or status == "default":
                for media, content in mapping(self.resolve(response).get("content")).items():
                    if "json" in media and (schema := mapping(mapping(content).get("schema"))):
                        found.append({**schema})
        return found

    def properties(self, schemas: Iterable[object], depth: int = 0) -> dict[str, list[object]] | None:
        """Declared properties of the objects (of the elements, for arrays) with their schemas; None: anything goes."""
        found: dict[str, list[object]] = {}
        for schema in schemas:
            one = self._properties(schema, depth)
            if one is None:
                return None
            for name, inner in one.items():
                found.setdefault(name, []).extend(inner)
        return found

    def _properties(self, schema: object, depth: int) -> dict[str, list[object]] | None:
        if id(schema) not in self._known:
            self._known[id(schema)] = schema, self._read(schema, depth)
        return self._known[id(schema)][1]

    def _read(self, schema: object, depth: int) -> dict[str, list[object]] | None:
        plain = self.resolve(schema)
        if depth > 16:  # noqa: PLR2004 # a schema that nests deeper than this refers to itself
            return None
        if plain.get("type") == "array" or "items" in plain:
            return self.properties([plain.get("items", {})], depth + 1)
        parts = [item for key in ("allOf", "anyOf", "oneOf") for item in listing(plain.get(key))]
        parts = [part for part in parts if self.resolve(part).get("type") != "null"]
        own = {name: [inner] for name, inner in mapping(plain.get("properties")).items()}
        if plain.get("additionalProperties") not in (None, False):
            return None
        inherited = self.properties(parts, depth + 1) if parts else {}
        if inherited is None or not (own or parts):
            return None
        return {name: [*inherited.get(name, []), *own.get(name, [])] for name in {**inherited, **own}}


def normal_path(path: str) -> str:
    """A path with all parameters alike, without a trailing slash: `/users/{id}/` and `/users/<int:uid>` are equal."""
    return _PARAMETER.sub("{}", path).rstrip("/") or "/"


def read_contracts(
    registered: ContractSet | None, files: Iterable[SourceFile], services: AbstractSet[str]
) -> tuple[Contract, ...]:
    """Contracts of the run, else those found in `files`, each with the service that its place or its title names."""
    if registered is not None:
        return tuple(Contract(c.service, c.kind, dict(c.document)) for c in registered.contracts)
    found = []
    for file in files:
        if file.suffix in {".json", ".yaml", ".yml"} and (head := _HEAD.search(file.text[:20_000])):
            document = mapping(load(file))
            kind: Literal["openapi", "asyncapi"] = "openapi" if head[1] == "openapi" else "asyncapi"
            if kind in document:
                title = str(mapping(document.get("info")).get("title", ""))
                owner = file.service or _owner(title, services) or _owner(file.path.stem, services)
                found.append(Contract(owner, kind, dict(document), file))
    return tuple(found)


def _owner(text: str, services: AbstractSet[str]) -> str:
    squeezed = re.sub(r"[^a-z0-9]", "", text.lower())
    matches = [
        name for name in sorted(services) if (plain := re.sub(r"[^a-z0-9]", "", name.lower())) and plain in squeezed
    ]
    return max(matches, key=len, default="")
