"""The report in one sentence, for who reads nothing else."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funnel.report.comparison import compare
from funnel.report.period import Period
from funnel.report.wording import movement, one_decimal, say_count, say_day, say_month, say_percent
from funnel.sessions import nodes

Figures = dict[str, Any]


def say_headline(figures: Figures, before: Figures | None, compared: Period) -> str:
    """What self-service solved, of how much, and how that moved since the period before.

    `before` is None where our records cover that period only in part: a headline must need no footnote.
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
    moved = say_move(figures, before, compared) if before else ""
    if not moved:
        return _("%(sentence)s.") % {"sentence": sentence}
    return _("%(sentence)s, %(moved)s.") % {"sentence": sentence, "moved": moved}


def say_move(figures: Figures, before: Figures, compared: Period) -> str:
    change = compare(figures["self_service_share"], before["self_service_share"], in_points=True)
    if change is None or change.is_new:
        return ""
    then = say_period(compared)
    if abs(change.amount) < 0.0005:
        return _("as in %(period)s") % {"period": then}
    moved = movement(change.amount > 0, in_points=True, is_duration=False)
    number = one_decimal(abs(change.amount) * 100)
    return _("%(moved)s than in %(period)s") % {"moved": moved % {"number": number}, "period": then}


def say_period(period: Period) -> str:
    """ "June 2026" for a whole month, "the 12 months before" for several, else the days."""
    months = len(list(period.months()))
    if period.is_whole_months and months == 1:
        return say_month(f"{period.since:%Y-%m}")
    if period.is_whole_months:
        return ngettext("the %(count)s month before", "the %(count)s months before", months) % {
            "count": months
        }
    return ngettext("the %(count)s day before", "the %(count)s days before", period.days) % {
        "count": period.days
    }


def say_span(period: Period) -> str:
    return _("%(since)s to %(until)s") % {"since": say_day(period.since), "until": say_day(period.until)}


def say_updated(age: int) -> str:
    """How old the figures are, in seconds."""
    if age < 2:
        return _("Updated just now")
    return ngettext("Updated %(count)s second ago", "Updated %(count)s seconds ago", age) % {"count": age}
