"""OpenAPI, Swagger and AsyncAPI documents and parts of them, and JSON Schemas, in YAML or JSON."""

import re
from bisect import bisect_left
from typing import Any

import yaml

from sluice.model.domain import EntityField
from sluice.services.architect.reading import fields, names
from sluice.services.architect.reading.snippets.snippet import Call, Noun, Snippet
from sluice.services.architect.reading.words import load

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_METHODS = ("get", "post", "put", "patch", "delete")
_KINDS = {"integer": "integer", "number": "number", "boolean": "boolean", "object": "object"}
_FORMATS = {
    "date-time": "datetime",
    "date": "date",
    "uuid": "uuid",
    "email": "email",
    "uri": "uri",
    "password": "password",
}
_BOUNDS = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
_KEY = re.compile(r"""(?:^|[{,])\s*["']?([^\s"':{},]+)["']?\s*:""")
MAX_DEPTH, MAX_LINE = 4, 2000
Raw = dict[str, Any]


class _Reader:
    """Walks one document; what has another shape than it should says nothing."""

    def __init__(self, found: Snippet, document: Raw, text: str, first: int) -> None:
        self.found = found
        self.document = document
        self.first = first
        self.where: dict[str, list[int]] = {}
        for offset, line in enumerate(text.split("\n")):
            for key in _KEY.findall(line[:MAX_LINE]):
                self.where.setdefault(key, []).append(first + offset)

    def line_of(self, key: str, after: int = 0) -> int:
        """The line on which a key stands, searched from a line on; where it stands nowhere, the first line."""
        lines = self.where.get(key, [])
        position = bisect_left(lines, after)
        return lines[position] if position < len(lines) else self.first

    def all(self) -> None:
        info = _object(self.document.get("info"))
        if isinstance(info.get("title"), str):
            self.found.owner = info["title"]
        if "asyncapi" in self.document:
            self._messages()
            return
        components = _object(_object(self.document.get("components")).get("schemas"))
        for name, schema in (components or _object(self.document.get("definitions"))).items():
            self._noun(str(name), schema)
        if self.document.get("type") == "object" and isinstance(self.document.get("title"), str):
            self._noun(self.document["title"], self.document)
        for path, item in _object(self.document.get("paths")).items():
            if isinstance(path, str) and path.startswith("/"):
                self._path(path, _object(item))

    def _noun(self, name: str, schema: object) -> None:
        whole = self._resolved(_object(schema))
        if not _object(whole.get("properties")) or load().has("message_suffixes", (names.split(name) or ("",))[-1]):
            return
        noun = Noun(name, self.line_of(name))
        noun.fields.extend(self._fields(whole))
        self.found.nouns.append(noun)

    def _resolved(self, schema: Raw, depth: int = 0) -> Raw:
        """A schema with its reference followed and its `allOf` joined."""
        reference = schema.get("$ref")
        if isinstance(reference, str) and depth < MAX_DEPTH:
            target: object = self.document
            for key in reference.removeprefix("#/").split("/"):
                target = _object(target).get(key)
            return self._resolved(_object(target), depth + 1)
        parts = [self._resolved(_object(part), depth + 1) for part in _list(schema.get("allOf")) if depth < MAX_DEPTH]
        joined: Raw = {key: value for key, value in schema.items() if key != "allOf"}
        for part in parts:
            joined["properties"] = {**_object(part.get("properties")), **_object(joined.get("properties"))}
            joined["required"] = [*_list(part.get("required")), *_list(joined.get("required"))]
            joined.setdefault("type", part.get("type"))
        return joined

    def _fields(self, schema: Raw, depth: int = 0) -> list[EntityField]:
        required = set(map(str, _list(schema.get("required"))))
        made = (
            self._field(str(name), _object(one), required=str(name) in required, depth=depth)
            for name, one in _object(schema.get("properties")).items()
        )
        return [field for field in made if field is not None]

    def _field(self, name: str, raw: Raw, *, required: bool, depth: int) -> EntityField | None:
        reference = raw.get("$ref")
        schema = self._resolved(raw)
        kind = schema.get("type")
        kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
        values = [str(value) for value in _list(schema.get("enum")) if value is not None]
        notes = [f"one of {', '.join(values)}"] if len(values) > 1 else []
        notes += [str(schema["description"])] if isinstance(schema.get("description"), str) else []
        word = _FORMATS.get(str(schema.get("format")), _KINDS.get(str(kind), "string"))
        if kind == "array":
            return self._array(name, _object(schema.get("items")), required=required, depth=depth)
        found = fields.parse(name, word, "; ".join(notes), required=required)
        if found is None:
            return None
        update: Raw = {"read_only": found.read_only or schema.get("readOnly") is True}
        bounds = {key: schema[key] for key in _BOUNDS if isinstance(schema.get(key), int | float)}
        update["constraints"] = {**found.constraints, **bounds}
        if word == "object" and depth < MAX_DEPTH:
            inner = tuple(self._fields(schema, depth + 1)) if not isinstance(reference, str) or depth else ()
            update["items"] = inner
        return found.model_copy(update=update)

    def _array(self, name: str, items: Raw, *, required: bool, depth: int) -> EntityField | None:
        inner = self._resolved(items)
        below = tuple(self._fields(inner, depth + 1)) if depth < MAX_DEPTH else ()
        word = _FORMATS.get(str(inner.get("format")), _KINDS.get(str(inner.get("type")), "string"))
        found = fields.parse(name, f"array of {'object' if below else word}", required=required)
        return found.model_copy(update={"items": below, "item_type": "object" if below else word}) if found else None

    def _path(self, path: str, item: Raw) -> None:
        where = self.line_of(path)
        for method in _METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                self.found.calls.append(self._call(method, path, operation, self.line_of(method, where)))

    def _call(self, method: str, path: str, operation: Raw, line: int) -> Call:
        responses = {str(code): _object(one) for code, one in _object(operation.get("responses")).items()}
        codes = tuple(int(code) for code in responses if code.isdigit() and code[0] in "245")
        good = next((responses[code] for code in responses if code.startswith("2")), {})
        answer = self._media(good)
        is_list = answer.get("type") == "array"
        shown = self._resolved(_object(answer.get("items"))) if is_list else answer
        parameters = [self._resolved(_object(one)) for one in _list(operation.get("parameters"))]
        body = next((_object(one.get("schema")) for one in parameters if one.get("in") == "body"), {})
        taken = self._media(_object(operation.get("requestBody"))) or self._resolved(body)
        security = operation.get("security", self.document.get("security"))
        return Call(
            method=method.upper(),
            path=path,
            line=line,
            summary=str(operation.get("summary") or "")[:120],
            auth=bool(security) if isinstance(security, list) else None,
            statuses=codes,
            request=tuple(self._fields(taken)) or None,
            response=tuple(self._fields(shown)) or None,
            response_is_list=is_list,
            filters=tuple(str(one.get("name")) for one in parameters if one.get("in") == "query"),
        )

    def _media(self, holder: Raw) -> Raw:
        content = _object(holder.get("content"))
        schema = _object(next(iter(content.values()), {})).get("schema") if content else holder.get("schema")
        return self._resolved(_object(schema))

    def _messages(self) -> None:
        """The messages of an AsyncAPI document; its service publishes what it does not receive."""
        components = _object(_object(self.document.get("components")).get("messages"))
        for name, message in components.items():
            noun = Noun(str(name), self.line_of(str(name)))
            noun.fields.extend(self._fields(self._resolved(_object(_object(message).get("payload")))))
            self.found.events.append(noun)


def read(found: Snippet, text: str, first: int) -> None:
    """Adds what the document says; text that is no YAML or JSON object says nothing."""
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506 - the safe one, in C where it is built
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    if isinstance(document, dict):
        paths = {key: value for key, value in document.items() if isinstance(key, str) and key.startswith("/")}
        _Reader(found, {"paths": paths, **document} if paths else document, text, first).all()


def _object(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
