"""The rows of a list. In Python and not as a template: fifty of them are most of what a list costs, and so a third of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.desk import rows
from helpdesk.desk.templatetags.desk import (
    channel_icon,
    channel_name,
    initials,
    priority_tone,
    snoozed_words,
    tint,
)
from helpdesk.desk.templatetags.together import here, people_here
from helpdesk.icons import draw_icon
from helpdesk.tickets.models import Ticket

register = template.Library()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2001, 1, 1, tzinfo=UTC)  # from where spans are reckoned


@register.simple_tag(takes_context=True)
def draw_rows(context: Mapping[str, Any]) -> SafeString:
    """`rows` of the context, the one of its `ticket` marked, each leading to its ticket beside the list of `place`."""
    drawer = RowDrawer(context)
    return mark_safe("".join(map(drawer.draw, context["rows"])))  # noqa: S308  each value in it was escaped


class RowDrawer:
    """Draws rows for one page: what is the same for all of them is made once."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.user_pk = context["request"].user.pk
        self.visited = here(context["request"])
        self.zone = get_current_timezone()
        self.language = get_language()
        self.channels: dict[str, str] = {}
        place, ticket = context["place"], context.get("ticket")
        self.before, self.after = escape(place.tickets_url), escape(place.suffix)
        self.open_pk = ticket.pk if ticket else None
        self.choose = escape(_("Choose #%(number)s"))
        self.no_subject = escape(_("No subject"))
        unread = escape(_("Unread:"))
        self.unread = f'<span class="dot dot--accent row-unread"></span>{hidden(unread)}'

    def draw(self, row: Ticket) -> str:
        pk, unread = row.pk, rows.is_unread(row)
        name = str(row.contact)
        subject = getattr(row, "found_subject", "") or row.subject
        snippet = getattr(row, "found_snippet", "") or row.last_snippet
        current = ' aria-current="true"' if pk == self.open_pk else ""
        return (
            f'<li id="row-{pk}"><label class="row-pick"><input type="checkbox" name="pick" tabindex="-1" autocomplete="off">'
            f"{hidden(self.choose % {'number': pk})}</label>"
            f'<a class="row{" is-unread" if unread else ""}" href="{self.before}{pk}/{self.after}" data-ticket="{pk}"{current}>'
            f'<span class="row-side">{avatar(name)}{self.channels.get(row.channel) or self.channel(row.channel)}</span>'
            f'<span class="row-main"><span class="row-top">{self.unread if unread else ""}'
            f'<bdi class="row-name truncate grow">{escape(name)}</bdi>'
            f'<span class="row-people" data-people="{pk}">{self.people(row)}</span>'
            f'<relative-time class="row-time" datetime="{row.last_message_at.isoformat()}" data-short>'
            f"{short_date(row.last_message_at.astimezone(self.zone).date(), self.language)}</relative-time></span>"
            f'<span class="row-subject truncate" dir="auto">{conditional_escape(subject) if subject else self.no_subject}</span>'
            f'<span class="row-bottom"><span class="row-snippet truncate grow" dir="auto">{conditional_escape(snippet)}</span>'
            f"{state_of(row)}{self.priority_or_assignee(row)}</span></span></a></li>\n"
        )

    def channel(self, kind: str) -> str:
        drawn = f'<span class="row-channel" title="{escape(channel_name(kind))}">{draw_icon(channel_icon(kind))}</span>'
        return self.channels.setdefault(kind, drawn)

    def people(self, row: Ticket) -> str:
        """Mostly nobody, which costs nothing then."""
        return people_here(self.context, row) if row.pk in self.visited or row.drafters else ""

    def priority_or_assignee(self, row: Ticket) -> str:
        if row.priority > Ticket.Priority.NORMAL:
            tone = priority_tone(row.priority)
            return f'<span class="chip {tone}">{escape(row.get_priority_display())}</span>'
        if not row.assignee_id or row.assignee_id == self.user_pk:
            return ""
        name = str(row.assignee)
        return (
            f'<span class="avatar avatar--tiny avatar--{tint(name)}" title="{escape(name)}">'
            f'<span aria-hidden="true">{escape(initials(name))}</span>{hidden(escape(_("with %(name)s") % {"name": name}))}</span>'
        )


@lru_cache(maxsize=2048)  # a page has fifty, and Django looks up how a language writes them each time
def short_date(day: date, _language: str) -> str:
    return escape(date_format(day, "SHORT_DATE_FORMAT"))


