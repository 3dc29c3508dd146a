"""When customers write: the hours of the week as a map of 7 x 24 numbers, as an SVG picture."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from funnel.pictures.svg import picture, tag, words

DAYS, HOURS = 7, 24
WIDTH, START, TOP, END = 1160.0, 92.0, 24.0, 56.0
CELL_WIDTH, CELL_HEIGHT, BETWEEN = (WIDTH - START - END) / HOURS, 32.0, 2.0
HEIGHT = TOP + DAYS * CELL_HEIGHT + 4
SHADES = 5  # of which the first is for nothing at all

Hour = tuple[int, int]  # weekday (Monday 0), hour of the day


@dataclass(frozen=True)
class HeatWords:
    """The words of the picture, already in the reader's language."""

    title: str
    description: str
    days: Sequence[str]  # Monday first
    hour: Callable[[int], str]
    cell: Callable[[int, int, int], str]  # weekday, hour, conversations -> a sentence
    count: Callable[[int], str]


def draw_hours(
    counts: Sequence[int],
    *,
    text: HeatWords,
    url: Callable[[int], str] | None = None,
    is_open: Iterable[Hour] = (),
    mirrored: bool = False,
) -> str:
    """The map from report["hours"], 168 counts from Monday 00 h on. `is_open`: the hours with somebody there, which
    are outlined. `url`: where the conversations of an hour are; "" for nowhere."""
    board = Board(counts, text, url, mirrored)
    days = (board.day(weekday) for weekday in range(DAYS))
    hours = (board.hour(hour) for hour in range(HOURS))
    return picture(
        tag("g", *hours, class_="heat-hours"),
        *days,
        board.outline(set(is_open)),
        width=WIDTH,
        height=HEIGHT,
        name="heat",
        title=text.title,
        description=text.description,
        palette=None,
        has_links=url is not None and bool(url(0)),
    )


def shade(count: int, most: int) -> int:
    """0 for nothing, then equal steps up to the most; few numbers have a shade each."""
    return 0 if not count else min(SHADES - 1, 1 + (count - 1) * (SHADES - 1) // max(most, SHADES - 1))


def ranges(most: int) -> list[tuple[int, int]]:
    """The numbers of each shade, from the first that is something: for the legend."""
    found: dict[int, tuple[int, int]] = {}
    steps = max(most, SHADES - 1)
    for step in range(1, SHADES):
        low = 1 + math.ceil((step - 1) * steps / (SHADES - 1))
        high = math.ceil(step * steps / (SHADES - 1)) if step < SHADES - 1 else most
        if low <= min(high, most):
            found[step] = (low, min(high, most))
    return list(found.values())


@dataclass(frozen=True)
class Board:
    counts: Sequence[int]
    text: HeatWords
    url: Callable[[int], str] | None
    mirrored: bool

    @cached_property
    def most(self) -> int:
        return max(self.counts, default=0)

    @cached_property
    def first(self) -> int:
        """The first hour with anything."""
        return next((place for place, count in enumerate(self.counts) if count), -1)

    def x(self, x: float) -> float:
        return WIDTH - x if self.mirrored else x

    def start(self, hour: int) -> float:
        """The edge of an hour's cell that has the smaller x."""
        x = START + hour * CELL_WIDTH
        return self.x(x + CELL_WIDTH) if self.mirrored else x

    def day(self, weekday: int) -> str:
        numbers = self.counts[weekday * HOURS : (weekday + 1) * HOURS]
        middle = TOP + weekday * CELL_HEIGHT + CELL_HEIGHT / 2 + 4
        name = self.words(self.text.days[weekday], START - 10, middle, "end", "heat-day")
        total = self.words(self.text.count(sum(numbers)), WIDTH, middle, "end", "heat-total")
        cells = (self.cell(weekday, hour, count) for hour, count in enumerate(numbers))
        return tag("g", name, *cells, total)

    def hour(self, hour: int) -> str:
        return self.words(
            self.text.hour(hour), START + (hour + 0.5) * CELL_WIDTH, TOP - 8, "middle", "heat-hour"
        )

    def cell(self, weekday: int, hour: int, count: int) -> str:
        """One hour. Written at one go, without tag(): there are 168 of them."""
        x, y = self.start(hour), TOP + weekday * CELL_HEIGHT
        box = (
            f'<rect x="{x + BETWEEN / 2:.2f}" y="{y + BETWEEN / 2:.2f}" '
            f'width="{CELL_WIDTH - BETWEEN:.2f}" height="{CELL_HEIGHT - BETWEEN:.2f}" rx="3"/>'
        )
        group = f'<g class="heat-cell heat-cell--{shade(count, self.most)}">'
        if not count:
            return f"{group}{box}</g>"
        told = escape(self.text.cell(weekday, hour, count))
        number = (
            f'<text x="{x + CELL_WIDTH / 2:.2f}" y="{y + CELL_HEIGHT / 2 + 4:.2f}" '
            f'text-anchor="middle">{escape(self.text.count(count))}</text>'
        )
        drawn = f"{group}<title>{told}</title>{box}{number}</g>"
        place = weekday * HOURS + hour
        url = escape(self.url(place)) if self.url else ""
        if not url:
            return drawn
        # One stop of the Tab key for the whole map; the arrow keys go on from there.
        stop = 0 if place == self.first else -1
        return f'<a href="{url}" aria-label="{told}" data-hour="{place}" tabindex="{stop}">{drawn}</a>'

    def outline(self, is_open: set[Hour]) -> str:
        """A line around the hours with somebody there: the edges between those and the others."""
        edges = [edge for weekday, hour in sorted(is_open) for edge in self.edges(weekday, hour, is_open)]
        return tag("path", d="".join(edges), class_="heat-open") if edges else ""

    def edges(self, weekday: int, hour: int, is_open: set[Hour]) -> Iterable[str]:
        x0, x1 = self.x(START + hour * CELL_WIDTH), self.x(START + (hour + 1) * CELL_WIDTH)
        y0, y1 = TOP + weekday * CELL_HEIGHT, TOP + (weekday + 1) * CELL_HEIGHT
        sides = {
            (weekday, hour - 1): (x0, y0, x0, y1),
            (weekday, hour + 1): (x1, y0, x1, y1),
            (weekday - 1, hour): (x0, y0, x1, y0),
            (weekday + 1, hour): (x0, y1, x1, y1),
        }
        return [
            f"M{a:.2f},{b:.2f}L{c:.2f},{d:.2f}"
            for beside, (a, b, c, d) in sides.items()
            if beside not in is_open
        ]

    def words(self, text: str, x: float, y: float, anchor: str, name: str) -> str:
        if self.mirrored and anchor == "end":
            anchor = "start"
        return tag("text", words(text), x=self.x(x), y=y, text_anchor=anchor, class_=name)
