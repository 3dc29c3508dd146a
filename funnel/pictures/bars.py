"""Month by month: what self-service solved beside what the team solved, each bar stacked, as an SVG picture."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from funnel.pictures.svg import Palette, paint, palette_of, picture, tag, words
from funnel.sessions import nodes

# Each month has two bars; each bar is stacked from the bottom.
BARS = (
    (nodes.RESOLVED_BY_ARTICLES, nodes.RESOLVED_BY_BOT),
    (nodes.RESOLVED_OUTRIGHT, nodes.RESOLVED_AFTER),
)
WIDTH, HEIGHT = 1160.0, 260.0
START, TOP, BOTTOM = 44.0, 12.0, 28.0
WIDEST_BAR, BETWEEN = 34.0, 3.0


@dataclass(frozen=True)
class BarWords:
    """The words of the picture, already in the reader's language."""

    title: str
    description: str
    month: Callable[[str], str]  # "2026-01" -> a short name
    part: Callable[[str, str, int], str]  # month, outcome, sessions -> a sentence
    count: Callable[[int], str]
    so_far: str


def draw_months(
    months: Iterable[dict[str, Any]],
    *,
    text: BarWords,
    mirrored: bool = False,
    standalone: bool = False,
    dark: bool = False,
) -> str:
    """The picture as markup, from report["months"]. A month that still runs is hatched."""
    rows = list(months)
    top = nice_top(max((row[part] for row in rows for part in ("self_service", "team")), default=0))
    palette = palette_of(standalone=standalone, dark=dark)
    easel = Easel(rows, top, text, mirrored, palette)
    return picture(
        easel.hatching(),
        tag("g", *(easel.line(value) for value in steps_to(top)), class_="bars-scale"),
        *(easel.month(index) for index in range(len(rows))),
        width=WIDTH,
        height=HEIGHT,
        name="bars",
        title=text.title,
        description=text.description,
        palette=palette,
    )


def nice_top(highest: int) -> int:
    """The smallest of 1, 2, 4, 5, 10, 20, 40, 50 ... that is not below `highest`, so that four steps are round."""
    if highest <= 4:
        return 4
    magnitude = 10 ** math.floor(math.log10(highest))
    return next(int(m * magnitude) for m in (1, 2, 4, 6, 8, 10) if m * magnitude >= highest)


def steps_to(top: int) -> list[int]:
    steps = next(count for count in (4, 3, 2, 5, 1) if top % count == 0)
    return [top * step // steps for step in range(steps + 1)]


@dataclass(frozen=True)
class Easel:
    rows: list[dict[str, Any]]
    top: int
    text: BarWords
    mirrored: bool
    palette: Palette | None

    @property
    def room(self) -> float:
        return (WIDTH - START) / max(1, len(self.rows))

    @property
    def bar_width(self) -> float:
        return min(WIDEST_BAR, self.room * 0.3)

    def x(self, x: float) -> float:
        return WIDTH - x if self.mirrored else x

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)

    def line(self, value: int) -> str:
        stroke = paint("line", self.palette)
        rule = tag(
            "line", x1=self.x(START), x2=self.x(WIDTH), y1=self.y(value), y2=self.y(value), stroke=stroke
        )
        return rule + self.words(self.text.count(value), START - 8, self.y(value) + 4, "end")

    def month(self, index: int) -> str:
        row, middle = self.rows[index], START + self.room * (index + 0.5)
        starts = (middle - BETWEEN / 2 - self.bar_width, middle + BETWEEN / 2)
        bars = [self.bar(row, parts, x) for parts, x in zip(BARS, starts, strict=True)]
        name = self.text.month(row["month"])
        label = f"{name} {self.text.so_far}" if row["so_far"] else name
        return tag("g", *bars, self.words(label, middle, HEIGHT - 8, "middle"), data_month=row["month"])

    def bar(self, row: dict[str, Any], parts: tuple[str, ...], x: float) -> str:
        drawn, below = [], 0
        for outcome in parts:
            value = row[outcome]
            if value:
                drawn.append(self.part(row, outcome, x, below, value))
            below += value
        return "".join(drawn)

    def part(self, row: dict[str, Any], outcome: str, x: float, below: int, value: int) -> str:
        family = nodes.FAMILY[outcome]
        box = {
            "x": self.x(x + self.bar_width) if self.mirrored else x,
            "y": self.y(below + value),
            "width": self.bar_width,
            "height": self.y(below) - self.y(below + value),
        }
        title = tag("title", words(self.text.part(row["month"], outcome, value)))
        fill = paint(family, self.palette)
        bar = tag("rect", title, **box, class_=f"bars-part series--{family}", fill=fill, data_outcome=outcome)
        hatch = tag("rect", **box, fill="url(#so-far)", pointer_events="none") if row["so_far"] else ""
        return bar + hatch

    def hatching(self) -> str:
        stroke = paint("ground", self.palette)
        line = tag("path", d="M0,6L6,0", class_="bars-hatch", stroke=stroke, stroke_width="1.5")
        pattern = tag("pattern", line, id="so-far", width=6, height=6, patternUnits="userSpaceOnUse")
        return tag("defs", pattern)

    def words(self, text: str, x: float, y: float, anchor: str) -> str:
        if self.mirrored and anchor == "end":
            anchor = "start"
        return tag(
            "text",
            words(text),
            x=self.x(x),
            y=y,
            text_anchor=anchor,
            class_="bars-label",
            fill=paint("label", self.palette),
            font_size=12 if self.palette else None,
        )
