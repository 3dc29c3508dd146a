"""A chat's visitor left an address that belongs to somebody we know, and that one answered from it: perhaps one person."""

from django.utils.translation import gettext as _

from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.tickets.models import Message, Ticket


def same_person(ticket: Ticket) -> Contact | None:
    """Who answered by mail on this chat from the very address that its visitor left, and is known by it; else None."""
    address = ticket.contact.email.strip().lower()
    if ticket.channel != Inbox.Kind.WEBCHAT or not address:
        return None
    known = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.EMAIL, value=address)
    identity = known.exclude(contact=ticket.contact_id).select_related("contact").first()
    if identity is None:
        return None
    wrote = ticket.messages.filter(
        kind=Message.Kind.INCOMING, channel=Inbox.Kind.EMAIL, contact=identity.contact, user=None
    )
    return identity.contact if wrote.exclude(sender_check=Message.SenderCheck.FAIL).exists() else None


def make_one_person(ticket: Ticket, *, of: int, by: Actor) -> Contact:
    """Merge the visitor into the contact `of` (a number), who must be the one that `same_person` says. Not taken back."""
    other = same_person(ticket)
    if other is None or other.pk != of:
        raise Conflict(_("These two are not known to be one person."), field="person")
    return merge_contacts(other, ticket.contact, by=by)
