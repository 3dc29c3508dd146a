"""The hours of the week: when customers write, and whether somebody was there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

from django.apps import apps
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from funnel.pictures.heat import DAYS, HOURS, HeatWords, Hour, draw_hours, ranges
from funnel.report.wording import say_count

MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Shade:
    name: int
    words: str


@dataclass(frozen=True)
class WeekSection:
    """`picture` as markup; `rows` are its numbers, one a day, with where each leads."""

    picture: str
    busiest: str
    legend: list[Shade]
    has_hours: bool
    rows: list[dict[str, Any]]
    heads: list[str]


def week_section(figures: dict[str, Any], zone: str, url: Callable[[int], str]) -> WeekSection | None:
    """None where nobody wrote. `url`: where the conversations of an hour of the week are."""
    counts = figures["hours"]
    most = max(counts)
    if not most:
        return None
    is_open = open_hours(zone)
    names = [say_weekday(day, whole=True) for day in range(DAYS)]
    text = HeatWords(
        title=_("New conversations by hour of the week"),
        description=say_busiest(counts),
        days=[say_weekday(day) for day in range(DAYS)],
        hour=say_hour,
        cell=lambda day, hour, count: say_cell(day, hour, count, day=names[day]),
        count=say_count,
    )
    return WeekSection(
        picture=draw_hours(
            counts,
            text=text,
            url=url if url(0) else None,  # on a shared report the hours lead nowhere
            is_open=is_open,
            mirrored=get_language_bidi(),
        ),
        busiest=say_busiest(counts),
        legend=[
            Shade(step, say_count(low) if low == high else f"{say_count(low)}–{say_count(high)}")
            for step, (low, high) in enumerate(ranges(most), start=1)
        ],
        has_hours=bool(is_open),
        rows=[row_of(counts, day, url) for day in range(DAYS)],
        heads=[say_hour(hour) for hour in range(HOURS)],
    )


def row_of(counts: list[int], weekday: int, url: Callable[[int], str]) -> dict[str, Any]:
    numbers = counts[weekday * HOURS : (weekday + 1) * HOURS]
    return {
        "day": say_weekday(weekday, whole=True),
        "total": say_count(sum(numbers)),
        "cells": "".join(cell_of(count, url(weekday * HOURS + hour)) for hour, count in enumerate(numbers)),
    }


def cell_of(count: int, url: str) -> str:
    """Markup, since a template would take its time with 168 of them."""
    number = escape(say_count(count))
    if not count:
        return f'<td class="number quiet">{number}</td>'
    return f'<td class="number"><a href="{escape(url)}">{number}</a></td>' if url else f"<td>{number}</td>"


def open_hours(zone: str) -> set[Hour]:
    """The full hours of the week in which the workspace's calendar has somebody there; none where it has no hours,
    or keeps them in another zone than the report, so that the clock's change would make them wrong."""
    default = apps.get_model("routing", "BusinessHours").objects.filter(is_default=True).first()
    if default is None or default.time_zone != zone:
        return set()
    found: set[Hour] = set()
    for weekday, opens, closes in default.weekly:
        first, last = minutes_of(opens), minutes_of(closes)
        last += 0 if last > first else HOURS * 60
        for hour in range(-(-first // 60), last // 60):
            found.add(((weekday + hour // HOURS) % DAYS, hour % HOURS))
    return found


def minutes_of(clock: str) -> int:
    """ "09:30" as minutes since midnight."""
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def say_weekday(weekday: int, *, whole: bool = False) -> str:
    return capfirst(format_date(MONDAY + timedelta(days=weekday), "l" if whole else "D"))


def say_hour(hour: int) -> str:
    return f"{hour:02}"


def say_cell(weekday: int, hour: int, count: int, *, day: str = "") -> str:
    words = {
        "day": day or say_weekday(weekday, whole=True),
        "from": say_hour(hour),
        "to": say_hour(hour + 1),
        "count": say_count(count),
    }
    return (
        ngettext(
            "%(day)s, %(from)s to %(to)s h: %(count)s conversation",
            "%(day)s, %(from)s to %(to)s h: %(count)s conversations",
            count,
        )
        % words
    )


def say_busiest(counts: list[int]) -> str:
    """The hour with the most, in a sentence."""
    most = max(counts)
    place = counts.index(most)
    return _("Busiest: %(cell)s.") % {"cell": say_cell(place // HOURS, place % HOURS, most)}
