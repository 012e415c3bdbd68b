"""Tests as they are written: what they assert, and which are never run."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sluice.phases.gate.reading.python import Function, PyFile

_CHECKS = re.compile(
    r"assert|raises|warns|fail|expect|verify|check|validate|should|must|compare|ensure|raise_for_status|snapshot|"
    r"deprecated_call|xfail|skip|run_module_suite|matches|benchmark",
    re.IGNORECASE,
)
_HARMLESS_NAMES = re.compile(
    r"smoke|import|without_error|no_error|not_raise|not_fail|not_crash|no_exception|doesnt|does_not|can_be|works_with|"
    r"not_hang|idempotent|is_harmless|without_crash|starts|compiles|noop|is_allowed|accepts|runs|twice|again",
    re.IGNORECASE,
)
_TEST_FILE = re.compile(r"test_.*\.py|.*_tests?\.py|tests?\.py")
_FAILURES = frozenset({"AssertionError", "Exception", "BaseException"})
_SAME_SIDES = (ast.Eq, ast.Is, ast.LtE, ast.GtE)


@dataclass(frozen=True, eq=False)
class Weakness:
    """A place in a test that proves nothing, and why."""

    node: ast.AST
    why: str


def is_test_file(name: str) -> bool:
    """Whether pytest or unittest collects a file of this name."""
    return bool(_TEST_FILE.fullmatch(name))


@dataclass(frozen=True)
class Suite:
    """The test modules of one service (or of none); helpers are found in any of them."""

    files: tuple[PyFile, ...]

    @cached_property
    def asserting(self) -> frozenset[str]:
        """Names of functions that assert something, themselves or through others of them."""
        bodies = [(f.name, f) for file in self.files for f in file.functions()]
        known = {name for name, function in bodies if _asserts(function, frozenset())}
        while True:
            more = {name for name, function in bodies if name not in known and _asserts(function, frozenset(known))}
            if not more:
                return frozenset(known)
            known |= more

    def weaknesses(self, file: PyFile) -> Iterator[Weakness]:
        """What in one module proves nothing."""
        yield from _skipped_modules(file)
        for function in tests_of(file):
            skip = next(filter(None, map(_skip, function.decorator_list)), None) or _skips_first(function)
            if skip is not None:
                yield Weakness(skip, f"{function.name} is always skipped")
                continue
            always = [Weakness(node, why) for node in _asserted(function) if (why := _always(node))]
            yield from always
            proves = _asserts(function, self.asserting) or _may_be_bare(function) or self._borrows(file, function)
            if not always and not proves:
                yield Weakness(function, f"{function.name} asserts nothing")

    def _borrows(self, file: PyFile, function: Function) -> bool:
        """Whether a test calls a helper of a test library that cannot be looked into."""
        called = (node.func for node in _live(function) if isinstance(node, ast.Call))
        names = (file.dotted(func) for func in called if isinstance(func, ast.Name) and func.id in file.imports)
        return any("test" in name.rpartition(".")[0] and name.rpartition(".")[2] not in self.defined for name in names)

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names of all functions of the suite."""
        return frozenset(function.name for file in self.files for function in file.functions())


def tests_of(file: PyFile) -> Iterator[Function]:
    """Test functions and methods, as pytest collects them."""
    for node in file.tree.body:
        if isinstance(node, Function) and node.name.startswith("test") and not _is_fixture(node):
            yield node
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or node.bases):
            yield from (item for item in node.body if isinstance(item, Function) and item.name.startswith("test"))


def _is_fixture(function: Function) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def assertions(function: Function) -> int:
    """How many statements of a test can fail it; those that always hold do not count."""
    real = sum(not _always(node) for node in _asserted(function))
    calls = (node for node in _live(function) if isinstance(node, ast.Call) and not _last(node).startswith("assert"))
    return real + sum(bool(_CHECKS.search(_last(call))) and not _is_skip(call) and not _always(call) for call in calls)


def skipped(function: Function) -> bool:
    """Whether a test is never run, or may fail."""
    marked = any("mark.xfail" in ast.unparse(d) or "expectedFailure" in ast.unparse(d) for d in function.decorator_list)
    return marked or any(map(_skip, function.decorator_list)) or _skips_first(function) is not None


def _live(node: ast.AST) -> Iterator[ast.AST]:
    """Every node beneath, but for what never runs (`if False:`) and assertions that somebody catches."""
    dead = _dead(node)
    for child in ast.iter_child_nodes(node):
        if child not in dead:
            yield child
            yield from _live(child)


def _dead(node: ast.AST) -> list[ast.stmt]:
    never = isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and not node.test.value
    caught = isinstance(node, ast.Try) and any(map(_catches, node.handlers))
    hidden = isinstance(node, ast.With) and any(_suppresses(item.context_expr) for item in node.items)
    return node.body if isinstance(node, ast.If | ast.Try | ast.With) and (never or caught or hidden) else []


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes failed assertions and lets the test go on."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    names = {ast.unparse(kind).rpartition(".")[2] for kind in kinds}
    ends = (ast.Raise, ast.Assert)
    fails = any(isinstance(part, ends) or _fails(part) for node in handler.body for part in ast.walk(node))
    return (not kinds or bool(names & _FAILURES)) and not fails


