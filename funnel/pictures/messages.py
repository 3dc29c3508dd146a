"""Proactive messages sent above the people who sought help, month by month: two rows of bars, each with a scale of
its own, since the one counts messages and the other people. As an SVG picture."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from funnel.pictures.svg import Palette, paint, palette_of, picture, tag, words

WIDTH, START = 1160.0, 52.0
ROW, HEAD, BETWEEN, BOTTOM = 92.0, 26.0, 14.0, 26.0  # heights: bars, the words above them, a gap, the months
WIDEST_BAR = 44.0


@dataclass(frozen=True)
class Row:
    """One row of bars: what it counts, in words, the colour family, and a value for each month, None if unknown."""

    label: str
    family: str
    values: Sequence[float | None]
    say: Callable[[float], str]


@dataclass(frozen=True)
class Month:
    label: str
    is_so_far: bool


def draw_rows(
    rows: Sequence[Row],
    months: Sequence[Month],
    *,
    title: str,
    description: str,
    mirrored: bool = False,
    standalone: bool = False,
    dark: bool = False,
) -> str:
    """The picture as markup. A month that still runs is drawn paler."""
    easel = Easel(months, mirrored, palette_of(standalone=standalone, dark=dark))
    height = len(rows) * (HEAD + ROW + BETWEEN) - BETWEEN + BOTTOM
    return picture(
        *(easel.row(row, index * (HEAD + ROW + BETWEEN)) for index, row in enumerate(rows)),
        easel.names(height - 8),
        width=WIDTH,
        height=height,
        name="messages",
        title=title,
        description=description,
        palette=easel.palette,
    )


def round_up(highest: float) -> int:
    """The top of a scale: two digits, then zeros, and not below `highest`."""
    if highest <= 10:
        return max(1, math.ceil(highest))
    step = 10 ** (math.floor(math.log10(highest)) - 1)
    return math.ceil(highest / step) * step


@dataclass(frozen=True)
class Easel:
    months: Sequence[Month]
    mirrored: bool
    palette: Palette | None

    @property
    def room(self) -> float:
        return (WIDTH - START) / max(1, len(self.months))

    @property
    def bar_width(self) -> float:
        return min(WIDEST_BAR, self.room * 0.55)

    def x(self, x: float) -> float:
        return WIDTH - x if self.mirrored else x

    def middle(self, index: int) -> float:
        return START + self.room * (index + 0.5)

    def row(self, row: Row, above: float) -> str:
        top = round_up(max((value for value in row.values if value is not None), default=0))
        floor = above + HEAD + ROW
        lines = [self.line(row.say(step), floor - step / top * ROW) for step in (0, top)]
        bars = [
            self.bar(row, index, value, value / top * ROW, floor)
            for index, value in enumerate(row.values)
            if value
        ]
        name = self.words(row.label, START, above + 14, "start", "bars-name", strong=True)
        return tag("g", name, tag("g", *lines, class_="bars-scale"), *bars)

    def line(self, label: str, y: float) -> str:
        stroke = paint("line", self.palette)
        rule = tag("line", x1=self.x(START), x2=self.x(WIDTH), y1=y, y2=y, stroke=stroke)
        return rule + self.words(label, START - 8, y + 4, "end", "bars-label")

    def bar(self, row: Row, index: int, value: float, height: float, floor: float) -> str:
        month, width = self.months[index], self.bar_width
        x = self.middle(index) - width / 2
        return tag(
            "rect",
            tag("title", words(f"{month.label}: {row.label}: {row.say(value)}")),
            x=self.x(x + width) if self.mirrored else x,
            y=floor - height,
            width=width,
            height=height,
            class_=f"bars-part series--{row.family}",
            fill=paint(row.family, self.palette),
            fill_opacity="0.45" if month.is_so_far else None,
        )

    def names(self, y: float) -> str:
        labels = (
            self.words(month.label, self.middle(index), y, "middle", "bars-label")
            for index, month in enumerate(self.months)
        )
        return tag("g", *labels)

    def words(self, text: str, x: float, y: float, anchor: str, name: str, *, strong: bool = False) -> str:
        if self.mirrored:
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        return tag(
            "text",
            words(text),
            x=self.x(x),
            y=y,
            text_anchor=anchor,
            class_=name,
            fill=paint("label", self.palette),
            font_size=12 if self.palette else None,
            font_weight="600" if self.palette and strong else None,
        )
