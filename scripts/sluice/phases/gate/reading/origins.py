"""Cross-origin configuration: where origins are written, and whether they let everybody in."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sluice.phases.gate.reading.guards import for_development, production_branch
from sluice.phases.gate.reading.judgement import words
from sluice.phases.gate.reading.lookup import Bound
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.values import Leaf, Values
from sluice.phases.gate.scan import SourceFile

HEADER = "access-control-allow-origin"
_STRANGERS = ("http://q7.zz", "https://a-b.io", "https://x.y.dev:81")
_SHORT = ("http://q", "ws://x.y")
KEY = re.compile(r"(?:cors|allow(?:ed)?)[\w.-]*?origins?(?:list|regex|listregex)?", re.IGNORECASE)
_ORIGIN = re.compile(r"headers(?:\.get\(|\[)\s*[bB]?['\"]origin['\"]", re.IGNORECASE)
_ASKS = re.compile(r"allow|valid|match|is_|check|trust|permit", re.IGNORECASE)
_DEFAULT = re.compile(r"\$\{\w+:?-(.*)\}")
_TELLING: Final = (ast.Call, ast.ClassDef, ast.Dict, ast.Assign)


@dataclass(frozen=True)
class OpenOrigin:
    """A place that lets any origin in."""

    source: SourceFile
    line: int
    column: int
    how: str


def open_in_python(file: PyFile, values: Values) -> Iterator[OpenOrigin]:
    """Wildcards given to CORS middleware, Flask-CORS or the header itself; development branches left out."""
    for node in (node for kind in _TELLING for node in file.every(kind)):
        for how, at in _wildcards(file, node, values):
            if not for_development(file.ancestors(node), node):
                place = at.node if at.file is file and hasattr(at.node, "lineno") else node
                yield OpenOrigin(file.source, getattr(place, "lineno", 1), getattr(place, "col_offset", 0) + 1, how)
                break


def _wildcards(file: PyFile, node: ast.AST, values: Values) -> Iterator[tuple[str, Leaf]]:
    if isinstance(node, ast.Call):
        yield from _in_call(file, node, values)
    elif isinstance(node, ast.ClassDef):
        yield from _settings(file, node, values)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield from _header(file, key, value, values)
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            yield from _header(file, target.slice, node.value, values)
        elif isinstance(target, ast.Attribute) and target.attr == "access_control_allow_origin":
            yield from _header(file, ast.Constant(HEADER), node.value, values)


def _in_call(file: PyFile, node: ast.Call, values: Values) -> Iterator[tuple[str, Leaf]]:
    name = file.dotted(node.func).rpartition(".")[2]
    cls = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "middleware_class"), None)
    first = file.dotted(cls).rpartition(".")[2] if cls is not None else ""
    if sockets := values.keyword(file, node, "cors_allowed_origins"):
        yield from (("cors_allowed_origins", leaf) for leaf in values.leaves(*sockets) if is_wildcard(leaf.value))
    if name == "CORSMiddleware" or (name in {"add_middleware", "Middleware"} and first == "CORSMiddleware"):
        yield from _middleware(file, node, values)
    elif name in {"CORS", "cross_origin"} or (name == "init_app" and _is_cors(file, node, values)):
        yield from _flask(file, node, values)
    elif name in {"add", "set", "setdefault", "append", "__setitem__"} and len(node.args) > 1:
        yield from _header(file, node.args[0], node.args[1], values)


def _middleware(file: PyFile, call: ast.Call, values: Values) -> Iterator[tuple[str, Leaf]]:
    for name, test in (("allow_origins", is_wildcard), ("allow_origin_regex", matches_everything)):
        if given := values.keyword(file, call, name):
            yield from ((name, leaf) for leaf in values.leaves(*given) if leaf.known and test(leaf.value))


def _is_cors(file: PyFile, call: ast.Call, values: Values) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    bound = values.project.definition(file, owner)
    found = [*([bound] if bound else []), *(values.bindings(file, owner) if isinstance(owner, ast.Name) else ())]
    return any(isinstance(made, ast.Call) and at.dotted(made.func).endswith(".CORS") for at, made in found)


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
        for node in file.nodes if "CORS_ORIGINS" in file.source.text else ():
            if isinstance(node, ast.Call):
                yield from ((file, k.value) for k in node.keywords if k.arg == "CORS_ORIGINS")
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                yield from ((file, v) for k, v in pairs if isinstance(k, ast.Constant) and k.value == "CORS_ORIGINS")
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    key = target.slice if isinstance(target, ast.Subscript) else None
                    named = isinstance(target, ast.Name) and target.id == "CORS_ORIGINS"
                    if named or (isinstance(key, ast.Constant) and key.value == "CORS_ORIGINS"):
                        yield file, node.value


def _header(file: PyFile, key: ast.AST, value: ast.AST, values: Values) -> Iterator[tuple[str, Leaf]]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str | bytes):
        name = key.value.decode("latin-1") if isinstance(key.value, bytes) else key.value
        if name.lower() == HEADER:
            leaves = (leaf for leaf in values.leaves(file, value) if leaf.known)
            yield from (("Access-Control-Allow-Origin", leaf) for leaf in leaves if leaf.value in {"*", b"*"})
            if _reflects(file, value, values):
                yield "the caller's own Origin is sent back", Leaf("*", file, value)


def _reflects(file: PyFile, value: ast.AST, values: Values) -> bool:
    """Whether the request's Origin comes back without anybody having looked whether it may."""
    bound = [found for _, found in values.bindings(file, value)] if isinstance(value, ast.Name) else [value]
    if not any(_ORIGIN.search(ast.unparse(found)) for found in bound):
        return False
    scope = next((a for a in file.ancestors(value) if isinstance(a, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    inside = list(ast.walk(scope)) if scope is not None else []
    compared = (part for part in inside if isinstance(part, ast.Compare))
    asked = (ast.unparse(part.func) for part in inside if isinstance(part, ast.Call))
    return not any(isinstance(op, ast.In | ast.NotIn | ast.Eq) for part in compared for op in part.ops) and not any(
        _ASKS.search(name) for name in asked
    )


def _settings(file: PyFile, cls: ast.ClassDef, values: Values) -> Iterator[tuple[str, Leaf]]:
    """Fields of a settings class that say `*`; those that a middleware is seen to take are reported there."""
    if production_branch(ast.Name("_".join(words(cls.name)))) == "orelse":
        return
    for node in cls.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None and KEY.search(target.id):
            for leaf in values.leaves(file, value):
                if leaf.known and is_wildcard(leaf.value) and leaf.node not in _taken(values):
                    yield target.id, leaf


def _taken(values: Values) -> frozenset[ast.AST]:
    """Nodes that middleware or Flask-CORS gets its origins from, anywhere in the project."""
    if values.origins is None:
        values.origins = frozenset()  # the look-up below must not come back here
        values.origins = frozenset(
            leaf.node
            for file in values.project.files
            for call in file.every(ast.Call)
            for _, leaf in _wildcards(file, call, values)
        )
    return values.origins


def is_wildcard(value: object) -> bool:
    """`*`, alone or among others."""
    if isinstance(value, str) and (default := _DEFAULT.fullmatch(value.strip("\"' "))):
        value = default[1]
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