def _fails(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (_last(node) in {"fail", "exit"} or _last(node).startswith("assert"))


def _suppresses(node: ast.expr) -> bool:
    names = {ast.unparse(a).rpartition(".")[2] for a in node.args} if isinstance(node, ast.Call) else set()
    return isinstance(node, ast.Call) and _last(node) == "suppress" and bool(names & _FAILURES)


def _asserted(function: Function) -> Iterator[ast.Assert | ast.Call]:
    for node in _live(function):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _last(node).startswith("assert")):
            yield node


def _asserts(function: Function, helpers: frozenset[str]) -> bool:
    for node in _live(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.Call) and (_CHECKS.search(_last(node)) or _last(node) in helpers):
            return True
    return False


def _may_be_bare(function: Function) -> bool:
    """Whether running without an exception is what a test is about, or a fixture judges it."""
    if not _statements(function):
        return False
    given = {a.arg for a in (*function.args.args, *function.args.kwonlyargs)}
    return bool(_HARMLESS_NAMES.search(function.name)) or bool(given & {"benchmark", "snapshot", "capsys_check"})


def _statements(function: Function) -> list[ast.stmt]:
    return [
        node
        for node in function.body
        if not isinstance(node, ast.Pass) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def _last(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _always(node: ast.Assert | ast.Call) -> str:
    """Why an assertion cannot fail, '' when it can."""
    if isinstance(node, ast.Assert):
        return _always_true(node.test)
    name, arguments = _last(node), node.args
    if name == "assertTrue" and arguments:
        return _always_true(arguments[0])
    if name in {"assertEqual", "assertEquals", "assertIs"} and len(arguments) > 1 and _alike(*arguments[:2]):
        return "both sides are the same"
    return ""


def _always_true(test: ast.expr) -> str:
    if isinstance(test, ast.Constant) and test.value:
        return f"`assert {test.value!r}` always holds"[:60]
    if isinstance(test, ast.Tuple) and test.elts:
        return "a tuple is always true"
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = test.operand
        return "it always holds" if isinstance(inner, ast.Constant) and not inner.value else ""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return "one side of `or` always holds" if any(map(_always_true, test.values)) else ""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], _SAME_SIDES):
        return "both sides are the same" if _alike(test.left, test.comparators[0]) else ""
    return ""


def _alike(one: ast.expr, other: ast.expr) -> bool:
    """Equal expressions that nothing runs in: two calls may well give two results."""
    active = (ast.Call, ast.Await, ast.Yield)
    return ast.dump(one) == ast.dump(other) and not any(isinstance(part, active) for part in ast.walk(one))


def _is_skip(call: ast.Call) -> bool:
    return _last(call) in {"skip", "skipTest", "importorskip", "skipif", "skipIf", "skipUnless", "xfail"}


def _skip(decorator: ast.expr) -> ast.expr | None:
    """A decorator that skips on every machine."""
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ast.unparse(call.func if call else decorator)
    if re.fullmatch(r"(?:pytest\.)?mark\.skip|(?:unittest\.)?skip", name):
        return decorator
    if call and re.fullmatch(r"(?:pytest\.)?mark\.skipif|(?:unittest\.)?skipIf", name) and call.args:
        condition = call.args[0]
        return decorator if isinstance(condition, ast.Constant) and condition.value else None
    if call and re.fullmatch(r"(?:pytest\.)?mark\.xfail", name):
        runs = next((k.value for k in call.keywords if k.arg == "run"), None)
        return decorator if isinstance(runs, ast.Constant) and runs.value is False else None
    return None


def _skips_first(function: Function) -> ast.AST | None:
    """`pytest.skip(…)` or `self.skipTest(…)` without a condition, or a `return` before anything else happens."""
    body = _statements(function)
    if body and isinstance(body[0], ast.Return) and len(body) > 1:
        return body[0]
    called = (node.value for node in body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    return next((call for call in called if ast.unparse(call.func) in {"pytest.skip", "skip", "self.skipTest"}), None)


def _skipped_modules(file: PyFile) -> Iterator[Weakness]:
    for node in file.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            yield from (Weakness(node, "the whole module is skipped") for mark in marks if _skip(mark))
        called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        if called is not None and ast.unparse(called) in {"pytest.skip", "skip"}:
            yield Weakness(node, "the whole module is skipped")


def lost(before: Iterable[PyFile], after: Iterable[PyFile]) -> Iterator[tuple[PyFile | None, Function, str]]:
    """Tests that a later attempt took away, skips, or lets assert less: where they are now, and why."""
    now = {test.name: (file, test) for file in after for test in tests_of(file)}
    for file in before:
        for test in tests_of(file):
            found = now.get(test.name)
            if found is None:
                yield None, test, "was taken away"
            elif skipped(found[1]) and not skipped(test):
                yield *found, "is skipped now"
            elif assertions(found[1]) < assertions(test):
                yield *found, f"asserts {assertions(found[1])} things where it asserted {assertions(test)}"
