"""A tile filled: a figure in words, how it moved and whether that is good, and where its rows are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from funnel.page.markup import list_seconds, say_was, shrink_units
from funnel.pictures.captions import no_url
from funnel.report.comparison import Change, compare
from funnel.report.wording import NOTHING, say_change, say_count, say_day, say_duration, say_percent
from helpdesk.icons import draw_icon

COUNT, SHARE, DURATION = "count", "share", "duration"
SAY: dict[str, Callable[[Any], str]] = {COUNT: say_count, SHARE: say_percent, DURATION: say_duration}
Figures = dict[str, Any]
UrlOf = Callable[[str], str]


@dataclass(frozen=True)
class Part:
    """A second figure under a tile's own."""

    key: str
    label: Promise
    unit: str = COUNT
    has_before: bool = True


@dataclass(frozen=True)
class Tile:
    """One figure as the page shows it. `parts` stand under it; `aside` says in a sentence what figures would hide."""

    key: str
    label: Promise
    meaning: Promise
    unit: str = COUNT
    better: int | None = None
    parts: tuple[Part, ...] = ()
    aside: Callable[[Figures], str] = field(default=lambda figures: "")
    aside_key: str = ""  # the rows that the aside speaks of


@dataclass(frozen=True)
class FilledPart:
    key: str
    label: str
    figure: str
    before: str
    url: str


@dataclass(frozen=True)
class FilledTile:
    key: str
    label: str
    meaning: str
    figure: str
    note: str  # the aside
    change: Change | None
    change_words: str
    before: str
    parts: tuple[FilledPart, ...] = ()
    url: str = ""
    note_url: str = ""

    @property
    def aside(self) -> str:
        """What stands under the figure, in one line."""
        lines = [
            _("%(label)s: %(figure)s") % {"label": part.label, "figure": part.figure}
            for part in self.parts
            if part.figure != NOTHING
        ]
        return " · ".join([*lines, self.note] if self.note else lines)

    @property
    def markup(self) -> SafeString:
        """The figure with its units small."""
        return shrink_units(self.figure)

    @property
    def parts_markup(self) -> SafeString:
        return list_seconds(self.parts)

    @property
    def arrow_icon(self) -> SafeString | str:
        return draw_icon(self.arrow) if self.arrow else ""

    @property
    def help_icon(self) -> SafeString:
        return draw_icon("circle-help")

    @property
    def arrow(self) -> str:
        """Name of the icon that stands before the words."""
        if self.change is None or self.change.is_new or not self.change.amount:
            return ""
        return "arrow-up" if self.change.amount > 0 else "arrow-down"

    @property
    def verdict(self) -> str:
        return {True: "better", False: "worse", None: ""}[self.change.is_good if self.change else None]

    @property
    def was(self) -> str:
        """The figure of the other period in words, where it can be compared with."""
        return say_was(self.before) if self.change is not None and not self.change.is_new else ""


def fill_tiles(
    tiles: Iterable[Tile],
    figures: Figures,
    before: Figures,
    *,
    incomplete_since: date | None = None,
    url: UrlOf = no_url,
) -> list[FilledTile]:
    """`incomplete_since`: the day our records begin, where they miss part of the period before. Shares and medians
    of a part can be compared, counts cannot. `url` says where the rows of a figure are."""
    return [fill_tile(tile, figures, before, incomplete_since, url) for tile in tiles]


def fill_tile(
    tile: Tile, figures: Figures, before: Figures, incomplete_since: date | None, url: UrlOf = no_url
) -> FilledTile:
    now, then = figures[tile.key], before[tile.key]
    change = compare(now, then, in_points=tile.unit == SHARE, better=tile.better)
    words = say_change(change, is_duration=tile.unit == DURATION)
    is_partial = bool(incomplete_since) and tile.unit == COUNT
    if incomplete_since and is_partial:
        change = None
        words = _("no comparison: records begin on %(day)s") % {"day": say_day(incomplete_since)}
    return FilledTile(
        key=tile.key,
        label=str(tile.label),
        meaning=say_meaning(tile, figures),
        figure=say(tile, figures),
        note=tile.aside(figures),
        change=change,
        change_words=words,
        before=say(tile, before),
        parts=tuple(
            fill_part(part, figures, before, is_partial, url)
            for part in tile.parts
            if figures[part.key] or before[part.key]  # nothing, now and before, is noise
        ),
        url=url(tile.key) if now is not None else "",
        note_url=url(tile.aside_key) if tile.aside_key else "",
    )


def fill_part(part: Part, figures: Figures, before: Figures, is_partial: bool, url: UrlOf) -> FilledPart:
    figure, then = say(part, figures), say(part, before)
    return FilledPart(
        key=part.key,
        label=str(part.label),
        figure=figure,
        before=then if part.has_before and not is_partial and then != NOTHING else "",
        url="" if figure == NOTHING else url(part.key),
    )


def say(thing: Tile | Part, figures: Figures) -> str:
    """The figure in words; a duration that was read from counts by size says that it is about that."""
    value = figures[thing.key]
    words = SAY[thing.unit](value)
    is_rough = thing.unit == DURATION and value is not None and not figures["medians_are_exact"]
    return f"≈ {words}" if is_rough else words


def say_meaning(tile: Tile, figures: Figures) -> str:
    if tile.unit != DURATION or figures["medians_are_exact"]:
        return str(tile.meaning)
    return f"{tile.meaning} " + _("≈: at most 1 percent off, as there are too many to sort each time.")
