"""ROUTE-001, ROUTE-002 and AUTH-001: what contracts declare, and what the code does instead."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from sluice.commands.gate_proof.edits import after_app, application, at_end, both, modules, new_file, swap, whole
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.contract import ContractSet

Function = ast.FunctionDef | ast.AsyncFunctionDef
_VERBS = ("get", "post", "put", "patch", "delete", "route")
_ASKS = re.compile(r"\bCaller\b|current_user|Depends\(caller\)|login_required")


def _handlers(site: Site, *, asking: bool | None = None) -> Iterator[tuple[str, Function, ast.Call]]:
    """Handlers but for health, with the decorator that routes them; `asking`: whether they ask who calls."""
    for path in modules(site):
        for node in ast.walk(ast.parse(site.tree.read(path))):
            if not isinstance(node, Function) or "health" in ast.unparse(node):
                continue
            head = "\n".join([*map(ast.unparse, node.decorator_list), ast.unparse(node.args)])
            for call in node.decorator_list:
                routed = (
                    isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _VERBS
                )
                if routed and isinstance(call, ast.Call) and asking in {None, bool(_ASKS.search(head))}:
                    yield path, node, call


def _chosen(site: Site, *, asking: bool | None = None) -> tuple[str, Function, ast.Call]:
    found = list(_handlers(site, asking=asking))
    if not found:
        raise Unfit(f"{site.service.name} has no such handler")
    return site.choice.choice(found)


def _unrouted(change: Callable[[str], str]) -> Edit:
    """The decorator of a handler changed; the finding may stand in the contract or where the application is made."""

    def edit(site: Site) -> None:
        path, _, call = _chosen(site)
        first, last = call.lineno, call.end_lineno or call.lineno
        lines = site.tree.read(path).split("\n")[first - 1 : last]
        site.tree.splice(path, first, last, change("\n".join(lines)))
        _at_contract(site)

    return edit


def _at_contract(site: Site) -> None:
    prefixes = (f"{site.service.folder}/openapi.", f"contracts/{site.service.name}.openapi.")
    declared = [path for path in site.tree.paths if path.startswith(prefixes)]
    place = whole(site, declared[0]) if declared else None
    if place is None:
        path, node = application(site)
        place = site.tree.place(path, node.lineno, node.lineno)
    place.first = 0 if declared else place.first
    site.places[:] = [place]


def _declared(text: str) -> Edit:
    """`text` among the paths of the contract (YAML), as an operation that nobody implements."""

    def edit(site: Site) -> None:
        for path in site.tree.paths:
            if path.startswith((f"{site.service.folder}/openapi.", f"contracts/{site.service.name}.openapi.")):
                lines = site.tree.read(path).split("\n")
                if "paths:" in lines:
                    at = lines.index("paths:") + 1
                    site.tree.splice(path, at + 1, at, text)
                    _at_contract(site)
                    return
        raise Unfit(f"{site.service.name} has no contract in YAML")

    return edit


def _registered(path: str, method: str) -> Edit:
    """The registered contract of a run with one operation more."""

    def edit(site: Site) -> None:
        contracts = site.given.contracts
        own = contracts.of(site.service.name, "openapi") if contracts else None
        if contracts is None or own is None:
            raise Unfit("there is no registered contract")
        paths: Any = own.document["paths"]
        item = {**paths.get(path, {}), method: {"operationId": "more", "responses": {"204": {"description": "done"}}}}
        changed = own.model_copy(update={"document": {**own.document, "paths": {**paths, path: item}}})
        rows = tuple(changed if row is own else row for row in contracts.contracts)
        site.change(contracts=ContractSet(contracts=rows))
        _at_contract(site)

    return edit


def _secured(change: Callable[[str], str]) -> Edit:
    """The head of a handler that asks who calls, changed; the finding belongs to its route."""

    def edit(site: Site) -> None:
        path, node, _ = _chosen(site, asking=True)
        first = min(d.lineno for d in node.decorator_list)
        text = site.tree.read(path).split("\n")
        old = "\n".join(text[first - 1 : node.body[0].lineno - 1])
        new = change(old)
        if new == old:
            raise Unfit(f"{site.service.name}: {node.name} asks in another way")
        site.tree.splice(path, first, node.body[0].lineno - 1, new)
        site.places.append(site.tree.place(path, first, first + new.count("\n")))

    return edit


def _sub(*pairs: tuple[str, str]) -> Callable[[str], str]:
    def change(text: str) -> str:
        for pattern, replacement in pairs:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        return text

    return change


_PARAMETER = r",? *\b(?:caller: Caller|user: Annotated\[str, Depends\(current_user\)\]|who: str = Depends\(caller\))"
_LINE = rf"^ *{_PARAMETER},?\n"
_BOTH = ((_LINE, ""), (_PARAMETER, ""), (r"^@login_required\n", ""))
_MORE_FASTAPI = {
    "debugging": after_app('§@APP.get("/debug/dump")\ndef dump() -> list[int]:\n    return []'),
    "another method of a known path": after_app(
        '§@APP.delete("/orders-archive/{key}")\ndef purge(key: str) -> None:\n    del key'
    ),
    "added by call": after_app('§APP.add_api_route("/admin/users", lambda: [], methods=["GET"])'),
    "several methods": after_app(
        '§@APP.api_route("/bulk", methods=["PUT", "PATCH"])\ndef bulk() -> None:\n    return None'
    ),
    "router of its own": both(
        new_file(
            "app/exports.py",
            'from fastapi import APIRouter\n\nexports = APIRouter(prefix="/exports")\n\n\n'
            '§@exports.post("/run")\ndef run_export() -> None:\n    return None',
        ),
        after_app("APP.include_router(exports)", imports="from app.exports import exports"),
    ),
    "with a version": after_app(
        '§@APP.get("/v2/search", tags=["new"])\ndef search_again(q: str) -> list[str]:\n    return [q]'
    ),
    "path as a keyword": after_app('§@APP.put(path="/settings/limits")\ndef limits() -> None:\n    return None'),
    "websocket beside a route": after_app('§@APP.get("/stream/last")\ndef last() -> int:\n    return 0'),
}
_MORE_FLASK = {
    "Flask rule": after_app('§APP.add_url_rule("/internal/cache", "cache", lambda: "", methods=["DELETE"])'),
    "Flask route": after_app('§@APP.route("/reports/<year>")\ndef reports(year):\n    return {"year": year}'),
    "Flask methods": after_app('§@APP.route("/stock", methods=["GET", "POST"])\ndef all_stock():\n    return []'),
}
_NO_MORE = {
    "hidden from the schema": after_app(
        '@APP.get("/debug/dump", include_in_schema=False)\ndef dump() -> int:\n    return 1'
    ),
    "metrics": after_app('@APP.get("/metrics")\ndef metrics() -> str:\n    return ""'),
    "readiness": after_app('@APP.get("/readyz", tags=["probes"])\ndef ready() -> None:\n    return None'),
    "router that nobody includes": new_file(
        "app/unused.py",
        'from fastapi import APIRouter\n\nunused = APIRouter()\n\n\n@unused.get("/unused")\n'
        "def unused_route() -> None:\n    return None",
    ),
    "function that is no route": at_end('def get(path: str) -> str:\n    return path\n\n\nFOUND = get("/not-a-route")'),
    "application of a test": new_file(
        "tests/test_own.py",
        'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/only-here")\ndef only():\n'
        "    return 1\n\n\ndef test_it():\n    assert only() == 1",
    ),
    "client that calls one": at_end('def ask(client) -> None:\n    client.get("/elsewhere", timeout=1)'),
    "files": after_app(
        'APP.mount("/static", StaticFiles(directory="static"))', imports="from fastapi.staticfiles import StaticFiles"
    ),
    "comment": at_end('# @app.get("/old")\nOLD = "/old"'),
}
_LESS = {
    "decorator removed": _unrouted(lambda _: "# not yet"),
    "commented out": _unrouted(lambda text: re.sub(r"^", "# ", text, flags=re.MULTILINE)),
    "other path": _unrouted(_sub((r'(\.(?:get|post|put|patch|delete|route)\(\s*)"', r'\1"/moved'))),
}
_LESS_DECLARED = {
    "declared only": _declared("  /exports:\n    get:\n      responses:\n        '200': {description: all of it}"),
    "declared with a parameter": _declared(
        "  /exports/{year}:\n    get:\n      parameters:\n"
        "        - {name: year, in: path, required: true, schema: {type: integer}}\n"
        "      responses:\n        '200': {description: one year}"
    ),
    "declared and secured": _declared(
        "  /purge:\n    post:\n      security: [{bearer: []}]\n      responses:\n        '204': {description: done}"
    ),
}
_LESS_REGISTERED = {
    "registered only": _registered("/exports", "get"),
    "registered with a parameter": _registered("/exports/{year}", "delete"),
    "registered deep": _registered("/a/{b}/c/{d}/e", "put"),
}
_SAME = {
    "other name of a parameter": swap(r"\{product_id\}|\{invoice_id\}|\{number\}(?=\")|<sku>", r"{key}"),
}
_AS_MANY = {
    "documentation": _declared("  x-internal-note: nothing to implement"),
    "own route beside": after_app(
        '@APP.get("/metrics", include_in_schema=False)\ndef metrics() -> str:\n    return ""'
    ),
    "summary in the contract": _declared("  # all of them are implemented"),
}
_AS_MANY_FASTAPI = {
    "response model left out": swap(
        r", response_model=(?:Product|Invoice)\b", "", "app/main.py", "app/api/products.py"
    ),
    "handler renamed": swap(
        r"^((?:async )?def )(list_products|read_product|create_invoice|read_parcel|list_orders)\(", r"\1renamed_\2("
    ),
    "asynchronous handler": swap(
        r"^def (list_products|read_product|create_invoice|list_orders|get_order)\(", r"async def \1("
    ),
    "tags": swap(r"^(@router\.get\(\"[^\"]*\")", r'\1, tags=["x"]', "app/api/*.py", "src/*.py"),
    "more words": swap(r"^( *operation_id=\"\w+\",)$", r'\1\n    description="More words.",'),
    "wrapped": both(
        at_end("def traced(function):\n    return function", of="app/main.py"),
        swap(
            r"^(@(?:app|router)\.(?:get|post)\((?:[^()]|\([^()]*\))*\)\n)(?=def (?:create_invoice|read_invoice))",
            r"\1@traced\n",
        ),
    ),
}
_UNASKED = {
    "parameter left out": _secured(_sub(*_BOTH)),
    "parameter with a default instead": _secured(
        _sub((_LINE, ""), (_PARAMETER, ', who: str = "anybody"'), (r"^@login_required\n", ""), (r"\(, ", "("))
    ),
    "parameter of something else": _secured(
        _sub((r"Depends\((?:current_user|caller)\)", "Depends(dict)"), (r"\bcaller: Caller\b", "caller: str = ''"))
    ),
    "only a comment": _secured(
        _sub((_LINE, "    # caller: Caller,\n"), (_PARAMETER, ""), (r"^@login_required$", "# @login_required"))
    ),
    "header that nobody verifies": _secured(
        _sub(
            (
                r"\bcaller: Caller\b|user: Annotated\[str, Depends\(current_user\)\]|who: str = Depends\(caller\)",
                'authorization: str = Header("")',
            )
        )
    ),
}


def _in_contract(pattern: str, replacement: str, handler: str) -> Edit:
    """The contract changed; the finding belongs to the route of a handler."""

    def edit(site: Site) -> None:
        for path in site.tree.paths:
            text = site.tree.read(path)
            if path in {f"contracts/{site.service.name}.openapi.yaml", f"{site.service.folder}/openapi.yaml"}:
                found = re.compile(pattern, re.MULTILINE).search(text)
                routes = [(p, call) for p, node, call in _handlers(site) if node.name == handler]
                if found and routes:
                    line = text.count("\n", 0, found.end()) + 1
                    site.tree.splice(path, line + 1, line, replacement)
                    site.places.append(site.tree.place(routes[0][0], routes[0][1].lineno, routes[0][1].lineno + 3))
                    return
        raise Unfit(f"{site.service.name} has no such operation")

    return edit


_SECURITY = "      security:\n        - bearerAuth: []"
_UNASKED_CONTRACT = {
    "contract secures the list": _in_contract(r"^      operationId: listProducts$", _SECURITY, "list_products"),
    "contract secures one": _in_contract(r"^      operationId: readProduct$", _SECURITY, "read_product"),
    "contract secures parcels": _in_contract(r"^  /parcels/\{number\}:\n    get:$", _SECURITY, "read_parcel"),
    "contract secures stock": _in_contract(r"^  /stock/\{sku\}:\n    get:$", _SECURITY, "read"),
    "contract secures administration": _in_contract(r"^  /admin/queue:\n    get:$", _SECURITY, "queue"),
}
_ASKED = {
    "dependency of the route": _secured(
        _sub(
            (r"^(@app\.(?:get|post)\(\"[^\"]*\")", r"\1, dependencies=[Depends(caller)]"),
            (r", who: str = Depends\(caller\)", ""),
        )
    ),
    "dependency with another name": _secured(
        _sub(
            (r"who: str = Depends\(caller\)", "somebody: str = Depends(caller)"),
            (r"\buser: Annotated", "subject: Annotated"),
            (r"\bcaller: Caller\b", "account: Caller"),
        )
    ),
    "Security": _secured(_sub((r"\bDepends\((current_user|caller)\)", r"Security(\1)"))),
    "annotated": _secured(_sub((r"who: str = Depends\(caller\)", "who: Annotated[str, Depends(caller)]"))),
    "another decorator beside": _secured(_sub((r"^@login_required$", "@login_required\n@measured"))),
    "keyword": _secured(_sub((r"Depends\((current_user|caller)\)", r"Depends(dependency=\1)"))),
    "uncached": _secured(_sub((r"Depends\((current_user|caller)\)", r"Depends(\1, use_cache=False)"))),
    "quoted": _secured(_sub((r"\bcaller: Caller\b", 'caller: "Caller"'))),
}
_ASKED_MORE = {
    "not secured in the contract": _in_contract(
        r"^      operationId: listProducts$", "      security: []", "list_products"
    ),
    "optional in the contract": _in_contract(
        r"^      operationId: readProduct$", "      security: [{}]", "read_product"
    ),
}

OPERATORS: Final = (
    Operator(
        check="ROUTE-001",
        plants=(*variants(_MORE_FASTAPI, needs="fastapi contract"), *variants(_MORE_FLASK, needs="flask contract")),
        twins=variants(_NO_MORE, needs="fastapi contract"),
    ),
    Operator(
        check="ROUTE-002",
        plants=(
            # Not in a run: there the contract tests of the same run would not have observed the operation either.
            *variants(_LESS, needs="folder contract", also="ROUTE-001"),
            *variants(_LESS_DECLARED, needs="folder contract"),
            *variants(_LESS_REGISTERED, needs="run"),
        ),
        twins=(
            *variants(_SAME, needs="fastapi contract folder"),
            *variants(_AS_MANY, needs="fastapi contract folder"),
            *variants(_AS_MANY_FASTAPI, needs="fastapi contract"),
        ),
    ),
    Operator(
        check="AUTH-001",
        plants=(*variants(_UNASKED, needs="contract"), *variants(_UNASKED_CONTRACT, needs="folder contract")),
        twins=(*variants(_ASKED, needs="contract"), *variants(_ASKED_MORE, needs="folder contract")),
    ),
)
