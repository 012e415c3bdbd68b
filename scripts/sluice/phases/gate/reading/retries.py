"""Loops and decorators that try again, and what ends them."""

import ast
import re
from collections.abc import Iterator

from sluice.phases.gate.reading.python import Function, PyFile

Loop = ast.While | ast.For
_ENDLESS = frozenset({"itertools.count", "itertools.cycle", "itertools.repeat"})
_PAUSES = frozenset({"sleep", "wait", "wait_for", "pause", "delay", "backoff"})
# Exceptions after which the next round does something else: other input, another name, the next item.
_NO_FAILURE = frozenset(
    re.findall(
        r"\w+",
        "ValueError TypeError KeyError IndexError LookupError AttributeError StopIteration StopAsyncIteration Empty "
        "QueueEmpty Full QueueFull IntegrityError UniqueViolation UniqueViolationError DuplicateKeyError "
        "FileExistsError UnicodeDecodeError JSONDecodeError EOFError InterruptedError BlockingIOError WatchError "
        "KeyboardInterrupt CancelledError ValidationError DoesNotExist ProcessLookupError",
    )
)
_GROWS = (ast.Mult, ast.Pow, ast.LShift)
# Decorator or class → keywords that bound it; without any of them it goes on for ever.
_UNBOUNDED = {
    "tenacity.retry": {"stop"},
    "tenacity.Retrying": {"stop"},
    "tenacity.AsyncRetrying": {"stop"},
    "retrying.retry": {"stop_max_attempt_number", "stop_max_delay", "stop_func", "stop"},
    "retry.retry": {"tries"},
    "retry.api.retry": {"tries"},
    "backoff.on_exception": {"max_tries", "max_time"},
    "backoff.on_predicate": {"max_tries", "max_time"},
}
_NEVER = {"tenacity.stop.stop_never", "tenacity.stop_never"}


def unbounded(file: PyFile) -> Iterator[tuple[ast.AST, str]]:
    """Places that try again without end, each with what it is."""
    loops: list[Loop] = [*file.every(ast.While), *file.every(ast.For)]
    for loop in loops:
        if what := _loop(file, loop):
            yield loop, what
    for name in ("tenacity", "retrying", "retry", "backoff"):
        if any(dotted.split(".")[0] == name for dotted in file.imports.values()):
            yield from _library(file)
            break
    for function in file.functions():
        yield from _recursive(function)


def _loop(file: PyFile, loop: Loop) -> str:
    flag = _endless(file, loop)
    if flag is None:
        return ""
    tries = [node for node in _own(loop.body) if isinstance(node, ast.Try)]
    for attempt in tries:
        if not attempt.handlers or not all(_swallows(file, handler) for handler in attempt.handlers):
            continue
        if _limited(loop, attempt) or _grows(loop):
            continue
        again = all(isinstance(handler.body[-1], ast.Continue) for handler in attempt.handlers)
        if _after(loop, attempt) and not again:
            continue  # whatever happened, the loop ends behind it
        body = [*attempt.body, *attempt.orelse]
        succeeds = _leaves(body) or _sets(body, flag) or _after(loop, attempt)
        if succeeds:
            return "this loop tries again until it succeeds"
        if loop.body and _first(loop) is attempt and not _pauses(loop) and _calls_out(attempt):
            return "this loop tries again at once, for ever"
    return ""


def _endless(file: PyFile, loop: Loop) -> str | None:
    """'' for a loop without a condition, the name of its flag for `while not connected`; None for any other."""
    if isinstance(loop, ast.For):
        call = loop.iter
        return "" if isinstance(call, ast.Call) and file.dotted(call.func) in _ENDLESS and _open(call) else None
    test = loop.test
    if isinstance(test, ast.Constant) and test.value:
        return ""
    if (
        isinstance(test, ast.UnaryOp)
        and isinstance(test.op, ast.Not)
        and isinstance(test.operand, ast.Name | ast.Attribute)
    ):
        return ast.unparse(test.operand)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and len(test.ops) == 1:
        return ast.unparse(test.left)
    return None


def _open(call: ast.Call) -> bool:
    return not (
        isinstance(call.func, ast.Attribute | ast.Name) and len(call.args) > 1 and "repeat" in ast.unparse(call.func)
    )


