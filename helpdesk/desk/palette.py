"""What the command palette finds on the server: macros, tickets by number or words, people, and the settings' screens."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.desk.counting import piles_of
from helpdesk.desk.filters.meaning import contacts_like
from helpdesk.desk.piles import CHANNEL_ICONS
from helpdesk.desk.search import NUMBER, page_of_hits, search
from helpdesk.desk.shortcuts import shortcuts_for
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket

MOST_TICKETS = 6
MOST_PEOPLE = 4
LEAST = 2  # letters from which on it is worth to look


@dataclass(frozen=True)
class Entry:
    """`target`: the part of the desk it is shown in; "" for a page of its own. `is_done`: choosing it does it."""

    title: str | Promise
    url: str
    icon: str
    details: str = ""
    target: str = ""
    is_done: bool = False


Groups = list[tuple[str, list[Entry]]]


def pages_for(user: User) -> Groups:
    """Every settings screen this user may open (settings.SETTINGS_SCREENS)."""
    groups = import_string(settings.SETTINGS_SCREENS)(user, "")
    doors = [door for _title, doors in groups for door in doors]
    return [(_("Settings"), [Entry(door.screen.label, door.url, door.screen.icon) for door in doors])]


def places_for(user: User) -> Groups:
    """The screens of the rail, and every view of the inbox."""
    screens = [
        Entry(_("Inbox"), reverse("desk:home"), "inbox"),
        Entry(_("Visitors"), reverse("visitors:visitors"), "globe"),
        Entry(_("Funnel"), "/funnel/", "chart-spline"),
        Entry(_("Help center"), "/", "book-open"),
        Entry(_("Settings"), "/settings/", "settings"),
        Entry(_("Write to a customer"), reverse("desk:new_ticket"), "square-pen"),
        Entry(_("New view from conditions"), reverse("desk:new_condition_view"), "list-filter"),
    ]
    screens.append(Entry(_("Availability: online, busy, away"), reverse("availability"), "circle-dot"))
    piles = [pile for _title, group in piles_of(user) for pile in group]
    views = [Entry(pile.title, reverse("desk:pile", args=[pile.key]), pile.icon) for pile in piles]
    return [(_("Go to"), screens), (pgettext("inbox", "Views"), views)]


def found_for(query: str, user: User, ticket: Ticket | None = None) -> Groups:
    """What fits the words, the nearest first; with the macros that can be used on the open ticket."""
    query = query.strip()
    if not query:
        return []
    macros = macros_for(ticket, query, user) if ticket else []
    groups = [(_("Macros"), macros)]
    if len(query) >= LEAST or query.isdigit():
        groups += [
            (_("Tickets"), tickets_for(query, user)),
            (pgettext("palette", "People"), people_for(query, user)),
        ]
    return [*groups, (_("Search"), [searching(query)])]


def macros_for(ticket: Ticket, query: str, user: User) -> list[Entry]:
    """Those without a text, which are done at once; one with a text is called up where it is written."""
    return [
        Entry(
            offer.shortcut.name,
            reverse("desk:run", args=[ticket.pk, offer.shortcut.pk]),
            "zap",
            ", ".join(offer.steps),
            is_done=True,
        )
        for offer in shortcuts_for(ticket, query, user)
        if offer.acts_at_once
    ]


def searching(query: str) -> Entry:
    title = _("Search for “%(query)s”") % {"query": query}
    return Entry(title, f"{reverse('desk:search')}?{urlencode({'q': query})}", "search", target="#main")


def tickets_for(query: str, user: User) -> list[Entry]:
    """The ticket of that number first, then the newest with the words."""
    found = search(query, user)
    if found.has_words:
        rows = page_of_hits(found, user, cursor="", size=MOST_TICKETS).rows[:MOST_TICKETS]
    else:
        rows = found.tickets.select_related("contact").order_by("-last_message_at", "-pk")[:MOST_TICKETS]
    return [ticket_entry(ticket) for ticket in rows]


def ticket_entry(ticket: Ticket) -> Entry:
    title = f"#{ticket.pk} {ticket.subject or _('No subject')}"
    icon = CHANNEL_ICONS.get(ticket.channel, "ticket")
    return Entry(title, reverse("desk:ticket", args=[ticket.pk]), icon, str(ticket.contact), "#ticket")


def people_for(query: str, user: User) -> list[Entry]:
    """Customers by name or address, of whom the agent may see a ticket."""
    if NUMBER.match(query):
        return []
    seen = Ticket.objects.visible_to(user).filter(contact=OuterRef("pk"))
    people = contacts_like(query).filter(Exists(seen)).order_by("-pk")[:MOST_PEOPLE]
    return [
        Entry(str(one), searching(one.email or one.name).url, "user", one.email if one.name else "", "#main")
        for one in people
        if one.email or one.name
    ]
