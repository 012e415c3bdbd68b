"""ROUTE-001 and ROUTE-002: operations that only the contract has, or only the code."""

import re
from collections.abc import Callable
from typing import Any, Final

from sluice.commands.gate_proof.edits import after_app, application, at_end, both, new_file, substituted, swap, whole
from sluice.commands.gate_proof.handlers import chosen
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.contract import ContractSet


def _unrouted(change: Callable[[str], str]) -> Edit:
    """The decorator of a handler changed; the finding may stand in the contract or where the application is made."""

    def edit(site: Site) -> None:
        path, _, call = chosen(site)
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
    "other path": _unrouted(substituted((r'(\.(?:get|post|put|patch|delete|route)\(\s*)"', r'\1"/moved'))),
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
)
