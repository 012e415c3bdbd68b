"""OpenAPI 3 and Swagger 2.0 documents as operations."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from sluice.core.files import canonical_json
from sluice.model.base import JsonObject
from sluice.services.contract_engine.changes import swagger
from sluice.services.contract_engine.changes.interface import Alternative, Body, Operation, Parameter, Response
from sluice.services.contract_engine.changes.source import Node, Nodes, Source

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
_IGNORED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})
_STYLES: Final = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


class Place(NamedTuple):
    """Where an operation stands; `shape` is the path without the names of its parameters."""

    method: str
    path: str
    shape: str
    item: Node
    node: Node
    reverse: bool = False


def places(source: Source) -> Iterator[Place]:
    """Every operation, also those of webhooks."""
    for section, reverse in (("paths", False), ("webhooks", True), ("x-webhooks", True)):
        for path, node in source.root.child(section).items():
            name = f"webhook {path}" if reverse else path
            yield from item_places(source, name, node, reverse=reverse)


def item_places(source: Source, path: str, node: Node, *, reverse: bool) -> Iterator[Place]:
    """The operations of one path item."""
    item = source.follow(node)
    shape = _PARAMETER.sub("{}", path)
    for method in METHODS:
        if isinstance(item.table.get(method), dict):
            yield Place(method.upper(), path, shape, item, item.child(method), reverse)
    for method, extra in item.child("additionalOperations").items():
        yield Place(method.upper(), path, shape, item, extra, reverse)


def read(source: Source, place: Place) -> Operation:
    """One operation with everything that the path item and the document add to it."""
    raw = place.node.table
    old = source.kind == "swagger"
    given = list(_parameter_nodes(source, place))
    return Operation(
        method=place.method,
        path=place.path,
        node=place.node,
        operation_id=place.node.text("operationId"),
        deprecated=raw.get("deprecated") is True,
        sunset=place.node.text("x-sunset"),
        parameters=tuple(_parameter(node, old=old) for node in given if _is_parameter(node)),
        body=swagger.body(source, place.node, given) if old else _body(source, place.node.child("requestBody")),
        responses={status: _response(source, status, node, place) for status, node in _responses(place.node)},
        security=tuple(_security(source, place.node)),
        callbacks=dict(_callbacks(source, place.node)),
        reverse=place.reverse,
    )


def base_paths(source: Source) -> dict[str, str]:
    """Base path by server URL; relative and missing servers are the root of the document's own host."""
    if source.kind == "swagger":
        base = source.root.text("basePath").rstrip("/")
        return {source.root.text("host") + base: base}
    found = {}
    for server in source.root.child("servers").elements():
        url = server.text("url")
        for name, variable in server.child("variables").items():
            url = url.replace(f"{{{name}}}", variable.text("default"))
        found[url] = urlsplit(url).path.rstrip("/")
    return found or {"/": ""}


def _parameter_nodes(source: Source, place: Place) -> Iterator[Node]:
    """Parameters of path item and operation; those of the operation win."""
    found: dict[tuple[str, str], Node] = {}
    for holder in (place.item, place.node):
        for node in holder.child("parameters").elements():
            real = source.follow(node)
            found[real.text("in"), real.text("name")] = real
    return iter(found.values())


def _is_parameter(node: Node) -> bool:
    if node.text("in") == "header" and node.text("name").lower() in _IGNORED_HEADERS:
        return False
    return node.text("in") in _STYLES or node.text("in") == "querystring"


def _parameter(node: Node, *, old: bool) -> Parameter:
    location, raw = node.text("in"), node.table
    style = node.text("style") or _STYLES.get(location, "")
    explode = raw.get("explode")
    collection = node.text("collectionFormat") or "csv"
    plain = (style, explode if isinstance(explode, bool) else style == "form")
    return Parameter(
        name=node.text("name"),
        location=location,
        required=raw.get("required") is True or location == "path",
        schema=(node,) if old else _schema(node),
        node=node,
        style=swagger.STYLES.get((location, collection), (collection, False)) if old else plain,
        deprecated=raw.get("deprecated") is True,
    )


def _schema(node: Node) -> Nodes:
    if isinstance(node.table.get("schema"), dict | bool):
        return (node.child("schema"),)
    return next(iter(_media(node.child("content")).values()), ())


def _media(content: Node) -> dict[str, Nodes]:
    found: dict[str, Nodes] = {}
    for name, node in content.items():
        key = "schema" if "schema" in node.table else "itemSchema"
        found[media_type(name)] = (node.child(key),) if key in node.table else ()
    return found


def media_type(name: str) -> str:
    """Without parameters such as `charset`, in lower case."""
    return name.split(";", 1)[0].strip().lower()


def _body(source: Source, node: Node) -> Body | None:
    if not isinstance(node.raw, dict):
        return None
    real = source.follow(node)
    required = real.table.get("required") is True
    return Body(required=required, node=real, media=_media(real.child("content")))


def _responses(node: Node) -> Iterator[tuple[str, Node]]:
    for status, response in node.child("responses").items():
        if not status.startswith("x-"):
            yield status.upper() if status != "default" else status, response


def _response(source: Source, status: str, node: Node, place: Place) -> Response:
    real = source.follow(node)
    old = source.kind == "swagger"
    headers = {}
    for name, header in real.child("headers").items():
        found = source.follow(header)
        if name.lower() != "content-type":
            headers[name.lower()] = Parameter(
                name=name,
                location="header",
                required=found.table.get("required") is True,
                schema=(found,) if old else _schema(found),
                node=found,
            )
    media = swagger.answer(source, place.node, real) if old else _media(real.child("content"))
    return Response(status=status, node=real, media=media, headers=headers)


def _security(source: Source, node: Node) -> Iterator[Alternative]:
    """Ways to authenticate; none given is one way without any demand."""
    holder = node if "security" in node.table else source.root
    given = list(holder.child("security").elements())
    for alternative in given or [Node((), {})]:
        found: dict[str, frozenset[str]] = {}
        for name, scopes in alternative.items():
            texts = scopes.raw if isinstance(scopes.raw, list) else []
            found[_scheme(source, name)] = frozenset(text for text in texts if isinstance(text, str))
        yield found


def _scheme(source: Source, name: str) -> str:
    """What callers do for a scheme, whatever it is called."""
    holder = source.root if source.kind == "swagger" else source.root.child("components")
    section = "securityDefinitions" if source.kind == "swagger" else "securitySchemes"
    node = source.follow(holder.child(section).child(name))
    raw = node.table
    if not raw:
        return name
    if node.text("type") == "basic":
        return canonical_json({"type": "http", "scheme": "basic"})
    known: JsonObject = {key: raw[key] for key in ("type", "in", "name", "openIdConnectUrl") if key in raw}
    if "scheme" in raw:
        known["scheme"] = node.text("scheme").lower()
    return canonical_json(known)


def _callbacks(source: Source, node: Node) -> Iterator[tuple[str, Node]]:
    for name, callback in node.child("callbacks").items():
        for expression, item in source.follow(callback).items():
            yield f"callback {name} {expression}", item


def by_location(parameters: Mapping[tuple[str, str], Parameter], path: str) -> dict[tuple[str, str], Parameter]:
    """Parameters by key; those of the path by their position in the template, since their names do not travel."""
    positions = {name: str(index) for index, name in enumerate(_PARAMETER.findall(path))}
    return {
        (location, positions.get(name, name) if location == "path" else name): parameter
        for (location, name), parameter in parameters.items()
    }
