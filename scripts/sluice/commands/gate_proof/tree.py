"""The files of a system in memory, edited line by line; what was planted keeps its place through later edits."""

from collections.abc import Mapping
from dataclasses import dataclass

MARK = "§"
"""Stands in planted text on each line where a finding belongs; it never reaches the disk."""


@dataclass
class Place:
    """Lines of a file, counted from 1, both ends included; they move when text above them does."""

    path: str
    first: int
    last: int

    def holds(self, path: str, line: int, slack: int) -> bool:
        """Whether a finding here is one about this place."""
        return path == self.path and self.first - slack <= line <= self.last + slack


@dataclass(frozen=True)
class Snapshot:
    """Texts and places of a tree at one moment."""

    changed: dict[str, str]
    places: list[tuple[Place, int, int]]


class Tree:
    """Paths (POSIX, relative) and texts of a system while it is edited."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._base = files
        self._changed: dict[str, str] = {}
        self._places: list[Place] = []

    @property
    def paths(self) -> list[str]:
        """All paths, sorted."""
        return sorted({*self._base, *self._changed})

    @property
    def changed(self) -> dict[str, str]:
        """New texts of the files that were edited or added."""
        return dict(self._changed)

    def snapshot(self) -> "Snapshot":
        """How it stands now, for `restore`."""
        return Snapshot(dict(self._changed), [(place, place.first, place.last) for place in self._places])

    def restore(self, before: "Snapshot") -> None:
        """Undo everything since a snapshot."""
        self._changed = before.changed
        for place, first, last in before.places:
            place.first, place.last = first, last
        self._places = [place for place, _, _ in before.places]

    def read(self, path: str) -> str:
        """Text of a file as it stands now."""
        return self._changed[path] if path in self._changed else self._base[path]

    def add(self, path: str, text: str) -> list[Place]:
        """A new file, or a whole new text; returns the marked lines."""
        self._changed[path] = ""
        return self.splice(path, 1, 1, text)

    def splice(self, path: str, first: int, last: int, text: str) -> list[Place]:
        """Replace the lines `first` to `last` (last < first: insert before `first`); returns the marked lines."""
        lines, new = self.read(path).split("\n"), text.split("\n")
        for place in self._places:
            if place.path == path and place.first > last:
                shift = len(new) - (last - first + 1)
                place.first, place.last = place.first + shift, place.last + shift
        lines[first - 1 : max(last, first - 1)] = [line.replace(MARK, "") for line in new]
        self._changed[path] = "\n".join(lines)
        return [self.place(path, first + at, first + at) for at, line in enumerate(new) if MARK in line]

    def cut(self, path: str, first: int, last: int) -> None:
        """Take the lines `first` to `last` away."""
        lines = self.read(path).split("\n")
        del lines[first - 1 : last]
        for place in self._places:
            if place.path == path and place.first > last:
                place.first, place.last = place.first - (last - first + 1), place.last - (last - first + 1)
        self._changed[path] = "\n".join(lines)

    def place(self, path: str, first: int, last: int) -> Place:
        """A place that moves with its lines from now on."""
        place = Place(path, first, last)
        self._places.append(place)
        return place
