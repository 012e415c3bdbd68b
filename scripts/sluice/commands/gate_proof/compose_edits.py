"""Text-preserving edits of a service's entry in the compose file."""

import re
import textwrap

from sluice.commands.gate_proof.edits import swapped, tidy
from sluice.commands.gate_proof.mutation import Edit, Site, Unfit


def block(site: Site) -> tuple[str, int, int]:
    """Path, first and last line of the service's entry in the compose file.

    Raises:
        Unfit: no compose file names it.
    """
    for path in site.tree.paths:
        if re.search(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$", path):
            lines = site.tree.read(path).split("\n")
            start = next((at for at, line in enumerate(lines) if line == f"  {site.service.name}:"), None)
            if start is not None:
                inside = (at for at in range(start + 1, len(lines)) if lines[at] and not lines[at].startswith("    "))
                return path, start + 1, next(inside, len(lines))
    raise Unfit(f"no compose file names {site.service.name}")


def in_compose(text: str, *, drop: str = "") -> Edit:
    """`text` first in the service's compose entry, after dropping the keys `drop` (words) from it."""

    def edit(site: Site) -> None:
        for key in drop.split():
            _drop(site, key)
        path, first, _ = block(site)
        site.places += site.tree.splice(path, first + 1, first, textwrap.indent(tidy(text), "    "))

    return edit


def _drop(site: Site, key: str) -> None:
    path, first, last = block(site)
    lines = site.tree.read(path).split("\n")
    start = next((at for at in range(first, last) if lines[at].startswith(f"    {key}:")), None)
    if start is not None:
        ends = (at for at in range(start + 1, last) if re.match(r" {4}[^ #-]", lines[at]))
        site.tree.cut(path, start + 1, next(ends, last))


def swap_compose(pattern: str, replacement: str) -> Edit:
    """A regular expression replaced inside the service's compose entry."""

    def edit(site: Site) -> None:
        path, first, last = block(site)
        lines = site.tree.read(path).split("\n")
        before = sum(len(line) + 1 for line in lines[: first - 1])
        within = before, before + sum(len(line) + 1 for line in lines[first - 1 : last])
        if not swapped(site, path, pattern, replacement, within):
            raise Unfit(f"{site.service.name}: nothing in compose matches {pattern}")

    return edit


def drop_compose(*keys: str) -> Edit:
    """The service's compose entry without these keys; the finding may stand anywhere in it."""

    def edit(site: Site) -> None:
        before = site.tree.read(block(site)[0])
        for key in keys:
            _drop(site, key)
        path, first, last = block(site)
        if site.tree.read(path) == before:
            raise Unfit(f"{site.service.name} has no {keys} in compose")
        site.places.append(site.tree.place(path, first, last))

    return edit


def in_block(edit: Edit) -> Edit:
    """The same edit, but the finding may stand anywhere in the service's compose entry."""

    def told(site: Site) -> None:
        edit(site)
        site.places[:] = [site.tree.place(*block(site))]

    return told
