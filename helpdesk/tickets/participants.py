"""Who belongs to a conversation besides its requester, and whom an answer by mail goes to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import OuterRef, Prefetch, prefetch_related_objects
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import Sender
from helpdesk.people.contacts import find_or_create_contact, normal_value
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.tickets.actions import refuse_merged
from helpdesk.tickets.addressees import NOBODY, is_own_address, own_addresses
from helpdesk.tickets.budgets import is_robot
from helpdesk.tickets.models import Participant, Ticket

MOST_OF_A_MAIL = 20
MOST_ON_A_TICKET = 50
EMAIL = ContactIdentity.Kind.EMAIL
# Every answer by mail asks this: plain SQL is half the work.
IS_KNOWN_ON = """
    SELECT EXISTS (SELECT FROM tickets_ticket WHERE id = %(ticket)s AND contact_id = %(contact)s)
        OR EXISTS (SELECT FROM tickets_participant WHERE ticket_id = %(ticket)s AND contact_id = %(contact)s)
        OR EXISTS (SELECT FROM tickets_message
            WHERE ticket_id = %(ticket)s AND contact_id = %(contact)s AND kind = 'incoming')"""


@dataclass(frozen=True)
class Recipients:
    """Whom one answer goes to, by address."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()


# -- who belongs to it


def is_known_on(ticket_id: int, contact: Contact) -> bool:
    """Whether they are on this ticket: they asked, are in copy, or wrote there."""
    with connection.cursor() as cursor:
        cursor.execute(IS_KNOWN_ON, {"ticket": ticket_id, "contact": contact.pk})
        return cursor.fetchone()[0]


def is_participant(ticket: Ticket, contact: Contact) -> bool:
    return ticket.contact_id == contact.pk or ticket.participants.filter(contact=contact).exists()


def contacts_of(senders: Iterable[Sender]) -> list[Contact]:
    """The contacts of these people, made where they are unknown. Call it before any row is locked.

    Known ones are only read, and new ones made in the order of their addresses: two mails that name the same people can't
    wait for each other.
    """
    wanted = {normal_value(one.kind, one.value): one for one in senders}
    if not wanted:
        return []
    known = ContactIdentity.objects.filter(kind=EMAIL, value__in=wanted).select_related(
        "contact__merged_into"
    )
    found = {identity.value: identity.contact.merged_into or identity.contact for identity in known}
    for value in sorted(wanted.keys() - found.keys()):
        found[value] = find_or_create_contact(EMAIL, value, name=wanted[value].name)
    return list({contact.pk: contact for contact in (found[value] for value in wanted)}.values())


def join(ticket: Ticket, people: Iterable[Contact], *, by: Actor, role: str = Participant.Role.CC) -> int:
    """Put them on the ticket, which is locked; those who are on it, and those who are too many, are left out.

    Returns how many joined.
    """
    people = list(people)
    if not people:
        return 0
    on_it = {ticket.contact_id, *ticket.participants.values_list("contact_id", flat=True)}
    room = max(0, MOST_ON_A_TICKET - len(on_it))  # a merge may have brought more together
    fresh = [contact for contact in people if contact.pk not in on_it][:room]
    for contact in fresh:
        Participant.objects.create(ticket=ticket, contact=contact, role=role, added_at=clock.now())
        data = {"contact": contact.pk, "role": str(role), "name": str(contact)[:120]}
        record(names.PARTICIPANT_ADDED, by=by, ticket=ticket, data=data)
    return len(fresh)


def add_participant(
    ticket: Ticket, *, email: str, name: str = "", role: str = Participant.Role.CC, by: Actor
) -> Contact:
    """Put the person of this address on the ticket. Nothing changes where they are on it already."""
    address = checked_address(email)
    if role not in Participant.Role.values:
        raise Invalid(_("There is no role “%(role)s”.") % {"role": role}, field="role")
    with transaction.atomic():
        (contact,) = contacts_of([Sender(EMAIL, address, name=name)])
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(ticket)
        if not join(ticket, [contact], role=role, by=by) and not is_participant(ticket, contact):
            raise Invalid(_("At most %(most)s people.") % {"most": MOST_ON_A_TICKET}, field="email")
    return contact


