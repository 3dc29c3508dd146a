"""Small things the desk's templates print."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zlib import crc32

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.desk import keys, mails, rows, saved, sending
from helpdesk.desk.addressing import Addressing, addressing_of, channel_of_answer
from helpdesk.desk.piles import CHANNEL_ICONS
from helpdesk.desk.reasons import reason_of
from helpdesk.desk.script import script_version
from helpdesk.desk.ways import Way, shown_ways
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets import calls
from helpdesk.tickets.models import Message, SavedView, Ticket
from helpdesk.tickets.pictures import has_web_pictures
from helpdesk.tickets.snoozing import UNTIL_REPLY

register = template.Library()
CHANNEL_NAMES = dict(Inbox.Kind.choices)


@register.simple_tag
def addressing(ticket: Ticket, draft: object = None) -> Addressing | None:
    return addressing_of(ticket, draft if isinstance(draft, Mapping) else None)


@register.simple_tag(takes_context=True)
def ways(context: Mapping, ticket: Ticket) -> list[Way]:
    """`draft` or `next_way` of the context say which one was chosen before."""
    before = context.get("draft") or context.get("next_way")
    return shown_ways(ticket, before if isinstance(before, Mapping) else None)


@register.simple_tag
def script_url() -> str:
    return reverse("desk:script", args=[script_version()])


@register.simple_tag(takes_context=True)
def key_columns(context: Mapping) -> SafeString:
    """The whole table of keys as this agent uses it."""
    return draw_columns(tuple(sorted(context["request"].user.keys.items())), get_language())


@lru_cache(maxsize=256)  # a fifth of a page, and the same for all who have not chosen keys of their own
def draw_columns(chosen: tuple[tuple[str, str], ...], _language: str) -> SafeString:
    return render_to_string("desk/_key_columns.html", {"groups": keys.table_of(dict(chosen))})


@register.simple_tag(takes_context=True)
def key_mark(context: Mapping, name: str) -> str:
    """The agent's own key for an action, to stand beside its words; nothing where they have none."""
    key = keys.key_of(context["request"].user, name)
    return format_html("<kbd>{}</kbd>", key) if key else ""


@register.simple_tag(takes_context=True)
def key_after(context: Mapping, name: str) -> str:
    """The same for a title: " (e)"."""
    key = keys.key_of(context["request"].user, name)
    return f" ({key})" if key else ""


@register.filter
def snoozed_words(until: datetime) -> str:
    """When a snoozed ticket comes back."""
    if until == UNTIL_REPLY:
        return _("until they reply")
    return date_format(localtime(until), "SHORT_DATETIME_FORMAT")


@register.filter
def reason(message: Message) -> str:
    return str(reason_of(message))


@register.filter
def initials(name: object) -> str:
    """At most two letters of a name; the first two signs of a name in Chinese or Japanese would be too many."""
    return initials_of(str(name))


@lru_cache(maxsize=2048)  # a conversation has the same few in each bubble
def initials_of(name: str) -> str:
    words = re.findall(r"\w+", name.split("@")[0])
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 and words[0].isascii() else "")).upper()


@register.filter
def tint(name: object) -> int:
    """The number, 1 to 8, of the avatar's ground: always the same for a name."""
    return crc32(str(name).encode()) % 8 + 1


for shown in (
    channel_of_answer,
    *(
        mails.as_paragraphs,
        mails.has_original,
        mails.words_of,
        mails.is_long,
        mails.foreign_language,
        mails.is_sealed,
    ),
    *(mails.files_below, mails.kind_of_file, mails.is_picture, mails.invitations_of, has_web_pictures),
):
    register.filter(shown)


@register.filter
def channel_icon(channel: str) -> str:
    return CHANNEL_ICONS.get(channel, "message-square")


@register.filter
def may_change_call(message: Message, user: User) -> bool:
    return bool(user) and calls.may_change(message, Actor.agent(user))


@register.filter
def channel_name(channel: str) -> str:
    return str(CHANNEL_NAMES.get(channel, channel))


@register.filter
def may_change(view: SavedView, user: User) -> bool:
    return saved.may_change(view, user)


@register.filter
def is_unread(ticket: Ticket) -> bool:
    return rows.is_unread(ticket)


@register.filter
def is_waiting_long(ticket: Ticket) -> bool:
    return rows.is_waiting_long(ticket)


@register.filter
def waiting_tone(ticket: Ticket) -> str:
    return rows.waiting_tone(ticket)


@register.filter
def status_tone(status: str) -> str:
    """The badge's class: what needs the team stands out, what is over does not."""
    return {"new": "is-accent", "open": "is-accent", "pending": "is-note", "on_hold": "is-note"}.get(
        status, ""
    )


@register.filter
def priority_tone(priority: int) -> str:
    return {3: "is-warn", 4: "is-bad"}.get(priority, "")


@register.filter
def capped(count: int) -> str:
    return "99+" if count > 99 else str(count)


for tell in (
    *(sending.state_icon, sending.state_words, sending.troubled, sending.can_retry, sending.seconds_to_undo),
):
    register.filter(tell)


@register.simple_tag
def stars(score: int) -> SafeString:
    """A rating as words for all and five signs for the eye."""
    words = _("%(score)s of 5") % {"score": score}
    return format_html(
        '<span class="stars"><span aria-hidden="true">{}{}</span><span class="visually-hidden">{}</span></span>',
        "★" * score,
        "☆" * (5 - score),
        words,
    )
