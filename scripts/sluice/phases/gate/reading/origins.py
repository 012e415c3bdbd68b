"""Cross-origin configuration: where origins are written, and whether they let everybody in."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sluice.phases.gate.reading.documents import scalars
from sluice.phases.gate.reading.guards import production_branch
from sluice.phases.gate.reading.lookup import Bound
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.values import Leaf, Values
from sluice.phases.gate.scan import SourceFile

_HEADER = "access-control-allow-origin"
_STRANGERS = ("http://q7.zz", "https://a-b.io", "https://x.y.dev:81")
_SHORT = ("http://q", "ws://x.y")
_KEY = re.compile(r"(?:cors|allow(?:ed)?)[\w.-]*?origins?(?:list|regex|listregex)?", re.IGNORECASE)
_LINE = re.compile(r"\s*(?:export\s+|ENV\s+|ARG\s+)?[\"']?([\w.-]+)[\"']?\s*[=:]\s*(.*?)\s*,?\s*", re.IGNORECASE)
_NGINX = re.compile(
    r"\s*(?:add_header|more_set_headers|Header\s+(?:always\s+)?set)\s+[\"']?access-control-allow-origin[\"':\s]+\*",
    re.IGNORECASE,
)
_NOT_PRODUCTION = re.compile(
    r"(?:^|[._-])(?:dev|development|test|tests|ci|local|override|example|sample|template)(?:[._-]|$)"
)
_LONGEST = 5000
_LINE_FILES = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".toml", ".sh"})


@dataclass(frozen=True)
class OpenOrigin:
    """A place that lets any origin in."""

    source: SourceFile
    line: int
    column: int
    how: str


def open_in_python(file: PyFile, values: Values) -> Iterator[OpenOrigin]:
    """Wildcards given to CORS middleware, Flask-CORS or the header itself; development branches left out."""
    for node in file.nodes:
        for how, at in _wildcards(file, node, values):
            if not _for_development(file, node):
                place = at.node if at.file is file and hasattr(at.node, "lineno") else node
                yield OpenOrigin(file.source, getattr(place, "lineno", 1), getattr(place, "col_offset", 0) + 1, how)
                break


def _wildcards(file: PyFile, node: ast.AST, values: Values) -> Iterator[tuple[str, Leaf]]:
    if isinstance(node, ast.Call):
        name = file.dotted(node.func).rpartition(".")[2]
        first = file.dotted(node.args[0]).rpartition(".")[2] if node.args else ""
        if name == "CORSMiddleware" or (name in {"add_middleware", "Middleware"} and first == "CORSMiddleware"):
            yield from _middleware(file, node, values)
        elif name in {"CORS", "cross_origin"} or (name == "init_app" and _is_cors(file, node, values)):
            yield from _flask(file, node, values)
        elif name in {"add", "set", "setdefault", "append", "__setitem__"} and len(node.args) > 1:
            yield from _header(file, node.args[0], node.args[1], values)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield from _header(file, node.targets[0].slice, node.value, values)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield from _header(file, key, value, values)


def _middleware(file: PyFile, call: ast.Call, values: Values) -> Iterator[tuple[str, Leaf]]:
    for name, test in (("allow_origins", is_wildcard), ("allow_origin_regex", matches_everything)):
        if given := values.keyword(file, call, name):
            yield from ((name, leaf) for leaf in values.leaves(*given) if leaf.known and test(leaf.value))


def _is_cors(file: PyFile, call: ast.Call, values: Values) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    bound = values.project.definition(file, owner)
    return bound is not None and isinstance(bound[1], ast.Call) and bound[0].dotted(bound[1].func).endswith(".CORS")


def _flask(file: PyFile, call: ast.Call, values: Values) -> Iterator[tuple[str, Leaf]]:
    if not file.dotted(call.func).startswith(("flask_cors", "flask_cors.extension")) and not isinstance(
        call.func, ast.Attribute
    ):
        return
    resources, origins = values.keyword(file, call, "resources"), values.keyword(file, call, "origins")
    places = list(_resource_origins(*resources, values)) if resources else []
    if origins:
        places.append(origins)
    places = places or list(_configured(values))
    if not places and not (file.dotted(call.func).endswith("CORS") and not call.args):
        yield "no origins given, which lets every origin in", Leaf("*", file, call)
    for place in places:
        for leaf in values.leaves(*place):
            if leaf.known and (is_wildcard(leaf.value) or matches_everything(leaf.value)):
                yield "origins", leaf


def _resource_origins(file: PyFile, node: ast.AST, values: Values) -> Iterator[Bound]:
    found = list(values.bindings(file, node)) if isinstance(node, ast.Name) else [(file, node)]
    for where, value in found:
        for options in value.values if isinstance(value, ast.Dict) else []:
            if origins := values.entry(where, options, "origins"):
                yield origins


def _configured(values: Values) -> Iterator[Bound]:
    """`app.config["CORS_ORIGINS"] = …` and `CORS_ORIGINS = …` of a configuration class."""
    for file in values.project.files:
        for node in file.nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    key = target.slice if isinstance(target, ast.Subscript) else None
                    named = isinstance(target, ast.Name) and target.id == "CORS_ORIGINS"
                    if named or (isinstance(key, ast.Constant) and key.value == "CORS_ORIGINS"):
                        yield file, node.value


def _header(file: PyFile, key: ast.AST, value: ast.AST, values: Values) -> Iterator[tuple[str, Leaf]]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str | bytes):
        name = key.value.decode("latin-1") if isinstance(key.value, bytes) else key.value
        if name.lower() == _HEADER:
            leaves = (leaf for leaf in values.leaves(file, value) if leaf.known)
            yield from (("Access-Control-Allow-Origin", leaf) for leaf in leaves if leaf.value in {"*", b"*"})


def _for_development(file: PyFile, node: ast.AST) -> bool:
    child = node
    for parent in file.ancestors(node):
        if isinstance(parent, ast.If):
            taken, inside = production_branch(parent.test), "body" if child in parent.body else "orelse"
            if taken not in {"both", inside} and child is not parent.test:
                return True
        child = parent
    return False


def is_wildcard(value: object) -> bool:
    """`*`, alone or among others."""
    return isinstance(value, str) and "*" in {part.strip(" \"'[]") for part in value.split(",")}


def matches_everything(value: object) -> bool:
    """Whether a regular expression lets strangers in: origins that nobody can have meant."""
    if not isinstance(value, str) or not re.search(r"[.*+\\\[(|^$]", value) or len(value) > 500:  # noqa: PLR2004 # no one writes longer ones by hand
        return False
    try:
        pattern = re.compile(value)
    except (re.error, RecursionError, OverflowError):
        return False
    nested = re.search(r"[*+}][^()]*\)+[*+{]", value)  # takes time that doubles with each character
    return all(pattern.fullmatch(origin) for origin in (_SHORT if nested else _STRANGERS))


def open_in_config(source: SourceFile) -> Iterator[OpenOrigin]:
    """Wildcards in YAML, JSON, environment files, Dockerfiles, nginx and Traefik configuration."""
    if _NOT_PRODUCTION.search(source.name.lower()):
        return
    if source.suffix in {".yml", ".yaml", ".json"}:
        yield from _in_document(source)
    elif source.is_dockerfile or source.suffix in _LINE_FILES or source.name.startswith((".env", "nginx")):
        for number, line in enumerate(source.lines, start=1):
            if len(line) > _LONGEST or line.lstrip().startswith(("#", ";")):
                continue
            found = _LINE.fullmatch(line)
            if _NGINX.match(line) or (found and _KEY.search(found[1]) and is_wildcard(found[2].strip("\"'"))):
                yield OpenOrigin(
                    source, number, line.find("*") + 1, found[1] if found else "Access-Control-Allow-Origin"
                )


def _in_document(source: SourceFile) -> Iterator[OpenOrigin]:
    for path, node in scalars(source):
        keys = [key for key in path if key]
        name, value = (keys[-1] if keys else ""), node.value
        if "=" in value and not is_wildcard(value):  # an environment variable or a label given as a list entry
            name, _, value = value.partition("=")
        documented = any(key.lower() in {"example", "examples", "responses", "schema", "description"} for key in keys)
        nested = len(keys) > 1 and name.lower() in {"origins", "origin"} and "cors" in keys[-2].lower()
        named = _KEY.search(name) or nested or name.lower() == _HEADER
        if named and not documented and (is_wildcard(value) or matches_everything(value)):
            yield OpenOrigin(source, node.start_mark.line + 1, node.start_mark.column + 1, name)
