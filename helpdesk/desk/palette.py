"""What the command palette finds on the server: a ticket by its number or words, people, and the settings' screens."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from helpdesk.desk.piles import CHANNEL_ICONS
from helpdesk.desk.search import NUMBER, search_tickets
from helpdesk.people.models import Contact, User
from helpdesk.tickets.models import Ticket

MOST_TICKETS = 6
MOST_PEOPLE = 4
LEAST = 2  # letters from which on it is worth to look


@dataclass(frozen=True)
class Entry:
    """`target`: the part of the desk it is shown in; "" for a page of its own."""

    title: str | Promise
    url: str
    icon: str
    details: str = ""
    target: str = ""


Groups = list[tuple[str, list[Entry]]]


def pages_for(user: User) -> Groups:
    """Every settings screen this user may open (settings.SETTINGS_SCREENS)."""
    groups = import_string(settings.SETTINGS_SCREENS)(user, "")
    doors = [door for _title, doors in groups for door in doors]
    return [(_("Settings"), [Entry(door.screen.label, door.url, door.screen.icon) for door in doors])]


def found_for(query: str, user: User) -> Groups:
    """What fits the words, the nearest first."""
    query = query.strip()
    if not query:
        return []
    entries = [searching(query)]
    if len(query) < LEAST and not query.isdigit():
        return [(_("Search"), entries)]
    return [(_("Tickets"), tickets_for(query, user)), (_("People"), people_for(query, user)), (_("Search"), entries)]  # fmt: skip


def searching(query: str) -> Entry:
    title = _("Search for “%(query)s”") % {"query": query}
    return Entry(title, f"{reverse('desk:search')}?{urlencode({'q': query})}", "search", target="#main")


def tickets_for(query: str, user: User) -> list[Entry]:
    rows = search_tickets(query, user).select_related("contact").only("subject", "channel", "contact__name", "contact__email")  # fmt: skip
    found = list(rows.order_by("-last_message_at", "-pk")[:MOST_TICKETS])
    number = NUMBER.match(query)
    found.sort(key=lambda ticket: not (number and ticket.pk == int(number[1])))
    return [ticket_entry(ticket) for ticket in found]


def ticket_entry(ticket: Ticket) -> Entry:
    title = f"#{ticket.pk} {ticket.subject or _('No subject')}"
    icon = CHANNEL_ICONS.get(ticket.channel, "ticket")
    return Entry(title, reverse("desk:ticket", args=[ticket.pk]), icon, str(ticket.contact), "#ticket")


def people_for(query: str, user: User) -> list[Entry]:
    """Customers by name or address, of whom the agent may see a ticket."""
    if NUMBER.match(query):
        return []
    seen = Ticket.objects.visible_to(user).filter(contact=OuterRef("pk"))
    people = Contact.objects.standing().filter(Q(name__icontains=query) | Q(email__istartswith=query))
    found = people.filter(Exists(seen)).order_by("-pk")[:MOST_PEOPLE]
    return [
        Entry(str(one), f"{reverse('desk:search')}?{urlencode({'q': one.email or one.name})}", "user", one.email if one.name else "", "#main")
        for one in found
        if one.email or one.name
    ]  # fmt: skip
