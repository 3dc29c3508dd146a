"""Proactive messages beside people seeking help, month by month, and whether the two moved together."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from funnel.pictures.messages import Month, Row, draw_rows
from funnel.report.estimates import correlation
from funnel.report.period import Period, add_months
from funnel.report.wording import NOTHING, one_decimal, say_count, say_month
from helpdesk import clock

MONTHS_NEEDED = 6
NOTICEABLE = 0.3  # below that two series are said to move independently
Figures = dict[str, Any]


@dataclass(frozen=True)
class MessagesSection:
    """`picture` as markup; `moved` says in words how the two moved, `caution` what that does not show."""

    picture: str
    moved: str
    caution: str
    rows: list[dict[str, Any]]
    is_per_thousand: bool


def messages_section(
    figures: dict[str, Any], period: Period, records_since: datetime | None
) -> MessagesSection | None:
    """None where no proactive message was sent: there is nothing to set beside."""
    months = figures["months"]
    if not any(row["proactive_sent"] for row in months):
        return None
    complete = [row for row in months if is_complete(row, period, records_since)]
    is_per_thousand = bool(complete) and all(row["people"] for row in complete)
    return MessagesSection(
        picture=picture_of_messages(months, is_per_thousand=is_per_thousand),
        moved=say_correlation(complete, is_per_thousand=is_per_thousand),
        caution=say_caution(is_per_thousand=is_per_thousand) if len(complete) >= MONTHS_NEEDED else "",
        rows=[
            {
                "month": say_month(row["month"]),
                "so_far": row["so_far"],
                "sent": say_count(row["proactive_sent"]),
                "sessions": say_count(row["sessions"]),
                "per_thousand": one_decimal(demand) if (demand := per_thousand(row)) is not None else NOTHING,
            }
            for row in months
        ],
        is_per_thousand=is_per_thousand,
    )


def is_complete(row: Figures, period: Period, records_since: datetime | None) -> bool:
    """Whether the whole month lies in the period, is over, and was recorded from its first day on."""
    first = date.fromisoformat(f"{row['month']}-01")
    month = Period(first, date.fromordinal(add_months(first, 1).toordinal() - 1), period.zone)
    return (
        period.since <= month.since
        and month.until <= period.until
        and month.end <= clock.now()
        and records_since is not None
        and month.is_covered_since(records_since)
    )


def per_thousand(row: Figures) -> float | None:
    """People seeking help for each 1,000 who were active: who sought help, or got a message."""
    return row["sessions"] / row["people"] * 1000 if row["people"] else None


def demand_of(row: Figures, *, is_per_thousand: bool) -> float | None:
    return per_thousand(row) if is_per_thousand else row["sessions"]


def say_correlation(complete: list[Figures], *, is_per_thousand: bool) -> str:
    """From six complete months on: with fewer, chance alone draws any picture."""
    count = len(complete)
    if count < MONTHS_NEEDED:
        return ngettext(
            "Whether the two move together can be said from %(needed)s complete months on; there is %(count)s so far.",
            "Whether the two move together can be said from %(needed)s complete months on; there are %(count)s so far.",
            count,
        ) % {"needed": MONTHS_NEEDED, "count": count}
    sent = [row["proactive_sent"] for row in complete]
    demand = [demand_of(row, is_per_thousand=is_per_thousand) or 0.0 for row in complete]
    r = correlation(sent, demand)
    if r is None:
        return _("One of the two did not change, so nothing can be said about how they move together.")
    words = {"moved": say_moved(r), "r": say_r(r), "count": count}
    return _("%(moved)s: r = %(r)s over %(count)s complete months.") % words


def say_moved(r: float) -> str:
    if r >= NOTICEABLE:
        return _("The two moved together")
    return _("The two moved apart") if r <= -NOTICEABLE else _("The two moved independently")


def say_r(r: float) -> str:
    """Two decimals, as the reader's language writes them, with a true minus sign."""
    number = number_format(f"{abs(r):.2f}", use_l10n=True)
    return number if round(r, 2) >= 0 else f"−{number}"


def say_caution(*, is_per_thousand: bool) -> str:
    words = _("This is no proof that one causes the other.")
    if not is_per_thousand:
        return words
    return f"{words} " + _(
        "Active people are those who sought help or got a message: reaching more people lowers the share by itself."
    )


def picture_of_messages(
    months: list[Figures], *, is_per_thousand: bool, standalone: bool = False, dark: bool = False
) -> str:
    demand = (
        _("People seeking help for each 1,000 active people") if is_per_thousand else _("People seeking help")
    )
    rows = [
        Row(_("Proactive messages sent"), "source", [row["proactive_sent"] for row in months], say_value),
        Row(
            demand,
            "articles",
            [demand_of(row, is_per_thousand=is_per_thousand) for row in months],
            say_value,
        ),
    ]
    return draw_rows(
        rows,
        [Month(label_of(row), row["so_far"]) for row in months],
        title=_("Proactive messages beside people seeking help, by month"),
        description="; ".join(say_month_of(row) for row in months),
        mirrored=get_language_bidi(),
        standalone=standalone,
        dark=dark,
    )


def label_of(row: Figures) -> str:
    name = say_month(row["month"], short=True)
    return f"{name} {_('so far')}" if row["so_far"] else name


def say_month_of(row: Figures) -> str:
    words = {
        "month": say_month(row["month"]),
        "sent": say_count(row["proactive_sent"]),
        "sessions": say_count(row["sessions"]),
    }
    return _("%(month)s: %(sent)s messages, %(sessions)s people") % words


def say_value(value: float) -> str:
    return say_count(round(value))
