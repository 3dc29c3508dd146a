"""Canned answers, found while typing and filled in before sending."""

import re

from django.db.models import Q

from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut, Ticket

MOST = 8


def shortcuts_for(ticket: Ticket, query: str, user: User) -> list[tuple[Shortcut, str]]:
    """The shortcuts that fit what was typed after "/", each with its text filled in for this ticket.

    Of one name the variant in the customer's language wins, then English, then any; of the ticket's
    department before one for all.
    """
    fitting = Shortcut.objects.filter(Q(department=None) | Q(department=ticket.department_id))
    if query:
        fitting = fitting.filter(Q(name__icontains=query) | Q(text__icontains=query))
    best: dict[str, Shortcut] = {}
    for shortcut in sorted(fitting[:200], key=lambda each: rank(each, ticket)):
        best.setdefault(shortcut.name, shortcut)

    def order(shortcut: Shortcut) -> tuple:
        return (not shortcut.name.startswith(query.lower()), rank(shortcut, ticket)[:2], shortcut.name)

    nearest = sorted(best.values(), key=order)[:MOST]
    return [(shortcut, fill_in(shortcut.text, ticket, user)) for shortcut in nearest]


def rank(shortcut: Shortcut, ticket: Ticket) -> tuple[bool, bool, bool]:
    language = ticket.language or ticket.contact.language or "en"
    return (shortcut.language != language, shortcut.language != "en", shortcut.department_id is None)


def fill_in(text: str, ticket: Ticket, user: User) -> str:
    """Replace the placeholders; one that is unknown stays as it is, for the agent to see. Where a visitor has no name, the
    comma and the blank that led to it go too: "Thank you, {first_name}." is "Thank you."."""
    name = ticket.contact.name.strip()
    values = {
        "{customer}": name or ticket.contact.email,
        "{first_name}": name.split()[0] if name else "",
        "{agent}": str(user),
        "{ticket}": f"#{ticket.pk}",
    }
    for placeholder, value in values.items():
        text = text.replace(placeholder, value) if value else leave_out(text, placeholder)
    return text


def leave_out(text: str, placeholder: str) -> str:
    at = re.escape(placeholder)
    text = re.sub(rf"^{at}[,，]?[ ]*", "", text, flags=re.MULTILINE)
    return re.sub(rf"[,，]?[ ]*{at}", "", text)
