"""Thresholds in words: as a sentence for their list, and in short for the monitor and notices."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.inboxes.models import Inbox
from routing.models import Threshold

Figure = Threshold.Figure
SHARES = {Figure.LOAD, Figure.CONTENT}
TIMES = {Figure.LONGEST, Figure.MEAN}


def short_name(figure: str) -> str:
    return {
        Figure.WAITING: _("waiting tickets"),
        Figure.LONGEST: _("longest wait"),
        Figure.MEAN: _("mean wait"),
        Figure.MISSED: _("missed chats"),
        Figure.LATE: _("late promises"),
        Figure.LOAD: _("load"),
        Figure.CONTENT: _("content customers"),
    }[Figure(figure)]


def bound_of(figure: str, amount: int) -> str:
    """ "12", "12 min", "12 %"."""
    if figure in TIMES:
        return _("%(minutes)s min") % {"minutes": amount}
    return _("%(number)s %%") % {"number": amount} if figure in SHARES else str(amount)


def where_of(row: Threshold) -> str:
    """ "Support · Chat widget", or "" for the whole desk."""
    department = str(row.department) if row.department_id else ""
    channel = str(Inbox.Kind(row.channel).label) if row.channel else ""
    return " · ".join(part for part in (department, channel) if part)


def figure_of(row: Threshold) -> str:
    """ "Longest wait in Support · Chat widget"."""
    name = capfirst(short_name(row.figure))
    where = where_of(row)
    return _("%(figure)s in %(where)s") % {"figure": name, "where": where} if where else name


def condition_of(row: Threshold) -> str:
    """ "Longest wait in Support over 10 min"."""
    words = _("%(figure)s under %(bound)s") if row.is_below else _("%(figure)s over %(bound)s")
    return words % {"figure": figure_of(row), "bound": bound_of(row.figure, row.amount)}


def sentence_of(row: Threshold) -> str:
    """ "for 5 minutes: tell the admins, Alice."."""
    told = [str(Threshold.Tells(each).label) for each in row.tells if each != Threshold.Tells.PEOPLE]
    if Threshold.Tells.PEOPLE in row.tells:
        told += [str(person) for person in row.people.all()]
    whom = ", ".join(told) or _("nobody")
    if not row.minutes:
        return _("At once: tell %(whom)s.") % {"whom": whom}
    words = ngettext(
        "For %(minutes)s minute: tell %(whom)s.", "For %(minutes)s minutes: tell %(whom)s.", row.minutes
    )
    return words % {"minutes": row.minutes, "whom": whom}
