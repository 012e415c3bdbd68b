"""The service graph as coordinates: providers left, those who need them right, in columns without overlaps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from statistics import fmean
from typing import Literal

from sluice.model.decomposition import Decomposition

WIDTH, HEIGHT = 206.0, 78.0
GAP_X, GAP_Y = 142.0, 26.0
_LANE = 18.0
_APART = 3.5
_ROOM, _SMALLEST = 960.0, 0.76
_MARGIN = 12.0
_BEND = 70.0
_PORT = 24.0
_LABEL = (120.0, 15.0)

EdgeKind = Literal["depends", "event"]
_KINDS: tuple[EdgeKind, ...] = ("depends", "event")
Pair = tuple[str, str]
Line = tuple[Pair, EdgeKind]
Point = tuple[float, float]
Slot = tuple[str, ...]
"""A place in a column: (service,) or, where a long edge passes, (provider, user, rank)."""


@dataclass(frozen=True)
class Node:
    """A service's box; `x` and `y` are its upper left corner, in pixels."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A line from a provider to a user of it: `path` is SVG path data, the label's middle stands at (`x`, `y`)."""

    kind: EdgeKind
    source: str
    target: str
    events: tuple[str, ...]
    path: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The whole picture, in pixels."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def shown_width(self) -> float:
        """Pixels on the page: a wide picture is made smaller, but never so small that it cannot be read."""
        return self.width * min(1.0, max(_SMALLEST, _ROOM / self.width))


@dataclass
class Links:
    """What joins two services: provider → user."""

    depends: set[Pair] = field(default_factory=set)
    events: dict[Pair, list[str]] = field(default_factory=dict)

    @property
    def pairs(self) -> list[Pair]:
        """All joined pairs, sorted."""
        return sorted({*self.depends, *self.events})

    def of(self, kind: EdgeKind) -> Collection[Pair]:
        """The pairs that are joined in this way."""
        return self.depends if kind == "depends" else self.events


def service_graph(decomposition: Decomposition) -> Graph:
    """Services, their dependencies and the events between them."""
    names = [service.name for service in decomposition.service_map.services]
    links = links_of(decomposition, set(names))
    forward = _without_cycles(names, links.pairs)
    ranks = _ranks(names, forward)
    columns = _columns(ranks, forward)
    place, height = _place(columns)
    back = [pair for pair in links.pairs if pair not in forward]
    nodes = tuple(Node(name, *place[name,]) for name in names)
    edges = _apart(_edges(links, place, ranks, forward))
    return Graph(
        width=len(columns) * (WIDTH + GAP_X) - GAP_X + 2 * _MARGIN,
        height=height + (_BEND if back else 0.0) + 2 * _MARGIN,
        nodes=nodes,
        edges=edges,
    )


def links_of(decomposition: Decomposition, names: set[str]) -> Links:
    """Joined pairs of known services; what an event says and what its services say are put together."""
    links = Links()
    services = decomposition.service_map.services
    links.depends = {(need, s.name) for s in services for need in s.depends_on if need in names and need != s.name}
    for event in decomposition.events:
        publishers = {s.name for s in services if event.name in s.publishes} | ({event.publisher} & names)
        consumers = {s.name for s in services if event.name in s.consumes} | (set(event.consumers) & names)
        for pair in sorted((p, c) for p in publishers if p for c in consumers if p != c):
            links.events.setdefault(pair, []).append(event.name)
    return links


def _without_cycles(names: Sequence[str], pairs: Sequence[Pair]) -> set[Pair]:
    """The pairs but those that close a circle, so that columns exist."""
    kept: set[Pair] = set()
    reach: dict[str, set[str]] = {name: {name} for name in names}
    for source, target in pairs:
        if source in reach[target]:
            continue
        kept.add((source, target))
        for name in names:
            if source in reach[name]:
                reach[name] |= reach[target]
    return kept


def _ranks(names: Sequence[str], pairs: set[Pair]) -> dict[str, int]:
    ranks = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in pairs:
            ranks[target] = max(ranks[target], ranks[source] + 1)
    return ranks


def _columns(ranks: Mapping[str, int], pairs: set[Pair]) -> list[list[Slot]]:
    columns: list[list[Slot]] = [[] for _ in range(max(ranks.values(), default=0) + 1)]
    for name, rank in ranks.items():
        columns[rank].append((name,))
    neighbours: dict[Slot, list[Slot]] = {}
    for source, target in sorted(pairs):
        chain = _chain(source, target, ranks)
        for slot in chain[1:-1]:
            columns[int(slot[2])].append(slot)
        for left, right in pairwise(chain):
            neighbours.setdefault(right, []).append(left)
            neighbours.setdefault(left, []).append(right)
    for order in (range(1, len(columns)), range(len(columns) - 2, -1, -1), range(1, len(columns))):
        for index in order:
            _sort(columns, index, neighbours)
    return columns


def _chain(source: str, target: str, ranks: Mapping[str, int]) -> list[Slot]:
    between = [(source, target, str(rank)) for rank in range(ranks[source] + 1, ranks[target])]
    return [(source,), *between, (target,)]


def _sort(columns: list[list[Slot]], index: int, neighbours: Mapping[Slot, list[Slot]]) -> None:
    """Put each slot near the middle of its neighbours, which keeps crossings few."""
    at = {slot: place / len(column) for column in columns for place, slot in enumerate(column)}
    columns[index].sort(key=lambda slot: fmean([at[other] for other in neighbours.get(slot, [slot])]))


def _place(columns: Sequence[Sequence[Slot]]) -> tuple[dict[Slot, Point], float]:
    heights = [sum(_height(s) for s in column) + sum(_gap(*two) for two in pairwise(column)) for column in columns]
    tallest = max([*heights, HEIGHT])
    place: dict[Slot, Point] = {}
    for index, column in enumerate(columns):
        y = _MARGIN + (tallest - heights[index]) / 2
        for slot, below in zip_longest(column, column[1:]):
            place[slot] = (_MARGIN + index * (WIDTH + GAP_X), y)
            y += _height(slot) + (_gap(slot, below) if below else 0.0)
    return place, tallest


def _height(slot: Slot) -> float:
    return HEIGHT if len(slot) == 1 else _LANE


def _gap(slot: Slot, below: Slot) -> float:
    """Lines may pass close to each other, boxes need room."""
    return GAP_Y if len(slot) == 1 or len(below) == 1 else 0.0


def _edges(links: Links, place: Mapping[Slot, Point], ranks: Mapping[str, int], forward: set[Pair]) -> Iterable[Edge]:
    lines = [(pair, kind) for pair in links.pairs for kind in _KINDS if pair in links.of(kind)]
    chains = {pair: _chain(*pair, ranks) for pair in forward}
    ports = _ports([line for line in lines if line[0] in forward], chains, place)
    for pair, kind in lines:
        if pair in forward:
            shift = (_APART if kind == "event" else -_APART) if pair in links.depends and pair in links.events else 0.0
            path, x, y = _forward([place[slot] for slot in chains[pair]], *ports[pair, kind], shift)
        else:
            path, x, y = _backward(place[pair[0],], place[pair[1],], 14.0 if kind == "event" else -14.0)
        named = tuple(links.events[pair]) if kind == "event" else ()
        yield Edge(kind=kind, source=pair[0], target=pair[1], events=named, path=path, x=x, y=y)


def _apart(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges, with labels that would cover each other moved down."""
    taken: list[Point] = []
    done: list[Edge] = []
    for edge in edges:
        y = edge.y
        while edge.events and any(abs(edge.x - x) < _LABEL[0] and abs(y - other) < _LABEL[1] for x, other in taken):
            y += 1.0
        taken += [(edge.x, y)] if edge.events else []
        done.append(replace(edge, y=y))
    return tuple(done)


