"""Text-preserving edits at places that the syntax offers: functions, handlers, modules, any text file."""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator

from sluice.commands.gate_proof.mutation import Edit, Site, Unfit
from sluice.commands.gate_proof.tree import Place

Function = ast.FunctionDef | ast.AsyncFunctionDef
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "route", "api_route"})
_CODE = ("app/*.py", "src/*.py", "*/app/*.py", "*.py")
_LEFT_OUT = re.compile(r"(?:^|/)(?:tests?|migrations)/|/(?:conftest|cli|test_\w+)\.py$")


def modules(site: Site) -> list[str]:
    """Python modules that the service ships.

    Raises:
        Unfit: there are none.
    """
    return [path for path in site.files(*_CODE) if not _LEFT_OUT.search(path) and "def " in site.tree.read(path)]


def in_function(code: str, *, imports: str = "") -> Edit:
    """`code` first in the body of some function of the service."""
    return _in_body(code, imports, lambda _: True)


def in_handler(code: str, *, imports: str = "") -> Edit:
    """`code` first in the body of some route handler."""
    return _in_body(code, imports, _is_handler)


def _is_handler(node: Function) -> bool:
    calls = (d.func for d in node.decorator_list if isinstance(d, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in _VERBS for call in calls)


def _in_body(code: str, imports: str, wanted: Callable[[Function], bool]) -> Edit:
    def edit(site: Site) -> None:
        found = [(path, node) for path in modules(site) for node in _functions(site, path) if wanted(node)]
        if not found:
            raise Unfit(f"{site.service.name} has no such function")
        path, node = site.choice.choice(found)
        body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
        indent = " " * body[0].col_offset
        first = min([body[0].lineno, *(d.lineno for d in getattr(body[0], "decorator_list", []))])
        site.places += site.tree.splice(path, first, first - 1, textwrap.indent(tidy(code), indent))
        _import(site, path, imports)

    return edit


def _functions(site: Site, path: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(site.tree.read(path))):
        if isinstance(node, Function) and node.body[0].lineno > node.lineno:
            yield node


def at_end(code: str, *, imports: str = "", of: str = "") -> Edit:
    """`code` at the end of some module, or of a module of this name."""

    def edit(site: Site) -> None:
        path = site.choice.choice(site.files(of) if of else modules(site))
        last = site.tree.read(path).rstrip("\n").count("\n") + 2
        site.places += site.tree.splice(path, last, last, f"\n\n{tidy(code)}\n")
        _import(site, path, imports)

    return edit


def _import(site: Site, path: str, imports: str) -> None:
    if not imports:
        return
    nodes = ast.parse(site.tree.read(path)).body
    first = next((n.lineno for n in nodes if isinstance(n, ast.Import | ast.ImportFrom) and not _future(n)), 0)
    if not first:
        documented = bool(nodes) and ast.get_docstring(ast.Module(nodes, [])) is not None
        first = (nodes[0].end_lineno or 0) + 1 if documented else 1
    site.places += site.tree.splice(path, first, first - 1, tidy(imports))


def _future(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def new_file(path: str, text: str) -> Edit:
    """A new file; `{pkg}` is the folder of the service's code."""

    def edit(site: Site) -> None:
        package = modules(site)[0].rpartition("/")[0].removeprefix(site.service.folder).strip("/")
        where = f"{site.service.folder}/{path.replace('{pkg}', package or '.')}".replace("/./", "/")
        site.places += site.tree.add(where, tidy(text) + "\n")

    return edit


def swap(pattern: str, replacement: str, *files: str) -> Edit:
    """The first match of a regular expression (multi-line mode) in the files is replaced; groups as in `re`."""

    def edit(site: Site) -> None:
        for path in site.files(*files) if files else modules(site):
            if swapped(site, path, pattern, replacement, (0, len(site.tree.read(path)))):
                return
        raise Unfit(f"{site.service.name}: nothing matches {pattern}")

    return edit


def swapped(site: Site, path: str, pattern: str, replacement: str, within: tuple[int, int]) -> bool:
    """Replace the first match between two offsets of a file; whether there was one."""
    text = site.tree.read(path)
    found = re.compile(pattern, re.MULTILINE).search(text, *within)
    if not found:
        return False
    first, last = text.count("\n", 0, found.start()) + 1, text.count("\n", 0, found.end()) + 1
    begin, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
    end = len(text) if end < 0 else end
    new = text[begin : found.start()] + found.expand(replacement) + text[found.end() : end]
    site.places += site.tree.splice(path, first, last, new)
    return True


def anywhere(edit: Edit, *files: str) -> Edit:
    """The same edit, but the finding may stand on any line of the file it changed (of `files`, where given)."""

    def wider(site: Site) -> None:
        edit(site)
        paths = site.files(*files) if files else sorted({place.path for place in site.places})
        site.places[:] = [whole(site, path) for path in paths]

    return wider


def at(pattern: str, edit: Edit, *files: str) -> Edit:
    """The same edit, but the finding belongs to the line that matches a regular expression."""

    def told(site: Site) -> None:
        edit(site)
        site.places.clear()
        for path in site.files(*files) if files else modules(site):
            for number, line in enumerate(site.tree.read(path).split("\n"), start=1):
                if re.search(pattern, line):
                    site.places.append(site.tree.place(path, number, number))

    return told


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(site: Site) -> None:
        for one in edits:
            one(site)

    return edit


def whole(site: Site, path: str) -> Place:
    """All lines of a file."""
    return site.tree.place(path, 1, site.tree.read(path).count("\n") + 1)


def tidy(code: str) -> str:
    """A snippet without the indentation of the module that holds it."""
    return textwrap.dedent(code).strip("\n")


_FRAMEWORKS = frozenset({"FastAPI", "Flask", "Starlette"})


def after_app(code: str, *, imports: str = "") -> Edit:
    """`code` right after the served application is made; `APP` in it is the application's name."""

    def edit(site: Site) -> None:
        path, node = application(site)
        name = node.targets[0].id if isinstance(node.targets[0], ast.Name) else "app"
        text = textwrap.indent(re.sub(r"\bAPP\b", name, tidy(code)), " " * node.col_offset)
        line = (node.end_lineno or node.lineno) + 1
        site.places += site.tree.splice(path, line, line - 1, text)
        _import(site, path, imports)

    return edit


def application(site: Site) -> tuple[str, ast.Assign]:
    """Path and statement that makes the service's application; of several the one that the last module makes.

    Raises:
        Unfit: there is none.
    """
    found = [
        (path, node)
        for path in modules(site)
        for node in ast.walk(ast.parse(site.tree.read(path)))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "app"
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in _FRAMEWORKS
    ]
    if not found:
        raise Unfit(f"{site.service.name} makes no application")
    return found[-1]


def at_app(edit: Edit) -> Edit:
    """The same edit, but the finding belongs where the application is made."""

    def told(site: Site) -> None:
        edit(site)
        path, node = application(site)
        site.places[:] = [site.tree.place(path, node.lineno, node.lineno)]

    return told


def substituted(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """A change of text: each pattern, whose `^` and `$` are ends of lines, by its replacement, one after the other."""

    def change(text: str) -> str:
        for pattern, replacement in pairs:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        return text

    return change
