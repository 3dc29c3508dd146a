"""Where the bands of the flow run. Columns and lanes are fixed by the domain, so no solver is needed.

A band that skips columns gets an invisible slot in each column it crosses; without slots it would run behind nodes.
Thickness is proportional to the number of sessions, everywhere by the same scale.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from funnel.sessions import nodes

Link = Sequence  # [source, target, sessions]


@dataclass(frozen=True)
class Geometry:
    """Pixels. Labels of inner columns stand above their node, those of the last column beside it."""

    width: float = 1160.0
    height: float = 440.0
    node: float = 12.0
    end_margin: float = 208.0
    label_gap: float = 34.0
    end_gap: float = 40.0
    slot_gap: float = 14.0
    head: float = 0.0  # room for words above the flow
    top: float = 24.0
    bottom: float = 26.0
    thickest: float = 40.0  # of a single session, so that an almost empty flow does not shout


@dataclass(eq=False)
class Stop:
    """A place that bands pass in one column: a node, or the slot of a single band."""

    column: int
    lane: tuple[int, int]
    node: str = ""  # empty for a slot
    value: int = 0
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    before: list["Band"] = field(default_factory=list)
    after: list["Band"] = field(default_factory=list)


@dataclass(eq=False)
class Band:
    source: str
    target: str
    value: int
    stops: list[Stop]
    thickness: float = 0.0
    leaves: dict[int, float] = field(default_factory=dict)  # column -> top edge where it leaves that stop
    enters: dict[int, float] = field(default_factory=dict)

    @property
    def bends(self) -> list[tuple[float, float, float, float]]:
        """(x, y) to (x, y) of the top edge, one for each pair of columns. `x` is the stop's start edge."""
        return [(a.x, self.leaves[a.column], b.x, self.enters[b.column]) for a, b in pairwise(self.stops)]


@dataclass(frozen=True)
class Layout:
    width: float
    height: float
    node_width: float
    scale: float  # pixels a session
    nodes: list[Stop]
    bands: list[Band]


def lay_out(links: Iterable[Link], geometry: Geometry | None = None) -> Layout:
    """Place every node and band of the flow; left to right, drawing mirrors it where the language asks."""
    geometry = geometry or Geometry()
    bands, columns = make_stops([link for link in links if link[2] > 0])
    scale = scale_for(columns, geometry)
    heights = [column_height(column, scale, geometry) for column in columns]
    tallest = max(heights, default=0.0)
    for index, column in enumerate(columns):
        x = index * (geometry.width - geometry.end_margin - geometry.node) / (nodes.COLUMNS - 1)
        place_column(
            column, x, geometry.head + geometry.top + (tallest - heights[index]) / 2, scale, geometry
        )
    for band in bands:
        band.thickness = band.value * scale
    for column in columns:
        for stop in column:
            share_out(stop)
    drawn = [stop for column in columns for stop in column if stop.node]
    height = geometry.head + geometry.top + tallest + geometry.bottom
    return Layout(geometry.width, height, geometry.node, scale, drawn, bands)


def make_stops(links: list[Link]) -> tuple[list[Band], list[list[Stop]]]:
    """Bands with the stops they pass, and the stops of each column from the top lane down."""
    known: dict[str, Stop] = {}
    columns: list[list[Stop]] = [[] for _ in range(nodes.COLUMNS)]

    def stop_at(column: int, source: str, target: str, node: str) -> Stop:
        if node in known:
            return known[node]
        lane = (nodes.LANE[node], -1) if node else (nodes.LANE[target], nodes.LANE[source])
        stop = Stop(column, lane, node)
        columns[column].append(stop)
        if node:
            known[node] = stop
        return stop

    bands = []
    for source, target, value in links:
        first, last = nodes.COLUMN[source], nodes.COLUMN[target]
        ends = {first: source, last: target}
        stops = [stop_at(column, source, target, ends.get(column, "")) for column in range(first, last + 1)]
        band = Band(source, target, value, stops)
        for stop in stops[:-1]:
            stop.after.append(band)
        for stop in stops[1:]:
            stop.before.append(band)
        bands.append(band)
    for column in columns:
        column.sort(key=lambda stop: stop.lane)
        for stop in column:
            stop.value = max(sum(b.value for b in stop.before), sum(b.value for b in stop.after))
    return bands, columns


def scale_for(columns: list[list[Stop]], geometry: Geometry) -> float:
    """Pixels a session, the largest with which every column fits."""
    room = [
        (geometry.height - column_height(column, 0, geometry)) / sum(stop.value for stop in column)
        for column in columns
        if column
    ]
    return min([geometry.thickest, *room])


def gap_before(stop: Stop, geometry: Geometry) -> float:
    if not stop.node:
        return geometry.slot_gap
    return geometry.end_gap if stop.column == nodes.COLUMNS - 1 else geometry.label_gap


def column_height(column: list[Stop], scale: float, geometry: Geometry) -> float:
    return sum(stop.value * scale for stop in column) + sum(gap_before(stop, geometry) for stop in column[1:])


def place_column(column: list[Stop], x: float, y: float, scale: float, geometry: Geometry) -> None:
    for index, stop in enumerate(column):
        y += gap_before(stop, geometry) if index else 0
        stop.x, stop.y, stop.height = x, y, stop.value * scale
        y += stop.height


def share_out(stop: Stop) -> None:
    """Give each band its part of the stop's edge, ordered by where it comes from or goes to."""
    y = stop.y
    for band in sorted(stop.before, key=lambda band: neighbour(band, stop, -1).y):
        band.enters[stop.column] = y
        y += band.thickness
    y = stop.y
    for band in sorted(stop.after, key=lambda band: neighbour(band, stop, 1).y):
        band.leaves[stop.column] = y
        y += band.thickness


def neighbour(band: Band, stop: Stop, step: int) -> Stop:
    return band.stops[stop.column - band.stops[0].column + step]