def _ports(
    lines: Sequence[Line], chains: Mapping[Pair, Sequence[Slot]], place: Mapping[Slot, Point]
) -> dict[Line, tuple[float, float]]:
    """How far above or below the middle of its two boxes each line ends, so that no two lines meet there."""
    leaving = _spread(lines, [chains[pair][0] for pair, _ in lines], [place[chains[pair][1]] for pair, _ in lines])
    arriving = _spread(lines, [chains[pair][-1] for pair, _ in lines], [place[chains[pair][-2]] for pair, _ in lines])
    return {line: (leaving[line], arriving[line]) for line in lines}


def _spread(lines: Sequence[Line], boxes: Sequence[Slot], towards: Sequence[Point]) -> dict[Line, float]:
    at: dict[Slot, list[tuple[float, Line]]] = {}
    for line, box, (_, y) in zip(lines, boxes, towards, strict=True):
        at.setdefault(box, []).append((y, line))
    step = {box: min(_PORT, HEIGHT / (len(ends) + 1)) for box, ends in at.items()}
    return {
        line: (number - (len(ends) - 1) / 2) * step[box]
        for box, ends in at.items()
        for number, (_, line) in enumerate(sorted(ends))
    }


def _forward(corners: Sequence[Point], leaving: float, arriving: float, shift: float) -> tuple[str, float, float]:
    start = (corners[0][0] + WIDTH, corners[0][1] + HEIGHT / 2 + leaving)
    end = (corners[-1][0], corners[-1][1] + HEIGHT / 2 + arriving)
    lanes = [(x, y + _LANE / 2 + shift) for x, y in corners[1:-1]]
    points = [start, *(point for x, y in lanes for point in ((x, y), (x + WIDTH, y))), end]
    parts = [f"M{start[0]:.0f},{start[1]:.0f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        parts.append(f"C{middle:.0f},{y0:.0f} {middle:.0f},{y1:.0f} {x1:.0f},{y1:.0f}")
    return " ".join(parts), (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2


def _backward(source: Point, target: Point, shift: float) -> tuple[str, float, float]:
    x0, y0 = source[0] + WIDTH / 2 + shift, source[1] + HEIGHT
    x1, y1 = target[0] + WIDTH / 2 + shift, target[1] + HEIGHT
    low = max(y0, y1) + _BEND
    path = f"M{x0:.0f},{y0:.0f} C{x0:.0f},{low:.0f} {x1:.0f},{low:.0f} {x1:.0f},{y1:.0f}"
    return path, (x0 + x1) / 2, (y0 + y1 + 6 * low) / 8
