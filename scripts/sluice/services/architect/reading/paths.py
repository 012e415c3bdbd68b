"""Paths in canonical form, whatever notation the document uses for parameters."""

import re
from dataclasses import dataclass

from sluice.services.architect.reading import names

MAX_SEGMENTS = 12
MAX_PATH = 500


@dataclass(frozen=True, slots=True)
class Target:
    """A canonical path with its query string, as it stood in the text."""

    path: str
    query: str
    original: str


def target(written: str) -> Target | None:
    """A path in canonical form: `/orders/:id/` becomes `/orders/{id}`; None when nothing usable is left."""
    bare = written[:MAX_PATH].rstrip(".,;:)*!").removesuffix("**")
    path, _, query = bare.partition("?")
    segments = []
    for segment in path.split("/")[1:][:MAX_SEGMENTS]:
        if segment:
            clean = _segment(segment)
            if not clean:
                return None
            segments.append(clean)
    return Target("/" + "/".join(segments), f"?{query}" if query else "", path) if segments else None


def _segment(segment: str) -> str:
    found = re.fullmatch(r"(?::|\{|<|\[)(?:\w+:)?\s*([^{}<>\[\]]*?)\s*[}>\]]?", segment)
    if found and (segment[0] in ":{<[") and (segment[0] == ":" or segment[-1] in "}>]"):
        name = names.field_name(found.group(1))
        return f"{{{name}}}" if name else ""
    return re.sub(r"[^A-Za-z0-9_.-]", "", segment)[:64].strip(".")


def changed(where: Target) -> bool:
    """Whether more than the notation was changed."""
    plain = re.sub(r":(\w+)|<(\w+)>|\[(\w+)\]", lambda m: "{" + (m[1] or m[2] or m[3]) + "}", where.original)
    return re.sub(r"[_-]", "", plain.rstrip("/")).lower() != re.sub(r"[_-]", "", where.path).lower()


def shape(path: str) -> str:
    """Two paths are the same operation when they differ only in the names of parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)
