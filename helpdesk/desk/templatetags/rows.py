"""The rows of a list. In Python and not as a template: fifty of them are most of what a list costs, and so a third of it."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

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
        self.days: dict[date, str] = {}
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
            f"{self.day(row.last_message_at.astimezone(self.zone).date())}</relative-time></span>"
            f'<span class="row-subject truncate" dir="auto">{conditional_escape(subject) if subject else self.no_subject}</span>'
            f'<span class="row-bottom"><span class="row-snippet truncate grow" dir="auto">{conditional_escape(snippet)}</span>'
            f"{state_of(row)}{self.priority_or_assignee(row)}</span></span></a></li>\n"
        )

    def channel(self, kind: str) -> str:
        drawn = f'<span class="row-channel" title="{escape(channel_name(kind))}">{draw_icon(channel_icon(kind))}</span>'
        return self.channels.setdefault(kind, drawn)

    def day(self, day: date) -> str:
        return self.days.get(day) or self.days.setdefault(day, escape(date_format(day, "SHORT_DATE_FORMAT")))

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
    return (
        f'<span class="chip {rows.waiting_tone(row)}" title="{escape(_("Waiting for an answer"))}">{draw_icon("timer")}'
        f'{hidden(escape(_("Waiting:")) + " ")}<relative-time datetime="{row.waiting_since.isoformat()}" data-short>'
        f"{escape(timesince(row.waiting_since))}</relative-time></span>"
    )


STATES: tuple[tuple[Callable[[Ticket], object], Callable[[Ticket], str]], ...] = (
    (lambda row: row.merged_into_id, merged),
    (lambda row: row.trashed_at, trashed),
    (lambda row: row.is_spam, spam),
    (lambda row: row.is_finished, finished),
    (lambda row: row.snoozed_until, snoozed),
    (rows.is_waiting_long, waiting),
)
