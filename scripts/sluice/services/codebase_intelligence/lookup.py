"""From a name to definitions, through re-exports, on any store of symbols."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from sluice.services.codebase_intelligence.facts import IMPORT, REEXPORT
from sluice.services.codebase_intelligence.grammars import language_of
from sluice.services.codebase_intelligence.names import Wanted
from sluice.services.codebase_intelligence.ranking import Candidate, ranked, shared_directories

MAX_FOUND: Final = 100
_MAX_HOPS: Final = 8
_MAX_FOLLOWED: Final = 50


class Row(NamedTuple):
    """A stored symbol; `prefix` is what its path puts before `qualified`, `module` the part of that to show."""

    qualified: str
    kind: str
    path: str
    line: int
    end_line: int
    target: str
    prefix: str
    module: str


class Symbols(Protocol):
    """A store of symbols."""

    def definitions(self, name: str, parent: str, path: str = "") -> Sequence[Row]:
        """Definitions with this last part, and unless '' this last but one and path (or end of it), the best first."""
        ...

    def imports(self, name: str, parent: str, path: str = "") -> Sequence[Row]:
        """The same for imports and re-exports; `name` is `*` for those that take everything."""
        ...

    def exported(self, path: str) -> Sequence[Row]:
        """The `__all__` of one file."""
        ...

    def modules(self, name: str) -> Sequence[Row]:
        """Files that are modules with this last part of their name."""
        ...


@dataclass(frozen=True)
class _Search:
    symbols: Symbols
    near: str

    def run(self, want: Wanted) -> list[Candidate]:
        rows = self.symbols.definitions(want.name, "" if want.path else want.parent, want.path)
        found = {_place(row): self._candidate(row, want) for row in rows if _answers(row, want)}
        for row, via in self._through(want):
            found.setdefault(_place(row), self._candidate(row, want, via=via))
        if not found and len(want.parts) > 1:
            found = {_place(row): self._candidate(row, want, via=via) for row, via in self._members(want)}
        if not found:
            found = {_place(row): self._candidate(row, want) for row in self._unresolved(want)}
        if not found and not want.path:
            modules = [row for row in self.symbols.modules(want.name) if _answers(row, want)]
            found = {_place(row): self._candidate(row, want) for row in modules}
        return list(found.values())

    def _candidate(self, row: Row, want: Wanted, *, via: Row | None = None) -> Candidate:
        whole = ".".join(part for part in (row.module, row.qualified) if part)
        exact = len(want.parts) > 1 and whole == ".".join(want.parts)
        return Candidate(
            whole,
            IMPORT if row.kind == REEXPORT else row.kind,
            row.path,
            row.line,
            row.end_line,
            exact,
            shared_directories(row.path, self.near) if self.near else 0,
            row.qualified.count("."),
            f"{via.path}:{via.line}" if via else "",
        )

    def _through(self, want: Wanted) -> Iterator[tuple[Row, Row]]:
        """Definitions that carry this name somewhere else only."""
        followed = 0
        for row in self.symbols.imports(want.name, "" if want.path else want.parent, want.path):
            renamed = row.target.rpartition(":")[2] not in {want.name, ""}
            asked = _answers(row, want) and (len(want.parts) > 1 or want.path or (renamed and _is_reexport(row)))
            if asked and followed < _MAX_FOLLOWED:
                followed += 1
                yield from ((found, row) for found in self._follow(row, want.name, _MAX_HOPS))
        if len(want.parts) > 1 or want.path:
            stars = self.symbols.imports("*", "" if want.path else want.parent, want.path)
            for row in stars[:_MAX_FOLLOWED]:
                if _answers(row, want, star=True):
                    yield from ((found, row) for found in self._follow(row, want.name, _MAX_HOPS))

    def _members(self, want: Wanted) -> Iterator[tuple[Row, Row]]:
        """`package.Class.method` where the package only re-exports the class."""
        owner = Wanted(want.text, want.parts[:-1], want.path)
        for row, via in self._through(owner):
            for member in self.symbols.definitions(want.name, row.qualified.rpartition(".")[2], row.path):
                if member.path == row.path and member.qualified == f"{row.qualified}.{want.name}":
                    yield member, via

    def _unresolved(self, want: Wanted) -> list[Row]:
        """Re-exports of what is not in this tree."""
        rows = self.symbols.imports(want.name, "" if want.path else want.parent, want.path)
        return [row for row in rows if _is_reexport(row) and _answers(row, want)]

    def _follow(self, row: Row, local: str, hops: int) -> Iterator[Row]:
        module, _, name = row.target.rpartition(":")
        name = local if name == "*" else name
        if row.target.endswith(":*") and not self._lets_through(row, module, name):
            return
        at = (*module_parts(row, module), name)
        parent = at[-2] if len(at) > 1 else ""
        hit = [found for found in self.symbols.definitions(name, parent) if _ends(found, at)]
        yield from hit
        if not hit and hops and name:
            for star, rows in ((False, self.symbols.imports(name, parent)), (True, self.symbols.imports("*", parent))):
                for further in rows[:_MAX_FOLLOWED]:
                    inside = (*at[:-1], "*") if star else at
                    if further != row and _ends(further, inside):
                        yield from self._follow(further, name, hops - 1)

    def _lets_through(self, row: Row, module: str, name: str) -> bool:
        """Whether `import *` takes this name."""
        if not row.path.endswith((".py", ".pyi")):
            return True
        parts = module_parts(row, module)
        sources = [file for file in self.symbols.modules(parts[-1]) if _ends(file, parts)] if parts else []
        lists = [listed.target.split(",") for file in sources for listed in self.symbols.exported(file.path)]
        return any(name in listed for listed in lists) if lists else not name.startswith("_")


def find(symbols: Symbols, want: Wanted, *, near: str = "") -> list[tuple[Candidate, str]]:
    """Definitions of a name in the order of their rank, each with the reason; [] when there is none."""
    return ranked(_Search(symbols, near).run(want))[:MAX_FOUND]


def module_parts(row: Row, module: str) -> tuple[str, ...]:
    """The parts of an imported module's name as seen from the importing file."""
    language = language_of(row.path)
    own = tuple(row.prefix.split(".")) if row.prefix else ()
    if language is not None and language.name == "python":
        dots = len(module) - len(module.lstrip("."))
        rest = tuple(part for part in module.split(".") if part)
        if not dots:
            return rest
        package = own if row.path.rsplit("/", 1)[-1].startswith("__init__.") else own[:-1]
        return (*package[: len(package) - dots + 1], *rest)
    if module.startswith("."):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(row.path), module))
        whole = path if language_of(path) is None else posixpath.splitext(path)[0]
        return tuple(part for part in whole.removesuffix("/index").split("/") if part not in {"", ".", ".."})
    parts = (part for part in module.replace("::", "/").split("/") if part)
    return tuple(part for part in parts if part not in {"crate", "self", "super"})


def _is_reexport(row: Row) -> bool:
    return row.kind == REEXPORT or row.path.rsplit("/", 1)[-1].startswith("__init__.")


def _place(row: Row) -> tuple[str, int, str]:
    return row.path, row.line, row.qualified


def _answers(row: Row, want: Wanted, *, star: bool = False) -> bool:
    parts = (*want.parts[:-1], "*") if star else want.parts
    if not want.path:
        return _ends(row, parts)
    in_file = row.path == want.path or row.path.endswith(f"/{want.path}")
    return in_file and _is_end(row.qualified.split("."), parts)


def _ends(row: Row, parts: Sequence[str]) -> bool:
    if len(parts) == 1 and row.kind == "route":
        return row.qualified == parts[0]
    prefix = row.prefix.split(".") if row.prefix else []
    return _is_end([*prefix, *(row.qualified.split(".") if row.qualified else [])], parts)


def _is_end(whole: Sequence[str], parts: Sequence[str]) -> bool:
    return len(whole) >= len(parts) and tuple(whole[len(whole) - len(parts) :]) == tuple(parts)
