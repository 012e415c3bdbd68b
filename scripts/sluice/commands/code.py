"""Questions about any source tree, without a stack: the code that the Codebase Intelligence service runs too."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.session import workspace
from sluice.core.errors import EXIT_OK
from sluice.core.files import mark_ours
from sluice.services.codebase_intelligence.answers import EventAnswer, FindAnswer, IndexAnswer, RouteAnswer, TreeAnswer
from sluice.services.codebase_intelligence.index import CodeIndex
from sluice.services.codebase_intelligence.questions import events, routes


def index(options: Options, *, root: Path) -> int:
    """Index a directory, or bring its index up to date."""
    with _opened(root) as tree:
        done = tree.refresh()
        answer = IndexAnswer(
            root=str(tree.root),
            files=done.files,
            read=done.read,
            removed=done.removed,
            symbols=done.symbols,
            tree_hash=done.tree_hash,
            skipped=tree.skipped(),
        )
    text = f"{answer.files} files, {answer.read} read now, {answer.removed} gone, {answer.symbols} symbols"
    return _say(options, answer, [{"index": text}])


def find(options: Options, *, names: Sequence[str], root: Path, near: str) -> int:
    """Where names are defined, on the tree as it is now."""
    with _opened(root) as tree:
        tree.refresh()
        results = tree.find(names, near=near)
        answer = FindAnswer(tree_hash=tree.tree_hash, results=results, skipped=tree.skipped())
    rows = [
        {"name": r.qualified_name, "kind": r.kind, "place": f"{r.path}:{r.line}", "reason": r.reason} for r in results
    ]
    return _say(options, answer, rows)


def route(options: Options, *, path: str, root: Path) -> int:
    """Which route serves a path."""
    with _opened(root) as tree:
        tree.refresh()
        results = tuple(routes(tree.database, path))
        answer = RouteAnswer(tree_hash=tree.tree_hash, results=results, skipped=tree.skipped())
    rows = [{"route": f"{r.method} {r.route}", "handler": r.handler, "place": f"{r.path}:{r.line}"} for r in results]
    return _say(options, answer, rows)


def event(options: Options, *, name: str, root: Path) -> int:
    """Who publishes and who consumes an event."""
    with _opened(root) as tree:
        tree.refresh()
        publishers, consumers = events(tree.database, name)
        answer = EventAnswer(
            event=name,
            tree_hash=tree.tree_hash,
            publishers=tuple(publishers),
            consumers=tuple(consumers),
            skipped=tree.skipped(),
        )
    sides = (("publishes", publishers), ("consumes", consumers))
    rows = [{"side": side, "call": u.call, "place": f"{u.path}:{u.line}"} for side, uses in sides for u in uses]
    return _say(options, answer, rows)


@contextmanager
def _opened(root: Path) -> Iterator[CodeIndex]:
    with CodeIndex(root, mark_ours(workspace().code)) as tree:
        yield tree


def _say(options: Options, answer: TreeAnswer, rows: Sequence[dict[str, str]]) -> int:
    output = Output(json=options.json)
    if options.json:
        output.print_json(answer.model_dump(mode="json"))
        return EXIT_OK
    output.table("results", rows)
    lines = [f"skipped {skipped.path}: {skipped.reason}" for skipped in answer.skipped]
    output.lines("tree", [f"true for {answer.tree_hash}", *lines])
    return EXIT_OK
