"""Names: what a path adds to those in a file, what kind of place it is, and how a question is read."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Final

from sluice.core.errors import InputError
from sluice.services.codebase_intelligence import languages
from sluice.services.codebase_intelligence.grammars import Language, language_of

PRODUCTION, OTHER, TEST = 0, 1, 2
PLACES: Final = ("production code", "an example, generated or vendored place", "test code")
_SOURCE_ROOTS: Final = frozenset({"lib", "source", "python"})  # at the top; `src` anywhere
_SEPARATORS: Final = re.compile(r"::|[.#]")
_PATH_AND_NAME: Final = re.compile(r"(?P<path>[^:]*\.\w+)(?:::|[:#])(?P<name>.+)")
_MAX_NAME: Final = 500


@dataclass(frozen=True)
class _Place:
    directories: frozenset[str]
    names: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]

    def holds(self, path: PurePosixPath) -> bool:
        return (
            path.name in self.names
            or path.name.startswith(self.prefixes)
            or path.name.endswith(self.suffixes)
            or not self.directories.isdisjoint(path.parts[:-1])
        )


@cache
def _places() -> tuple[_Place, _Place]:
    tables = tomllib.loads(resources.files(languages).joinpath("places.toml").read_text(encoding="utf-8"))
    made = {
        name: _Place(
            frozenset(table["directories"]),
            frozenset(table["names"]),
            tuple(table["prefixes"]),
            tuple(table["suffixes"]),
        )
        for name, table in tables.items()
    }
    return made["test"], made["other"]


@lru_cache(maxsize=65_536)
def place_of(path: str) -> int:
    """PRODUCTION, OTHER or TEST."""
    test, other = _places()
    pure = PurePosixPath(path)
    if test.holds(pure):
        return TEST
    return OTHER if other.holds(pure) else PRODUCTION


def prefix_of(path: str, language: Language | None) -> tuple[str, ...]:
    """The parts that the path puts before the names in a file; () where the language has its own name spaces."""
    if language is None or not language.paths:
        return ()
    pure = PurePosixPath(path)
    stem = pure.name.removesuffix(".d.ts") if pure.name.endswith(".d.ts") else pure.stem
    return pure.parts[:-1] if stem in language.index else (*pure.parts[:-1], stem)


def module_of(path: str, language: Language | None, packages: Collection[str]) -> tuple[str, ...]:
    """`prefix_of` without what lies above the package: `packages` are the directories with an `__init__.py`."""
    prefix = prefix_of(path, language)
    directories = PurePosixPath(path).parts[:-1]
    start = 0
    for depth, name in enumerate(directories, 1):
        is_package = "/".join(directories[:depth]) in packages
        is_root = name == "src" or (depth == 1 and name in _SOURCE_ROOTS) or not name.isidentifier()
        if is_root and not is_package:
            start = depth
    if language is not None and language.name == "python":
        inner = [at for at in range(start, len(directories)) if "/".join(directories[: at + 1]) in packages]
        start = inner[0] if inner else start
    return prefix[start:]


@dataclass(frozen=True)
class Wanted:
    """A question: the parts of a name, and the path (or its end) of the file that it names, '' for none."""

    text: str
    parts: tuple[str, ...]
    path: str = ""

    @property
    def name(self) -> str:
        """The last part."""
        return self.parts[-1]

    @property
    def parent(self) -> str:
        """The last part but one, '' when there is none."""
        return self.parts[-2] if len(self.parts) > 1 else ""


def wanted(text: str) -> Wanted:
    """Read `Name`, `Class.method`, `package.module.Name`, `ns::Name` or `path/file.py:Name`.

    Raises:
        InputError: it is empty, or too long.
    """
    stripped = text.strip()
    if not stripped or len(stripped) > _MAX_NAME or "\0" in stripped:
        raise InputError(f"{text[:80]!r} is no name", hint="for example `Order`, `Order.total` or `app/order.py:Order`")
    found = _PATH_AND_NAME.fullmatch(stripped)
    path, name = (found["path"], found["name"]) if found and language_of(found["path"]) else ("", stripped)
    if " /" in name:  # a route: `GET /orders/{id}`
        return Wanted(stripped, (name,), path.removeprefix("./"))
    parts = tuple(part for part in _SEPARATORS.split(name) if part) or (name,)
    return Wanted(stripped, parts, path.removeprefix("./"))
