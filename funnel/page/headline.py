"""The report in one sentence, for who reads nothing else."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funnel.report.comparison import compare
from funnel.report.period import Period
from funnel.report.wording import movement, one_decimal, say_count, say_day, say_month, say_percent
from funnel.sessions import nodes

Figures = dict[str, Any]


def say_headline(
    figures: Figures,
    before: Figures | None,
    compared: Period,
    *,
    period: Period | None = None,
    part: str = "",
) -> str:
    """What self-service solved, of how much, and how that moved since the period it is compared with.

    `before` is None where our records cover that period only in part: a headline must need no footnote. `period`
    tells the days before from the same days a year before; `part` names the part of the desk, where it is not all.
    """
    solved = sum(figures[outcome] for outcome in nodes.SELF_SERVED | nodes.SOLVED_BY_TEAM)
    if not solved:
        return _("Nothing has been solved in this period yet.")
    share = say_percent(figures["self_service_share"])
    sentence = ngettext(
        "Self-service solved %(share)s of %(count)s problem",
        "Self-service solved %(share)s of %(count)s problems",
        solved,
    ) % {"share": share, "count": say_count(solved)}
    if part:
        sentence = _("%(sentence)s (%(part)s)") % {"sentence": sentence, "part": part}
    moved = say_move(figures, before, compared, period) if before else ""
    if not moved:
        return _("%(sentence)s.") % {"sentence": sentence}
    return _("%(sentence)s, %(moved)s.") % {"sentence": sentence, "moved": moved}


def say_move(figures: Figures, before: Figures, compared: Period, period: Period | None) -> str:
    change = compare(figures["self_service_share"], before["self_service_share"], in_points=True)
    if change is None or change.is_new:
        return ""
    then = say_period(compared, period)
    if abs(change.amount) < 0.0005:
        return _("as in %(period)s") % {"period": then}
    moved = movement(change.amount > 0, in_points=True, is_duration=False)
    number = one_decimal(abs(change.amount) * 100)
    return _("%(moved)s than in %(period)s") % {"moved": moved % {"number": number}, "period": then}


def say_period(compared: Period, period: Period | None = None) -> str:
    """ "June 2026" for a whole month, "the 12 months before" for several, else the days.

    `period` is what it is compared with, where that may be the same a year later.
    """
    months = len(list(compared.months()))
    is_directly_before = period is None or (period.since - compared.until).days == 1
    if compared.is_whole_months and months == 1:
        return say_month(f"{compared.since:%Y-%m}")
    if compared.is_whole_months and not is_directly_before:
        return _("the same months a year before")
    if compared.is_whole_months:
        return ngettext("the %(count)s month before", "the %(count)s months before", months) % {
            "count": months
        }
    if not is_directly_before:
        return _("the same days a year before")
    return ngettext("the %(count)s day before", "the %(count)s days before", compared.days) % {
        "count": compared.days
    }


def say_span(period: Period) -> str:
    return _("%(since)s to %(until)s") % {"since": say_day(period.since), "until": say_day(period.until)}


def say_updated(age: int) -> str:
    """How old the figures are, in seconds."""
    if age < 2:
        return _("Updated just now")
    return ngettext("Updated %(count)s second ago", "Updated %(count)s seconds ago", age) % {"count": age}
