"""A row of what is known of the customer, as markup. Written here and not in a template: a pane has a dozen of them, and
each ticket page draws them all."""

from urllib.parse import quote

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.icons import draw_icon
from helpdesk.people.attributes.facts import Fact
from helpdesk.people.attributes.own_fields import OWN_FIELDS
from helpdesk.tickets.models import Ticket

IN_HEAD = {"name", "email"}
ICONS = {"email": "mail", "phone": "phone"}


def draw_fact(fact: Fact, ticket: Ticket, suffix: str, *, is_focused: bool = False) -> SafeString:
    """`suffix`: of the list beside the ticket. `is_focused`: the row was open until now, and the keyboard is there."""
    value = draw_value(fact, ticket, suffix, is_focused) if fact.can_edit else plain_value(fact)
    if in_head(fact):
        head = '<div class="fact fact--name" id="{}"><h3>{}</h3></div>'
        return format_html(
            head if fact.key == "name" else '<div class="fact fact--email" id="{}">{}</div>', fact.id, value
        )
    row = '<div class="fact" id="{}"><dt><bdi>{}</bdi></dt><dd>{}</dd></div>'
    return format_html(row, fact.id, fact.label, value)


def in_head(fact: Fact) -> bool:
    return fact.key in IN_HEAD and fact.key in OWN_FIELDS and fact.of == "person"


def draw_value(fact: Fact, ticket: Ticket, suffix: str, is_focused: bool) -> SafeString:
    shown = fact.words or (str(ticket.contact) if fact.key == "name" else _("Add"))
    says = _("Change %(field)s: %(value)s") if fact.words else _("Add %(field)s")
    return format_html(
        '<a class="fact-open{}" href="{}" aria-label="{}"{}><bdi>{}</bdi></a>{}',
        "" if fact.words or fact.key == "name" else " is-empty",
        fact_url(fact, ticket, suffix),
        says % {"field": fact.label, "value": shown},
        SafeString(" autofocus") if is_focused else "",
        shown,
        marks_of(fact),
    )


def fact_url(fact: Fact, ticket: Ticket, suffix: str) -> str:
    """As urls.py has it; reversing it would take longer than drawing the row."""
    return f"/desk/tickets/{ticket.pk}/facts/{fact.of}/{quote(fact.key, safe='')}/{suffix}"


def plain_value(fact: Fact) -> SafeString:
    return format_html('<bdi class="fact-plain">{}</bdi>{}', fact.words, marks_of(fact))


def marks_of(fact: Fact) -> SafeString:
    """What has to be known beside the value: that nobody has proved it, that it does not fit, where it leads."""
    marks = SafeString("")
    if fact.href:
        marks += format_html(
            '<a class="fact-link" href="{}" target="_blank" rel="noopener noreferrer nofollow" aria-label="{}">{}</a>',
            fact.href,
            _("Open %(field)s") % {"field": fact.label},
            draw_icon(ICONS.get(fact.key, "external-link")),
        )
    if fact.is_claimed:
        marks += format_html(' <span class="badge">{}</span>', _("not verified"))
    if fact.claimed:
        said = _("The site says: %(value)s") % {"value": fact.claimed}
        marks += format_html('<span class="fact-note"><bdi>{}</bdi> · {}</span>', said, _("not verified"))
    if fact.problem:
        marks += format_html(
            '<span class="fact-note fact-note--bad" title="{}">{}</span>',
            fact.problem,
            _("does not fit its type"),
        )
    return marks
