"""A message comes before a visitor, and what they do with it. Each of these may be said twice."""

from dataclasses import replace
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.errors import Conflict, NotThere
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import find_contact
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.presence import Here
from helpdesk.proactive.audience import forget_known, may_come, read_known, read_offer, stands
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending


class NotForThem(Conflict):
    code = "not_for_them"
    sentence = _("This message is not for this visitor now.")


def show_message(message_id: int, *, inbox: Inbox, here: Here, language: str) -> ProactiveSending:
    """Put the message before the visitor who is `here`; where it stands there already, that. Raises NotForThem."""
    visitor = UUID(here.visitor)
    contact = find_contact(ContactIdentity.Kind.VISITOR, str(visitor))
    with transaction.atomic():
        one_at_a_time(f"proactive {visitor}")
        if contact:
            one_at_a_time(f"proactive contact {contact.pk}")
        known = ProactiveSending.objects.filter(message=message_id, visitor=visitor).first()
        if known and stands(known):
            return known
        message = message_for(message_id, inbox, here)
        if known or message is None:
            raise NotForThem
        return send(message, visitor=visitor, contact=contact, language=language)


def message_for(message_id: int, inbox: Inbox, here: Here) -> ProactiveMessage | None:
    """The message where it is live and this visitor may have it now, by what the database says this very moment."""
    offer = read_offer(inbox)
    offer = replace(offer, messages=[one for one in offer.messages if one.pk == message_id])
    rules = may_come(offer, read_known(inbox, UUID(here.visitor), offer.messages), here)
    return offer.messages[0] if rules else None


def send(
    message: ProactiveMessage, *, visitor: UUID, contact: Contact | None, language: str
) -> ProactiveSending:
    sending = ProactiveSending.objects.create(
        message=message,
        inbox=message.inbox,
        visitor=visitor,
        contact=contact,
        author=str(message.sender)[:80] if message.sender and message.sender.is_active else "",
        text=message.text_in(language),
        shown_at=clock.now(),
    )
    tell(names.PROACTIVE_SENT, sending, by=SYSTEM)
    return sending


def open_message(message_id: int, *, inbox: Inbox, visitor: UUID) -> ProactiveSending:
    """They have unfolded it. Raises NotThere where it was never shown to them."""
    with transaction.atomic():
        sending = sending_of(message_id, inbox, visitor)
        note(sending, "opened_at", names.PROACTIVE_OPENED)
    return sending


def click_message(message_id: int, *, inbox: Inbox, visitor: UUID) -> ProactiveSending:
    """They have followed a link in it, so they have read it, too. Raises NotThere."""
    with transaction.atomic():
        sending = sending_of(message_id, inbox, visitor)
        note(sending, "opened_at", names.PROACTIVE_OPENED)
        note(sending, "clicked_at", names.PROACTIVE_CLICKED)
    return sending


def dismiss_message(message_id: int, *, inbox: Inbox, visitor: UUID) -> ProactiveSending:
    """They have closed it: nothing more for some days. Raises NotThere."""
    with transaction.atomic():
        sending = sending_of(message_id, inbox, visitor)
        note(sending, "dismissed_at")
    return sending


def sending_of(message_id: int, inbox: Inbox, visitor: UUID) -> ProactiveSending:
    sendings = ProactiveSending.objects.select_for_update(of=("self",)).select_related("contact", "inbox")
    sending = sendings.filter(message=message_id, inbox=inbox, visitor=visitor).first()
    if sending is None:
        raise NotThere
    return sending


def note(sending: ProactiveSending, moment: str, name: str = "") -> None:
    """Write down when this happened first, and its fact."""
    if getattr(sending, moment) is None:
        setattr(sending, moment, clock.now())
        sending.save(update_fields=[moment])
        if name:
            tell(name, sending, by=reader(sending))
        transaction.on_commit(lambda: forget_known(sending.inbox, sending.visitor))


def tell(name: str, sending: ProactiveSending, *, by: Actor, **more: str) -> None:
    record(
        name,
        by=by,
        contact=sending.contact,
        visitor=sending.visitor,
        channel=sending.inbox.kind,
        department_id=sending.inbox.department_id,
        data={"message": sending.message_id, **more},
    )
    transaction.on_commit(lambda: forget_known(sending.inbox, sending.visitor))


def reader(sending: ProactiveSending) -> Actor:
    return Actor.customer(sending.contact) if sending.contact else Actor("customer")


def one_at_a_time(what: str) -> None:
    """Make two tabs wait for each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
