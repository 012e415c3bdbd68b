"""HTTP calls that may wait for ever."""

import ast
from collections.abc import Iterator

from sluice.phases.gate.reading.python import PyFile

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_SESSIONS = frozenset({"requests.Session", "requests.session", "requests.sessions.Session"})
_AIOHTTP = "aiohttp.ClientSession"
_HTTPX = frozenset({"httpx.Client", "httpx.AsyncClient", *(f"httpx.{verb}" for verb in (*_VERBS, "stream"))})
_LIMITS = frozenset({"httpx.Timeout", "aiohttp.ClientTimeout"})
_CONNECTIONS = frozenset({"http.client.HTTPConnection", "http.client.HTTPSConnection"})
_POOL = "urllib3.PoolManager"
_OPEN = "urllib.request.urlopen"
_LIBRARIES = frozenset({"requests", "httpx", "aiohttp", "urllib", "http", "urllib3"})
_URLOPEN_TIMEOUT, _CONNECTION_TIMEOUT = 2, 2


def without_timeout(file: PyFile) -> Iterator[tuple[ast.Call, str]]:
    """Calls that make a request, or a client, without a limit of time; each with what it is."""
    if not _LIBRARIES & {dotted.split(".")[0] for dotted in file.imports.values()}:
        return
    made = _made(file)
    for call in file.every(ast.Call):
        if any(keyword.arg is None for keyword in call.keywords):
            continue  # `**options` may hold it
        if what := _endless(file, call, made):
            yield call, what


def _made(file: PyFile) -> dict[str, ast.Call]:
    """What a name or attribute was made by, when that is a client: `session`, `self.session`."""
    found: dict[str, ast.Call] = {}
    bound: list[tuple[ast.expr | None, ast.expr | None]] = [
        *((target, node.value) for node in file.every(ast.Assign) for target in node.targets),
        *((node.target, node.value) for node in file.every(ast.AnnAssign)),
        *((node.optional_vars, node.context_expr) for node in file.every(ast.withitem)),
    ]
    for target, value in bound:
        if target and isinstance(value, ast.Call) and file.dotted(value.func) in {*_SESSIONS, _AIOHTTP, _POOL}:
            found[ast.unparse(target)] = value
    return found


def _endless(file: PyFile, call: ast.Call, made: dict[str, ast.Call]) -> str:
    dotted = file.dotted(call.func)
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "timeout"), None)
    none = given is not None and _is_none(file, given)
    if dotted in _HTTPX:
        return f"{dotted} with timeout=None" if none else ""
    if dotted in _LIMITS:
        return f"{dotted} without any limit" if _unlimited(file, call) else ""
    if given is not None and not none:
        return ""
    owner, _, verb = dotted.rpartition(".")
    waits = (owner in {"requests", "requests.api"} and verb in _VERBS) or _is_session_call(file, call, made)
    waits = waits or (dotted == _AIOHTTP and (none or not _limits_each(file, call, made)))
    waits = waits or (dotted == _OPEN and len(call.args) <= _URLOPEN_TIMEOUT)
    waits = waits or (dotted in _CONNECTIONS and len(call.args) <= _CONNECTION_TIMEOUT)
    return f"{dotted or ast.unparse(call.func)}()" if waits else ""


def _unlimited(file: PyFile, call: ast.Call) -> bool:
    """`Timeout(None)`, `ClientTimeout(total=None)`; a limit of another kind beside it will do."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(values) and all(_is_none(file, value) for value in values)


def _is_session_call(file: PyFile, call: ast.Call, made: dict[str, ast.Call]) -> bool:
    """`session.get(…)` of requests, or of a pool of urllib3 that has no limit itself."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _VERBS:
        return False
    if isinstance(call.func.value, ast.Call):
        return file.dotted(call.func.value.func) in _SESSIONS
    origin = made.get(ast.unparse(call.func.value))
    dotted = file.dotted(origin.func) if origin else ""
    limited = origin is not None and dotted == _POOL and any(k.arg == "timeout" for k in origin.keywords)
    return dotted in {*_SESSIONS, _POOL} and not limited


def _limits_each(file: PyFile, session: ast.Call, made: dict[str, ast.Call]) -> bool:
    """Whether the requests of a session carry limits of their own."""
    names = {name for name, call in made.items() if call is session}
    requests = [
        call
        for call in file.every(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _VERBS and ast.unparse(call.func.value) in names
    ]
    return bool(requests) and all(any(k.arg in {"timeout", None} for k in call.keywords) for call in requests)


def _is_none(file: PyFile, node: ast.expr) -> bool:
    value = file.top.get(node.id, node) if isinstance(node, ast.Name) else node
    return isinstance(value, ast.Constant) and value.value is None