def _own(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a block at any depth, not those of functions, classes or loops inside it."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.With | ast.AsyncWith | ast.Try):
            for part in ("body", "orelse", "finalbody"):
                yield from _own(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _own(handler.body)


def _swallows(file: PyFile, handler: ast.ExceptHandler) -> bool:
    """Whether a failure ends nothing: the handler neither leaves nor raises, and it is of a failure."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    names = {file.dotted(kind).rpartition(".")[2] for kind in kinds}
    return not (names and names <= _NO_FAILURE) and not _leaves(handler.body)


def _leaves(body: list[ast.stmt]) -> bool:
    if any(isinstance(node, ast.Return | ast.Break | ast.Raise) for node in _own(body)):
        return True
    inner = (part for node in _own(body) if isinstance(node, ast.For | ast.While) for part in ast.walk(node))
    calls = (node.value for node in _own(body) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    exits = any(ast.unparse(call.func).rpartition(".")[2] in {"exit", "_exit", "abort", "fail"} for call in calls)
    return exits or any(isinstance(part, ast.Return | ast.Raise) for part in inner)


def _sets(body: list[ast.stmt], flag: str) -> bool:
    assigned = (t for node in _own(body) if isinstance(node, ast.Assign | ast.AnnAssign) for t in _targets(node))
    return bool(flag) and flag in {ast.unparse(target) for target in assigned}


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _after(loop: Loop, attempt: ast.Try) -> bool:
    """Whether what follows the attempt in the loop leaves it: the handlers then `continue`."""
    later = [node for node in loop.body if node.lineno > (attempt.end_lineno or attempt.lineno)]
    return any(isinstance(node, ast.Return | ast.Break) for node in later)


def _limited(loop: Loop, attempt: ast.Try) -> bool:
    """Whether something counts or watches the clock: a raise, or an exit under a comparison of sizes."""
    inside = set(_own([*attempt.body, *attempt.orelse]))
    for node in _own(loop.body):
        if isinstance(node, ast.Raise) and node not in inside:
            return True
        sized = isinstance(node, ast.If) and any(
            isinstance(part, ast.Compare)
            and any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in part.ops)
            for part in ast.walk(node.test)
        )
        if sized and isinstance(node, ast.If) and _leaves([*node.body, *node.orelse]):
            return True
    timed = (call for call in ast.walk(loop) if isinstance(call, ast.Call))
    return any(ast.unparse(call.func).endswith(("is_set", "should_stop")) for call in timed)


def _grows(loop: Loop) -> bool:
    """Whether the pause gets longer: `delay *= 2`, `min(delay * 2, 60)`, `2 ** attempt`."""
    if not _pauses(loop):
        return False
    parts = list(ast.walk(loop))
    return any(
        isinstance(part, ast.BinOp | ast.AugAssign)
        and isinstance(part.op, _GROWS)
        and not (
            isinstance(part, ast.BinOp) and isinstance(part.left, ast.Constant) and isinstance(part.left.value, str)
        )
        for part in parts
    ) or any("backoff" in ast.unparse(part.func).lower() for part in parts if isinstance(part, ast.Call))


def _pauses(loop: Loop) -> bool:
    calls = (node for node in ast.walk(loop) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func).rpartition(".")[2] in _PAUSES for call in calls)


def _first(loop: Loop) -> ast.stmt | None:
    first: ast.stmt = loop.body[0]
    while isinstance(first, ast.With | ast.AsyncWith):
        first = first.body[0]
    return first


def _calls_out(attempt: ast.Try) -> bool:
    """Whether what is tried is a call at all, awaited or plain; reading from a queue or a user waits by itself."""
    calls = [part for node in attempt.body for part in ast.walk(node) if isinstance(part, ast.Call)]
    names = {ast.unparse(call.func).rpartition(".")[2] for call in calls}
    return bool(calls) and not names & {
        "input",
        "get_message",
        "listen",
        "accept",
        "readline",
        "recv",
        "receive",
        "get",
    }


def _library(file: PyFile) -> Iterator[tuple[ast.AST, str]]:
    for call in file.every(ast.Call):
        bounds = _UNBOUNDED.get(file.dotted(call.func))
        if bounds is None or any(keyword.arg is None for keyword in call.keywords):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        bounding = [given[name] for name in bounds if name in given and not _never(file, given[name])]
        if not bounding:
            yield call, f"{ast.unparse(call.func)} has no limit"
    for node in file.functions():
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) and file.dotted(decorator) in _UNBOUNDED:
                yield decorator, f"@{ast.unparse(decorator)} has no limit"


def _never(file: PyFile, value: ast.expr) -> bool:
    if isinstance(value, ast.Constant) and value.value in {None, -1}:
        return True
    return file.dotted(value) in _NEVER


def _recursive(function: Function) -> Iterator[tuple[ast.AST, str]]:
    """A function that calls itself again when it failed, with nothing that counts."""
    for attempt in (node for node in _own(function.body) if isinstance(node, ast.Try)):
        for handler in attempt.handlers:
            again = [call for node in handler.body for call in ast.walk(node) if _calls(call, function.name)]
            plain = all(isinstance(a, ast.Name) for call in again for a in _arguments(call))
            raises = any(isinstance(part, ast.Raise | ast.If) for node in handler.body for part in ast.walk(node))
            if again and plain and not raises:
                yield again[0], f"{function.name} calls itself again when it fails"


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {name, f"self.{name}"}


def _arguments(call: ast.AST) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)] if isinstance(call, ast.Call) else []
