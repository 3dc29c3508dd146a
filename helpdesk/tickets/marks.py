"""What is to be known of a ticket before a machine says anything to its customer: it wants to cancel, is a dispute, is
somebody new ... A mark is a word of the team; those of ours have a key and a name in every language."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.tickets.actions import normal_tag, save, verb
from helpdesk.tickets.models import Ticket

OURS: dict[str, str | Promise] = {
    "cancel": _("Wants to cancel"),
    "upgrade": _("Wants to upgrade"),
    "billing": _("Billing dispute"),
    "legal": _("Legal matter"),
    "high_touch": _("High-touch customer"),
    "new": _("New customer"),
    "trial": _("Trial customer"),
}


def name_of_mark(mark: str) -> str:
    """What people read: ours in their language, others as they were written."""
    return str(OURS.get(mark, mark))


@verb
def mark_ticket(ticket: Ticket, *, marks: Iterable[str], by: Actor, why: str = "") -> None:
    """Add marks; `why` says by what they were found, in a few words."""
    fresh = [mark for mark in dict.fromkeys(map(normal_tag, marks)) if mark and mark not in ticket.marks]
    if not fresh:
        return
    ticket.marks = [*ticket.marks, *fresh]
    save(ticket, "marks")
    record(names.TICKET_MARKED, by=by, ticket=ticket, data={"marks": fresh, "why": why[:200]})


@verb
def unmark_ticket(ticket: Ticket, *, marks: Iterable[str], by: Actor) -> None:
    gone = [mark for mark in marks if mark in ticket.marks]
    if not gone:
        return
    ticket.marks = [mark for mark in ticket.marks if mark not in gone]
    save(ticket, "marks")
    record(names.TICKET_UNMARKED, by=by, ticket=ticket, data={"marks": gone})
