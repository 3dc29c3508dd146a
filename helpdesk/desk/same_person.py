"""A chat's visitor left an address that belongs to somebody we know, and that one answered from it: perhaps one person."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk.desk import beside
from helpdesk.errors import Conflict
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, ContactIdentity, ContactMerge, User
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.one_person import make_one_person


def same_person(ticket: Ticket) -> Contact | None:
    """Who answered by mail on this chat from the very address that its visitor left, and is known by it; else None."""
    return known_by_and_same_person(ticket)[1]


def known_by_and_same_person(ticket: Ticket) -> tuple[list[ContactIdentity], Contact | None]:
    """By what its customer is known, and the `same_person`: a page prints both. `ticket.contact.identities.all()` asks no
    more after this."""
    address = ticket.contact.email.strip().lower()
    if ticket.channel == Inbox.Kind.WEBCHAT and address:
        wrote = ticket.messages.filter(
            kind=Message.Kind.INCOMING, channel=Inbox.Kind.EMAIL, contact=OuterRef("contact"), user=None
        ).exclude(sender_check=Message.SenderCheck.FAIL)
        wanted = Q(Exists(wrote), kind=ContactIdentity.Kind.EMAIL, value=address)
        found = identities_of(Q(contact=ticket.contact_id) | wanted)
    elif hasattr(ticket, "identities_told"):
        found = beside.identities_of(ticket)
    else:
        found = list(identities_of(Q(contact=ticket.contact_id)))
    own = [one for one in found if one.contact_id == ticket.contact_id]
    remember(ticket.contact, own)
    return own, next((one.contact for one in found if one.contact_id != ticket.contact_id), None)


def identities_of(wanted: Q) -> QuerySet:
    return ContactIdentity.objects.filter(wanted).select_related("contact").order_by("pk")


def remember(contact: Contact, identities: list[ContactIdentity]) -> None:
    """As `prefetch_related` does."""
    known = contact.identities.none()
    known._result_cache = identities
    contact._prefetched_objects_cache = {"identities": known}


def merge_same_person(ticket: Ticket, *, of: int, user: User) -> ContactMerge | None:
    """Merge the visitor into the contact `of` (a number), who must be the one that `same_person` says; returns what takes it
    back."""
    other = same_person(ticket)
    if other is None or other.pk != of:
        raise Conflict(_("These two are not known to be one person."), field="person")
    return make_one_person(other, ticket.contact, user=user)
