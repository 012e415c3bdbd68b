"""Pieces of source that the generated tests are put together from."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import JsonValue

from sluice.phases.build.builders.template.plan import Entity, Operation

_WITH_JSON = frozenset({"post", "put", "patch"})
_MADE = re.compile(r"^    (\w+) = (add_\w+\(.*\))$")


@dataclass(kw_only=True)
class Scene:
    """Source of one test's start: `lines` to run, `url`; `body`, `headers` and `row` are '' where there are none.

    `parts` are the body's properties as (name, source).
    """

    lines: list[str] = field(default_factory=list)
    url: str = ""
    body: str = ""
    row: str = ""
    headers: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    def body_with(self, name: str = "", source: str = "") -> str:
        """Source of the body, with one property replaced."""
        return mapping({**self.parts, **({name: source} if name else {})})


def mapping(parts: dict[str, str]) -> str:
    """Source of a dictionary."""
    return "{" + ", ".join(f"{name!r}: {source}" for name, source in parts.items()) + "}"


def url(op: Operation, values: dict[str, str]) -> str:
    """Source of the URL of an operation, given the sources of its path parameters."""
    path = op.route
    for slot, source in values.items():
        constant = re.fullmatch(r"'([A-Za-z0-9_.~%-]*)'", source)
        path = path.replace("{" + slot + "}", constant[1] if constant else "{" + source + "}")
    return f'f"{path}"' if "{" in path else repr(path)


def quoted(value: JsonValue) -> str:
    """A value as it stands in a URL; nothing in it ends a string of the generated code."""
    return quote(str(value), safe="")


def joined(source: str, query: str) -> str:
    """Source of a URL with a query, which is quoted."""
    if not query:
        return source
    return f"{source[:-1]}{'&' if '?' in source else '?'}{query}{source[-1]}"


def call(op: Operation, source: str, body: str) -> str:
    """The test client's method and its first arguments, without the closing bracket."""
    json = f", json={body}" if body else ""
    if op.method in _WITH_JSON or not body:
        return f"{op.method}({source}{json}"
    return f"request({op.method.upper()!r}, {source}{json}"


def names(text: str, name: str) -> bool:
    """Whether the source uses a name."""
    return re.search(rf"(?<![\w.'\"]){name}(?![\w'\"=])|\b{name}=\b{name}\b", text) is not None


def needed(lines: list[str], text: str) -> list[str]:
    """Those of the lines (`name = …`) whose names the text, or a later one of them, uses."""
    kept: list[str] = []
    for line in reversed(lines):
        if names("\n".join([text.replace("{", "{ ").replace("'", " "), *kept]), line.split(" = ")[0]):
            kept.insert(0, line)
    return kept


def tidy(body: str) -> str:
    """A test's body without names for rows that it does not use again."""
    lines = body.strip("\n").split("\n")
    for number, line in enumerate(lines):
        made = _MADE.match(line)
        if made and not names("\n".join(lines[number + 1 :]).replace("{", "{ "), made[1]):
            lines[number] = f"    {made[2]}"
    return "\n".join(lines)


def key_json(entity: Entity, variable: str) -> str:
    """Source of a row's id as it stands in JSON."""
    key = f"{variable}.{entity.key.name}"
    return f"str({key})" if entity.key.python == "UUID" else key