def remove_participant(ticket: Ticket, *, contact_id: int, by: Actor) -> None:
    """Take them off: answers no longer go to them. Nothing changes where they are not on it."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(ticket)
        row = ticket.participants.select_related("contact").filter(contact=contact_id).first()
        if row is None:
            return
        row.delete()
        data = {"contact": contact_id, "name": str(row.contact)[:120]}
        record(names.PARTICIPANT_REMOVED, by=by, ticket=ticket, data=data)


# Everybody on it besides the requester, read with the ticket as `people_told`: a page asks for them with all the rest.
PEOPLE_TOLD = ArraySubquery(
    Participant.objects.filter(ticket=OuterRef("pk"))
    .order_by("pk")
    .values(
        told=JSONObject(
            id="pk", role="role", contact="contact_id", name="contact__name", email="contact__email"
        )
    )
)


def people_on(ticket: Ticket) -> list[Participant]:
    """Everybody on it besides the requester; read once for each `ticket` at hand. Where they were read with it, their
    contacts have no more than name and address."""
    if hasattr(ticket, "people_told"):
        return [
            Participant(
                pk=one["id"],
                ticket=ticket,
                role=one["role"],
                contact=Contact(pk=one["contact"], name=one["name"], email=one["email"]),
            )
            for one in ticket.people_told
        ]
    prefetch_related_objects(
        [ticket], Prefetch("participants", Participant.objects.select_related("contact"))
    )
    return list(ticket.participants.all())


# -- whom an answer goes to


def default_recipients(ticket: Ticket, people: Iterable[Participant] | None = None) -> Recipients:
    """The requester, never just the last who wrote; who also asks beside them, the others in copy.

    `people`: the ticket's participants, where the caller has them at hand.
    """
    people = people_on(ticket) if people is None else people
    first = ticket.attributes.get("answer_to") or ticket.contact.email
    asking = [one.contact.email for one in people if one.role == Participant.Role.REQUESTER]
    copied = [one.contact.email for one in people if one.role == Participant.Role.CC]
    to = each_once([first, *asking])
    return Recipients(to, each_once(copied, besides=to))


def parted_among(addresses: Iterable[str], seen_people: Iterable[str], now_on: Recipients) -> tuple[str, ...]:
    """Those of the addresses who were among `seen_people` and are not on the ticket any more."""
    left = {address.lower() for address in each_once(seen_people, besides=(*now_on.to, *now_on.cc))}
    return tuple(address for address in addresses if address.lower() in left)


def each_once(addresses: Iterable[str], *, besides: Iterable[str] = ()) -> tuple[str, ...]:
    """The addresses a mail can go to, whatever the case only once and in their order."""
    seen = {address.lower() for address in besides}
    kept = []
    for address in addresses:
        if address and not address.endswith(NOBODY) and address.lower() not in seen:
            seen.add(address.lower())
            kept.append(address)
    return tuple(kept)


def checked_recipients(to: Sequence[str], cc: Sequence[str]) -> Recipients:
    """What a teammate chose. Raises Invalid for no recipient at all, too many, or what is no address."""
    ours = own_addresses()
    wanted = each_once(checked_address(one, field="to", ours=ours) for one in to)
    copied = each_once((checked_address(one, field="cc", ours=ours) for one in cc), besides=wanted)
    if not wanted:
        raise Invalid(_("Say whom it goes to."), field="to")
    if len(wanted) + len(copied) > MOST_ON_A_TICKET:
        raise Invalid(_("At most %(most)s people.") % {"most": MOST_ON_A_TICKET}, field="cc")
    return Recipients(wanted, copied)


def checked_address(text: str, *, field: str = "email", ours: set[str] | None = None) -> str:
    """The address. Raises Invalid where it is none, or one of our own inboxes: that mail would only come back."""
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(_("“%(text)s” is no email address.") % {"text": address[:100]}, field=field) from None
    if len(address) > 254 or is_own_address(address, ours):
        raise Invalid(_("“%(text)s” is an address of this helpdesk.") % {"text": address[:100]}, field=field)
    return address


def belongs_to_people(sender: Sender) -> bool:
    """Whether answers may go there in copy: robots and nobody's addresses are left out."""
    return sender.kind == EMAIL and "@" in sender.value and not is_robot(sender.value.lower())
