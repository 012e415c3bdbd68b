"""AUTH-001: secured operations whose code asks nobody, and other ways to ask."""

import re
from collections.abc import Callable
from typing import Final

from sluice.commands.gate_proof.edits import substituted
from sluice.commands.gate_proof.handlers import chosen, handlers
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants


def _secured(change: Callable[[str], str]) -> Edit:
    """The head of a handler that asks who calls, changed; the finding belongs to its route."""

    def edit(site: Site) -> None:
        path, node, _ = chosen(site, asking=True)
        first = min(d.lineno for d in node.decorator_list)
        text = site.tree.read(path).split("\n")
        old = "\n".join(text[first - 1 : node.body[0].lineno - 1])
        new = change(old)
        if new == old:
            raise Unfit(f"{site.service.name}: {node.name} asks in another way")
        site.tree.splice(path, first, node.body[0].lineno - 1, new)
        site.places.append(site.tree.place(path, first, first + new.count("\n")))

    return edit


_PARAMETER = r",? *\b(?:caller: Caller|user: Annotated\[str, Depends\(current_user\)\]|who: str = Depends\(caller\))"
_LINE = rf"^ *{_PARAMETER},?\n"
_BOTH = ((_LINE, ""), (_PARAMETER, ""), (r"^@login_required\n", ""))
_UNASKED = {
    "parameter left out": _secured(substituted(*_BOTH)),
    "parameter with a default instead": _secured(
        substituted((_LINE, ""), (_PARAMETER, ', who: str = "anybody"'), (r"^@login_required\n", ""), (r"\(, ", "("))
    ),
    "parameter of something else": _secured(
        substituted(
            (r"Depends\((?:current_user|caller)\)", "Depends(dict)"), (r"\bcaller: Caller\b", "caller: str = ''")
        )
    ),
    "only a comment": _secured(
        substituted((_LINE, "    # caller: Caller,\n"), (_PARAMETER, ""), (r"^@login_required$", "# @login_required"))
    ),
    "header that nobody verifies": _secured(
        substituted(
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
                routes = [(p, call) for p, node, call in handlers(site) if node.name == handler]
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
        substituted(
            (r"^(@app\.(?:get|post)\(\"[^\"]*\")", r"\1, dependencies=[Depends(caller)]"),
            (r", who: str = Depends\(caller\)", ""),
        )
    ),
    "dependency with another name": _secured(
        substituted(
            (r"who: str = Depends\(caller\)", "somebody: str = Depends(caller)"),
            (r"\buser: Annotated", "subject: Annotated"),
            (r"\bcaller: Caller\b", "account: Caller"),
        )
    ),
    "Security": _secured(substituted((r"\bDepends\((current_user|caller)\)", r"Security(\1)"))),
    "annotated": _secured(substituted((r"who: str = Depends\(caller\)", "who: Annotated[str, Depends(caller)]"))),
    "another decorator beside": _secured(substituted((r"^@login_required$", "@login_required\n@measured"))),
    "keyword": _secured(substituted((r"Depends\((current_user|caller)\)", r"Depends(dependency=\1)"))),
    "uncached": _secured(substituted((r"Depends\((current_user|caller)\)", r"Depends(\1, use_cache=False)"))),
    "quoted": _secured(substituted((r"\bcaller: Caller\b", 'caller: "Caller"'))),
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
        check="AUTH-001",
        plants=(*variants(_UNASKED, needs="contract"), *variants(_UNASKED_CONTRACT, needs="folder contract")),
        twins=(*variants(_ASKED, needs="contract"), *variants(_ASKED_MORE, needs="folder contract")),
    ),
)
