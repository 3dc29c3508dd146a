"""Who else is at a ticket, for the templates that show it."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.desk.drawn_people import draw_people
from helpdesk.desk.known import language_name
from helpdesk.desk.together import Person, everybody, people_at
from helpdesk.desk.uploads import MOST
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket

register = template.Library()


@register.simple_tag(takes_context=True)
def people_here(context: Mapping[str, Any], ticket: Ticket) -> SafeString:
    """Everybody else who looks at the ticket or has begun to write there."""
    user = context["request"].user
    others = [one for one in here(context["request"]).get(ticket.pk, []) if one.id != user.pk]
    return draw_people(people_at(others, drafters_of(ticket, user)))


def drafters_of(ticket: Ticket, user: User) -> list[Mapping[str, Any]]:
    """As the list or the page has read them with the ticket."""
    if hasattr(ticket, "drafters"):
        return ticket.drafters
    return [{"id": one["user"], "name": one["name"]} for one in colleague_drafts_of(ticket, user)]


@register.simple_tag(takes_context=True)
def colleague_drafts(context: Mapping[str, Any], ticket: Ticket) -> list[dict[str, Any]]:
    return colleague_drafts_of(ticket, context["request"].user)


def colleague_drafts_of(ticket: Ticket, user: User) -> list[dict[str, Any]]:
    return [one for one in getattr(ticket, "begun", []) if one["user"] != user.pk]


@register.simple_tag(takes_context=True)
def own_drafts(context: Mapping[str, Any], ticket: Ticket) -> dict[str, dict[str, str]]:
    """What this agent has begun here, on whatever device: by kind its text, when it was kept and where."""
    pk = context["request"].user.pk
    return {
        one["kind"]: {name: one[name] for name in ("text", "at", "device")}
        for one in getattr(ticket, "begun", [])
        if one["user"] == pk
    }


@register.filter
def as_data(value: object) -> str:
    """As JSON for an attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.simple_tag
def file_limits() -> dict[str, object]:
    most, largest = MOST, settings.ATTACHMENT_MAX_BYTES
    words = _("At most %(most)s files, together at most %(size)s. Remove some to send.")
    return {
        "most": most,
        "largest": largest,
        "words": words % {"most": most, "size": filesizeformat(largest)},
    }


@register.filter
def spoken(ticket: Ticket) -> str:
    """The language in which to answer, in words; "" where it is not known."""
    return language_name(ticket.language or ticket.contact.language)


def here(request: HttpRequest) -> dict[int, list[Person]]:
    """Read once a request, however many rows ask."""
    if not hasattr(request, "_everybody_here"):
        request._everybody_here = everybody()
    return request._everybody_here
