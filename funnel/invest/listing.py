"""The signals as the pages show them: what stands, what was taken on and whether it moved, what was dismissed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from funnel.invest.desk import Desk, desk_at
from funnel.invest.leading import Mending
from funnel.invest.rules.table import KINDS
from funnel.invest.words import WORDING, Wording, say_about
from funnel.models import Signal, SupportSession
from funnel.report.comparison import compare
from funnel.report.period import add_months
from funnel.report.wording import say_day, say_month
from helpdesk import clock
from helpdesk.people.models import User

State = Signal.State
AT_THE_TOP = 5
SAME = 0.0005  # a change smaller than this is none


@dataclass(frozen=True)
class Line:
    """One signal in words. `moved` says what became of it since somebody took it on, `verdict` better or worse."""

    signal: Signal
    wording: Wording
    title: str
    sentence: str
    mending: Mending | None
    behind: str
    worth: str
    moved: str = ""
    verdict: str = ""


def lines_of(signals: Iterable[Signal], reader: User) -> list[Line]:
    return [line_of(signal, reader) for signal in signals]


def line_of(signal: Signal, reader: User) -> Line:
    wording = WORDING[signal.kind]
    mending = wording.mending(signal)
    moved, verdict = say_moved(signal)
    return Line(
        signal=signal,
        wording=wording,
        title=wording.title(signal),
        sentence=wording.sentence(signal, signal.figures),
        mending=mending if reader.is_admin or not mending.is_for_admins else None,
        behind=wording.behind(signal),
        worth=say_worth(
            0 if wording.says_hours else signal.figures["team_hours"], signal.figures["waiting_hours"]
        ),
        moved=moved,
        verdict=verdict,
    )


def say_worth(team_hours: float, waiting_hours: float) -> str:
    """What it may save in a month; "" where that is nothing to speak of."""
    hours = {"work": say_about(team_hours), "waiting": say_about(waiting_hours)}
    least = 1 / 60
    if team_hours >= least and waiting_hours >= least:
        return _("About %(work)s of work and %(waiting)s of waiting a month") % hours
    if team_hours >= least:
        return _("About %(work)s of work a month") % hours
    return _("About %(waiting)s less of customers' waiting a month") % hours if waiting_hours >= least else ""


def say_moved(signal: Signal) -> tuple[str, str]:
    """The figure of the day it was taken on beside today's, by the same rule; and whether that is better."""
    then, now = signal.figure_when_decided, signal.figure
    if signal.state != State.TAKEN or then is None or now is None:
        return "", ""
    until = date.fromisoformat(signal.figures["until"])
    if until <= signal.decided_at.date():
        month_after = add_months(signal.decided_at.date().replace(day=1), 1)
        return _("Too early to say: the month of the decision is over on %(day)s.") % {
            "day": say_day(month_after)
        }, ""
    say = WORDING[signal.kind].figure
    words = {"then": say(then), "now": say(now)}
    change = compare(now, then, in_points=True, better=KINDS[signal.kind].better)
    if change.is_new or abs(change.amount) < SAME:
        return _("%(then)s then, %(now)s now: not moved yet") % words, ""
    if change.is_good:
        return _("%(then)s then, %(now)s now: better") % words, "better"
    return _("%(then)s then, %(now)s now: worse") % words, "worse"


def signals_section(reader: User) -> dict[str, Any]:
    """The section of the funnel page: the first five in words, of all others how many there are."""
    standing = list(signals_in(State.NEW))
    counts = dict(Signal.objects.order_by().values_list("state").annotate(Count("pk")))
    return {
        "reader": reader,
        "top": lines_of(standing[:AT_THE_TOP], reader),
        "more": max(0, len(standing) - AT_THE_TOP),
        "taken": counts.get(State.TAKEN, 0),
        "dismissed": counts.get(State.DISMISSED, 0),
        **horizon(clock.now()),
    }


def signals_page(reader: User) -> dict[str, Any]:
    """Everything, in words."""
    return {
        "reader": reader,
        "standing": lines_of(signals_in(State.NEW), reader),
        "taken": lines_of(signals_in(State.TAKEN), reader),
        "dismissed": lines_of(signals_in(State.DISMISSED), reader),
        "reckoned_at": Signal.objects.aggregate(last=Max("reckoned_at"))["last"],
        **horizon(clock.now()),
    }


def signals_in(state: str) -> Iterable[Signal]:
    found = Signal.objects.filter(state=state).select_related("decided_by")
    if state == State.NEW:
        return found.filter(is_standing=True).order_by("-weight", "id")
    return found.order_by("-decided_at", "id")


def horizon(now: datetime) -> dict[str, Any]:
    """Which month the signals speak of, or from when on there is a full month to look at."""
    desk = desk_at(now)
    if desk is None or not has_full_month(desk):
        first = add_months((desk.this_month.since if desk else now.date().replace(day=1)), 1)
        return {"month": "", "first_on": say_day(first)}
    return {"month": say_month(f"{desk.month.since:%Y-%m}"), "first_on": ""}


def has_full_month(desk: Desk) -> bool:
    """Whether anybody sought help before the last full month was over."""
    rows = SupportSession.objects.filter(edition_id=desk.edition.facts_id)
    return rows.filter(started_at__lt=desk.month.end).exists()
