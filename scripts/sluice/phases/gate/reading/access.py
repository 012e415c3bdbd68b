"""Who may call a route: what a contract demands, and whether anything on the way to the handler asks who is calling."""

import ast
import re
from collections.abc import Iterator

from sluice.phases.gate.reading.apps import Place, Route, Router
from sluice.phases.gate.reading.contracts import Contract, Json
from sluice.phases.gate.reading.documents import listing
from sluice.phases.gate.reading.fields import unquoted
from sluice.phases.gate.reading.python import Function, Project, PyFile

_ASKS = re.compile(
    r"auth(?!or\b|ors\b)|login|token|jwt|current_(?:\w+_)?(?:user|account)|principal|permission|identity|secur|api_?key|"
    r"protected|verify_user|bearer|require_|requires_|role",
    re.IGNORECASE,
)
_READS = re.compile(
    r"jwt\.decode|decode_token|decode_jwt|verify_(?:token|jwt|access)|OAuth2PasswordBearer|OAuth2AuthorizationCodeBearer|"
    r"HTTPBearer|HTTPBasic|HTTPDigest|APIKey(?:Header|Query|Cookie)|OpenIdConnect|verify_jwt_in_request|login_required|"
    r"current_user\b|compare_digest|get_jwt_identity|request\.auth(?:orization)?\b|session\[['\"]user",
)
_HEADER = re.compile(
    r"headers(?:\.get\(|\[)\s*b?['\"](?:authorization|x-api-key|x-auth[\w-]*|cookie)['\"]", re.IGNORECASE
)
_REFUSES = re.compile(
    r"(?:HTTPException|abort|status_code=|Response|exception)[^\n]*\b(?:HTTP_)?401\b|\bUnauthorized\("
)
_CREDENTIALS = frozenset({"authorization", "x_api_key", "credentials", "x_token"})
_DEPENDS = frozenset({"Depends", "Security"})
_MAX_DEPTH = 5


def is_secured(contract: Contract, operation: Json) -> bool:
    """Whether a contract demands credentials for an operation: `security`, its own or the document's, without `{}`."""
    wanted = operation["security"] if "security" in operation else contract.document.get("security")
    return bool(listing(wanted)) and {} not in listing(wanted)


def asks_who_calls(project: Project, route: Route, chain: tuple[Router, ...]) -> bool:
    """Whether the handler, its decorators, its dependencies or middleware before it look for credentials."""
    for router in chain:
        if any(_place_asks(project, *guard) for guard in router.guards):
            return True
        for middleware in router.middleware:
            known = middleware.target
            if _body_asks(project, *known, 0) if known else bool(_ASKS.search(middleware.name)):
                return True
    if isinstance(route.at, ast.Call):
        given = [k.value for k in route.at.keywords if k.arg in {"dependencies", "auth", "security"}]
        if any(_place_asks(project, route.file, value) for value in given):
            return True
    if route.handler is None:
        return True  # a handler of a library: nothing can be said
    file, function = route.handler
    return _decorated(project, file, function) or _body_asks(project, file, function, 0)


def _decorated(project: Project, file: PyFile, function: Function) -> bool:
    cls = next((a for a in file.ancestors(function) if isinstance(a, ast.ClassDef)), None)
    decorators = [*function.decorator_list, *(cls.decorator_list if cls else [])]
    for decorator in decorators:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        found = project.definition(file, target)
        if found and isinstance(found[1], Function):
            if _body_asks(project, *found, 0):
                return True
        elif _ASKS.search(ast.unparse(target).rpartition(".")[2]):
            return True
    fields = [item for item in cls.body if isinstance(item, ast.Assign)] if cls else []  # Flask: `decorators = […]`
    listed = [ast.unparse(field.value) for field in fields if "decorators" in ast.unparse(field.targets[0])]
    return any(_ASKS.search(text) for text in listed)


def _place_asks(project: Project, file: PyFile, node: ast.AST) -> bool:
    """Whether one of the dependencies in an expression looks for credentials."""
    return any(_dependency_asks(project, where, target, 0) for where, target in dependencies(project, file, node, 0))


def dependencies(project: Project, file: PyFile, node: ast.AST, depth: int) -> Iterator[Place]:
    """What `Depends(…)` and `Security(…)` name in an expression, also through aliases of annotated types."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and file.dotted(part.func).rpartition(".")[2] in _DEPENDS:
            named = (keyword.value for keyword in part.keywords if keyword.arg == "dependency")
            target = part.args[0] if part.args else next(named, None)
            yield from [(file, target)] if target is not None else []
            if file.dotted(part.func).endswith("Security"):
                yield file, ast.Name("security")
        elif isinstance(part, ast.Constant) and part is node and depth < _MAX_DEPTH and (quoted := unquoted(part)):
            yield from dependencies(project, file, quoted, depth + 1)
        elif isinstance(part, ast.Name | ast.Attribute) and depth < _MAX_DEPTH:
            found = project.definition(file, part)
            if found and isinstance(found[1], ast.Subscript | ast.List | ast.Tuple | ast.Call):
                yield from dependencies(project, *found, depth + 1)


def _dependency_asks(project: Project, file: PyFile, node: ast.AST, depth: int) -> bool:
    if depth > _MAX_DEPTH:
        return False
    if isinstance(node, ast.Call):  # `Depends(RoleChecker("admin"))`, `Depends(require("admin"))`
        return bool(_READS.search(ast.unparse(node.func))) or _dependency_asks(project, file, node.func, depth + 1)
    found = project.definition(file, node)
    if found is None:
        return bool(_ASKS.search(ast.unparse(node)) or _READS.search(ast.unparse(node)))
    where, target = found
    if isinstance(target, Function | ast.ClassDef):
        return _body_asks(project, where, target, depth + 1)
    return _dependency_asks(project, where, target, depth + 1) if target is not node else False


def _body_asks(project: Project, file: PyFile, node: ast.AST, depth: int) -> bool:
    """Whether code looks for credentials, itself or in what it depends on or calls within the tree."""
    text = _text(node)
    if _READS.search(text) or _HEADER.search(text) or _REFUSES.search(text):
        return True
    if depth > _MAX_DEPTH:
        return False
    if isinstance(node, Function) and _parameters_ask(project, file, node, depth):
        return True
    calls = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    called = [found for func in calls if (found := project.definition(file, func))]
    return any(
        _body_asks(project, where, target, depth + 2)
        for where, target in called
        if isinstance(target, Function) and target is not node
    )


def _text(node: ast.AST) -> str:
    """Code as text; of a function its parameters and body: decorators document answers that others give."""
    if isinstance(node, Function):
        return "\n".join(map(ast.unparse, [node.args, *node.body]))
    return ast.unparse(node)


def _parameters_ask(project: Project, file: PyFile, function: Function, depth: int) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    used = {part.id for node in function.body for part in ast.walk(node) if isinstance(part, ast.Name)}
    if {argument.arg for argument in arguments} & _CREDENTIALS & used:
        return True
    given = [*(a.annotation for a in arguments), *function.args.defaults, *function.args.kw_defaults]
    places = [place for value in given if value is not None for place in dependencies(project, file, value, 0)]
    return any(_dependency_asks(project, *place, depth + 1) for place in places)
