"""What is promised to a ticket's customer, and what is to be known of it, in the head of the ticket."""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from helpdesk.desk.templatetags.rows import due
from helpdesk.icons import draw_icon
from helpdesk.tickets.marks import name_of_mark
from helpdesk.tickets.models import Ticket

register = template.Library()


@register.simple_tag
def due_badge(ticket: Ticket) -> SafeString | str:
    return mark_safe(due(ticket)) if ticket.due_at else ""  # noqa: S308  each value in it was escaped


@register.simple_tag
def mark_badges(ticket: Ticket) -> SafeString | str:
    """The first of its marks, how many more there are, and all of them on a closer look: the head has room for little."""
    if not ticket.marks:
        return ""
    names = [escape(name_of_mark(mark)) for mark in ticket.marks]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    others = f'<span class="visually-hidden">, {", ".join(names[1:])}</span>' if more else ""
    return mark_safe(  # noqa: S308  the same
        f'<span class="badge is-note ticket-mark" title="{", ".join(names)}">{draw_icon("shield-alert")} <bdi>{names[0]}</bdi>'
        f'<span aria-hidden="true">{more}</span>{others}</span>'
    )
