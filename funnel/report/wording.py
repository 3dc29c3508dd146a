"""Figures in the reader's words: counts, percents to one decimal, durations in two units."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from funnel.report.comparison import Change

NOTHING = "–"
MANY_TIMES = 9  # a relative change of 900 % is better said as ten times as many
MINUTE, HOUR, DAY = 60, 3600, 86400
TENTH = Decimal("0.1")


def say_count(value: int | None) -> str:
    return NOTHING if value is None else count_in(get_language(), value)


@lru_cache(maxsize=10_000)  # a report says some five hundred counts, most of them small
def count_in(language: str | None, value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def say_percent(share: float | None) -> str:
    """A share of 1 as a percentage with one decimal, half up."""
    return NOTHING if share is None else _("%(number)s%%") % {"number": one_decimal(share * 100)}


def one_decimal(value: float) -> str:
    # Through repr, so that 43.25 is rounded as it is written and not as it is stored.
    return decimal_in(get_language(), Decimal(repr(value)).quantize(TENTH, ROUND_HALF_UP))


@lru_cache(maxsize=10_000)  # of a share there are a thousand and one
def decimal_in(language: str | None, rounded: Decimal) -> str:
    return number_format(rounded, 1, use_l10n=True, force_grouping=True)


def say_duration(seconds: float | None) -> str:
    """Seconds as at most two neighbouring units: 13 min 30 s, 9 h 5 min, 2 d 15 h."""
    if seconds is None:
        return NOTHING
    seconds = round(seconds)
    if seconds < MINUTE:
        return _("%(seconds)s s") % {"seconds": seconds}
    if seconds < HOUR:
        return two_units(_("%(number)s min"), seconds // MINUTE, _("%(number)s s"), seconds % MINUTE)
    if seconds < DAY:
        return two_units(_("%(number)s h"), seconds // HOUR, _("%(number)s min"), seconds % HOUR // MINUTE)
    return two_units(_("%(number)s d"), seconds // DAY, _("%(number)s h"), seconds % DAY // HOUR)


def two_units(large: str, many: int, small: str, few: int) -> str:
    words = large % {"number": many}
    return f"{words} {small % {'number': few}}" if few else words


def say_change(change: Change | None, *, is_duration: bool = False) -> str:
    """How a figure moved, in words that need no colour and no arrow."""
    if change is None:
        return ""
    if change.is_new:
        return _("nothing to compare with")
    if abs(change.amount) < 0.0005:
        return _("as before")
    if not change.in_points and not is_duration and change.amount >= MANY_TIMES:
        moved = _("%(number)s times as many") % {"number": say_count(round(change.amount + 1))}
        return with_verdict(moved, change)
    words = movement(change.amount > 0, in_points=change.in_points, is_duration=is_duration)
    moved = words % {"number": one_decimal(abs(change.amount) * 100)}
    return with_verdict(moved, change)


def with_verdict(moved: str, change: Change) -> str:
    if change.is_good is None:
        return moved
    return (
        _("%(moved)s: better") % {"moved": moved}
        if change.is_good
        else _("%(moved)s: worse") % {"moved": moved}
    )


def movement(is_up: bool, *, in_points: bool, is_duration: bool) -> str:
    if in_points:
        return _("%(number)s points more") if is_up else _("%(number)s points fewer")
    if is_duration:
        return _("%(number)s%% longer") if is_up else _("%(number)s%% shorter")
    return _("%(number)s%% more") if is_up else _("%(number)s%% less")


def say_month(month: str, *, short: bool = False) -> str:
    """ "2026-01" as "January 2026", or "Jan" under a bar."""
    return month_in(get_language(), month, short)


@lru_cache(maxsize=1000)
def month_in(language: str | None, month: str, short: bool) -> str:
    first = date.fromisoformat(f"{month}-01")
    return format_date(first, "M") if short else format_date(first, _("F Y"))


def say_day(day: date) -> str:
    return format_date(day, _("j F Y"))
