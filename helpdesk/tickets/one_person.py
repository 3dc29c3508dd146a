"""Which people an agent may see, and making one person of two, or two of one, on an agent's word.

A ticket stays with its department, so nobody sees more tickets by a merge. But whose a ticket is changes, and with it who
gets its answers: only somebody who sees all tickets of both decides that.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import ngettext

from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.people.contacts import lock_contact
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact, ContactMerge, User
from helpdesk.people.parting import Parted, merges_of, part_contacts
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.surveys import NO_SURVEYS


class HasHiddenTickets(Conflict):
    """One of the two has tickets that this agent may not see."""

    code = "hidden_tickets"


def contacts_visible_to(user: User) -> QuerySet[Contact]:
    """All but those who wrote only where this user may not look, and those merged into another."""
    if user.is_admin:
        return Contact.objects.standing()
    tickets = Ticket.objects.filter(contact=OuterRef("pk"))
    return Contact.objects.standing().filter(~Exists(tickets) | Exists(tickets.visible_to(user)))


def make_one_person(
    kept: Contact, gone: Contact, *, take: Iterable[str] = (), user: User
) -> ContactMerge | None:
    """`gone` becomes `kept`, as `merge_contacts` has it; returns what takes it back, None where they have been one since before
    that was kept. Raises HasHiddenTickets."""
    with transaction.atomic():
        refuse_hidden([kept, gone], user)
        left = merge_contacts(kept, gone, take=take, by=Actor.agent(user))
        return merges_of(left).first()


def make_two_people(merge: ContactMerge, *, user: User) -> Parted:
    """Take that back. Whoever unsubscribed while they were one is unsubscribed as each. Raises HasHiddenTickets, NotMerged."""
    with transaction.atomic():
        refuse_hidden([lock_contact(merge.gone_id)], user)
        parted = part_contacts(merge, by=Actor.agent(user))
        if parted.kept.attributes.get(NO_SURVEYS):
            parted.gone.attributes[NO_SURVEYS] = parted.kept.attributes[NO_SURVEYS]
            parted.gone.save(update_fields=["attributes"])
    return parted


def refuse_hidden(people: Iterable[Contact], user: User) -> None:
    for contact in people:
        if count := hidden_tickets(contact, user):
            said = ngettext(
                "%(name)s has %(count)s ticket in a department that is closed to you: somebody who sees it has to do this.",
                "%(name)s has %(count)s tickets in departments that are closed to you: somebody who sees them has to do this.",
                count,
            )
            raise HasHiddenTickets(said % {"name": contact, "count": count}, field="other")


def hidden_tickets(contact: Contact, user: User) -> int:
    """How many of the person's tickets this user may not see."""
    own = Ticket.objects.of(contact)
    return own.exclude(pk__in=own.visible_to(user).values("pk")).count()