@lru_cache(maxsize=2048)
def short_moment(moment: datetime, _language: str) -> str:
    """`moment` has no zone any more: one moment in two zones would be the same key."""
    return escape(date_format(moment, "SHORT_DATETIME_FORMAT"))


@lru_cache(maxsize=2048)  # a customer's name comes back, and a name is always drawn alike
def avatar(name: str) -> str:
    return f'<span class="avatar avatar--{tint(name)}" aria-hidden="true">{escape(initials(name))}</span>'


def hidden(words: str) -> str:
    return f'<span class="visually-hidden">{words}</span>'


def state_of(row: Ticket) -> str:
    """The first of the things to be known about it, as a chip; "" where nothing is special."""
    return next((draw(row) for fits, draw in STATES if fits(row)), "")


def merged(row: Ticket) -> str:
    words = hidden(escape(_("Merged into")) + " ")
    return f'<span class="chip">{draw_icon("merge")}{words}#{row.merged_into_id}</span>'


def trashed(row: Ticket) -> str:
    return f'<span class="chip">{draw_icon("trash-2")}{escape(_("Trash"))}</span>'


def spam(row: Ticket) -> str:
    return f'<span class="chip">{draw_icon("ban")}{escape(_("Spam"))}</span>'


def finished(row: Ticket) -> str:
    return f'<span class="chip">{escape(row.get_status_display())}</span>'


def snoozed(row: Ticket) -> str:
    words = escape(_("Snoozed until"))
    until = escape(snoozed_words(row.snoozed_until))
    return f'<span class="chip" title="{words}">{draw_icon("alarm-clock")}{hidden(words + " ")}{until}</span>'


def waiting(row: Ticket) -> str:
    since, (title, words) = row.waiting_since, waiting_words(get_language())
    return (
        f'<span class="chip {rows.waiting_tone(row)}" title="{title}">{draw_icon("timer")}{words}'
        f'<relative-time datetime="{since.isoformat()}" data-short>{span_of(clock.now() - since)}</relative-time></span>'
    )


@lru_cache
def waiting_words(_language: str) -> tuple[str, str]:
    return escape(_("Waiting for an answer")), hidden(escape(_("Waiting:")) + " ")


def span_of(span: timedelta) -> str:
    """In words: to the minute within an hour, to the hour within two days, else to the day. A script makes it shorter still."""
    unit = MINUTE if span < HOUR else HOUR if span.days < 2 else DAY
    return span_in_words(span // unit * unit, get_language())


@lru_cache(maxsize=2048)  # reckoning months and days took longer than drawing the rest of a row
def span_in_words(span: timedelta, _language: str) -> str:
    return escape(timesince(MIDNIGHT, MIDNIGHT + span))


def due(row: Ticket) -> str:
    """What is promised: how long there is still time, or that there is none."""
    tone = rows.due_tone(row)
    words = escape(_("overdue") if tone == "is-bad" else _("due in"))
    until = short_moment(localtime(row.due_at).replace(tzinfo=None, second=0, microsecond=0), get_language())
    return (
        f'<span class="chip {tone}" title="{escape(_("Promised until"))} {until}">'
        f'{draw_icon("alarm-clock")}{words} <relative-time datetime="{row.due_at.isoformat()}" data-short>'
        f"{span_of(abs(row.due_at - clock.now()))}</relative-time></span>"
    )


def escalated(row: Ticket) -> str:
    reason = escape(row.get_escalation_reason_display())
    return (
        f'<span class="chip is-warn" title="{escape(_("Escalated"))}">{draw_icon("triangle-alert")}'
        f'{hidden(escape(_("Escalated:")) + " ")}{reason} <relative-time datetime="{row.escalated_at.isoformat()}" '
        f"data-short>{span_of(clock.now() - row.escalated_at)}</relative-time></span>"
    )


STATES: tuple[tuple[Callable[[Ticket], object], Callable[[Ticket], str]], ...] = (
    (lambda row: row.merged_into_id, merged),
    (lambda row: row.trashed_at, trashed),
    (lambda row: row.is_spam, spam),
    (lambda row: row.is_finished, finished),
    (lambda row: row.snoozed_until, snoozed),
    (lambda row: row.escalated_at, escalated),
    (rows.is_due, due),
    (rows.is_waiting_long, waiting),
)
