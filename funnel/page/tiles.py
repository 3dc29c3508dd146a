"""The tiles of the page: which figures, what each means in words, and which way is better."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funnel.report.comparison import DOWN, UP, Change, compare
from funnel.report.wording import say_change, say_count, say_day, say_duration, say_percent

COUNT, SHARE, DURATION = "count", "share", "duration"
SAY: dict[str, Callable[[Any], str]] = {COUNT: say_count, SHARE: say_percent, DURATION: say_duration}
Figures = dict[str, Any]


@dataclass(frozen=True)
class Tile:
    """One figure as the page shows it. `aside` says in a sentence what the figure alone would hide."""

    key: str
    label: Promise
    meaning: Promise
    unit: str = COUNT
    better: int | None = None
    aside: Callable[[Figures], str] = field(default=lambda figures: "")


@dataclass(frozen=True)
class FilledTile:
    key: str
    label: str
    meaning: str
    figure: str
    aside: str
    change: Change | None
    change_words: str
    before: str

    @property
    def arrow(self) -> str:
        """Name of the icon that stands before the words."""
        if self.change is None or self.change.is_new or not self.change.amount:
            return ""
        return "arrow-up" if self.change.amount > 0 else "arrow-down"

    @property
    def verdict(self) -> str:
        return {True: "better", False: "worse", None: ""}[self.change.is_good if self.change else None]


def fill_tiles(
    tiles: list[Tile], figures: Figures, before: Figures, *, incomplete_since: date | None = None
) -> list[FilledTile]:
    """`incomplete_since`: the day our records begin, where they miss part of the period before. Shares and medians
    of a part can be compared, counts cannot."""
    return [fill_tile(tile, figures, before, incomplete_since) for tile in tiles]


def fill_tile(tile: Tile, figures: Figures, before: Figures, incomplete_since: date | None) -> FilledTile:
    now, then = figures[tile.key], before[tile.key]
    change = compare(now, then, in_points=tile.unit == SHARE, better=tile.better)
    words = say_change(change, is_duration=tile.unit == DURATION)
    if incomplete_since and tile.unit == COUNT:
        change, words = (
            None,
            gettext("no comparison: records begin on %(day)s") % {"day": say_day(incomplete_since)},
        )
    return FilledTile(
        key=tile.key,
        label=str(tile.label),
        meaning=str(tile.meaning),
        figure=SAY[tile.unit](now),
        aside=tile.aside(figures),
        change=change,
        change_words=words,
        before=SAY[tile.unit](then),
    )


def say_per_viewer(figures: Figures) -> str:
    share = figures["article_resolution_per_viewer"]
    return "" if share is None else gettext("%(share)s of readers") % {"share": say_percent(share)}


def say_waiting(figures: Figures) -> str:
    parts = []
    if figures["median_first_response_business"] is not None:
        parts.append(in_hours(figures["median_first_response_business"]))
    if figures["waiting"]:
        waiting = {"count": say_count(figures["waiting"]), "time": say_duration(figures["longest_wait"])}
        parts.append(gettext("%(count)s waiting now, longest %(time)s") % waiting)
    return " · ".join(parts)


def say_close_in_hours(figures: Figures) -> str:
    seconds = figures["median_time_to_close_business"]
    return "" if seconds is None else in_hours(seconds)


def in_hours(seconds: float) -> str:
    return gettext("%(time)s in business hours") % {"time": say_duration(seconds)}


def say_rating_trust(figures: Figures) -> str:
    if not figures["csat_interval"]:
        return ""
    low, high = (say_percent(bound) for bound in figures["csat_interval"])
    words = {"count": say_count(figures["ratings"]), "low": low, "high": high}
    asked = figures["csat_response_rate"]
    trust = gettext("%(count)s ratings; 95%% interval %(low)s to %(high)s") % words
    return (
        trust
        if asked is None
        else f"{trust} · " + gettext("%(share)s answered") % {"share": say_percent(asked)}
    )


def say_answered(figures: Figures) -> str:
    parts = [gettext("%(count)s had their first answer") % {"count": say_count(figures["replied"])}]
    if figures["all_new"] != figures["new"]:
        parts.append(gettext("%(count)s with those the bot kept") % {"count": say_count(figures["all_new"])})
    return " · ".join(parts)


def say_views(figures: Figures) -> str:
    return gettext("%(count)s article views") % {"count": say_count(figures["article_views"])}


SELF_SERVICE = [
    Tile(
        "self_service_share",
        _("Solved by self-service"),
        _("Of all problems solved, those solved by articles or the bot without the team."),
        SHARE,
        UP,
    ),
    Tile(
        "sessions",
        _("People seeking help"),
        _(
            "One person looking for help with one thing: reading, searching and writing less than 24 hours apart "
            "count once. Spam is left out."
        ),
        aside=say_views,
    ),
    Tile(
        "article_resolution_rate",
        _("Article resolution rate"),
        _(
            "People who read an article and did not write to us in the next 24 hours, divided by article views. "
            "Who reads two articles and is helped counts half, so 100 percent is out of reach; the share of readers is "
            "beside it. Someone who gave up looks the same as someone who was helped."
        ),
        SHARE,
        UP,
        say_per_viewer,
    ),
    Tile(
        "automated_resolution_rate",
        _("Automated resolution rate"),
        _(
            "Conversations closed by the bot, divided by the sessions in which it gave an answer. Coming back "
            "within 24 hours takes the bot's close away again."
        ),
        SHARE,
        UP,
    ),
]
TEAM = [
    Tile(
        "new",
        _("New conversations"),
        _("Conversations that customers began and that reached the team, by the day they reached it."),
        aside=say_answered,
    ),
    Tile(
        "closed",
        _("Closed by the team"),
        _("Conversations a teammate closed last, by that day. Reopening one takes its close away again."),
    ),
    Tile(
        "median_first_response",
        _("First response"),
        _(
            "Half of the customers waited less than this from reaching the team to the first answer by a person. "
            "Automatic answers do not count, and those who still wait are not in it."
        ),
        DURATION,
        DOWN,
        say_waiting,
    ),
    Tile(
        "median_time_to_close",
        _("Time to close"),
        _("Half of the conversations took less than this from the first message to the last close."),
        DURATION,
        DOWN,
        say_close_in_hours,
    ),
    Tile(
        "csat",
        _("Satisfied customers"),
        _(
            "Ratings of 4 or 5 out of 5, divided by all ratings; a customer's last rating is the one that counts."
        ),
        SHARE,
        UP,
        say_rating_trust,
    ),
    Tile(
        "first_contact_resolution",
        _("Solved at first contact"),
        _(
            "Of the conversations the team closed at least a week ago, those closed once, answered by one "
            "teammate, and not reopened."
        ),
        SHARE,
        UP,
    ),
    Tile(
        "resolved_outright",
        _("Solved outright"),
        _("Solved by the team for people who had tried neither an article nor the bot."),
    ),
    Tile(
        "resolved_after_self_service",
        _("Solved after self-service"),
        _("Solved by the team after an article or the bot had not been enough."),
    ),
]
