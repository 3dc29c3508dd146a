"""By which of our inboxes an answer can reach a ticket's customer: a chat goes on by mail, a mail never in a chat."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import MOST_BROWSERS
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.presence import presence_of
from helpdesk.tickets.addressees import is_deliverable, is_own_address
from helpdesk.tickets.budgets import is_robot
from helpdesk.tickets.models import Message, Ticket

MAIL_INBOX = "mail_inbox"  # option of a chat inbox: the id of the mail inbox by which its chats go on


@dataclass(frozen=True)
class Reach:
    """`inboxes` reach this customer, first the one that they last wrote by; never empty. `mail_inbox` is the one by which
    a chat goes on, and `address` where to; None and "" where there is none."""

    inboxes: tuple[Inbox, ...]
    mail_inbox: Inbox | None = None
    address: str = ""


def reach_of(ticket: Ticket) -> Reach:
    """Only a ticket that began in a chat has two ways: its widget shows no other tickets."""
    chat = ticket.inbox
    if chat.kind != Inbox.Kind.WEBCHAT:
        return Reach((inbox_of_answer(ticket),))
    known = mail_inboxes_and_last(ticket)
    usual = next((one for one in known if one.pk == one.last), chat)
    if usual.kind not in (Inbox.Kind.WEBCHAT, Inbox.Kind.EMAIL):
        return Reach((usual,))
    mails = [one for one in known if one.kind == Inbox.Kind.EMAIL and one.address]
    mail = usual if usual.kind == Inbox.Kind.EMAIL else mail_inbox_among(mails, chat)
    address = mail_address_of(ticket, {one.address.lower() for one in mails})
    reaching = [usual, chat, *([mail] if mail and address else [])]
    return Reach(tuple({one.pk: one for one in reaching}.values()), mail, address)


def mail_inboxes_and_last(ticket: Ticket) -> list[Inbox]:
    """All mail inboxes and the one that the customer last wrote by, whose id is `last` of each: a composer asks it once."""
    asked = Message.objects.filter(ticket=ticket, kind=Message.Kind.INCOMING)
    last = asked.order_by("-created_at", "-id").values("inbox")[:1]
    known = Inbox.objects.filter(Q(kind=Inbox.Kind.EMAIL) | Q(pk=Subquery(last)))
    return list(known.annotate(last=Subquery(last)).order_by("pk"))


def inbox_of_answer(ticket: Ticket) -> Inbox:
    """Answers go back by the channel the customer last wrote by."""
    asked = Inbox.objects.filter(messages__ticket=ticket, messages__kind=Message.Kind.INCOMING)
    return asked.order_by("-messages__created_at", "-messages__id").first() or ticket.inbox


def chosen_way(ticket: Ticket, inbox_id: int) -> Inbox:
    """The inbox that somebody chose for an answer. Raises Invalid where it does not reach this customer."""
    ways = reach_of(ticket).inboxes
    chosen = next((inbox for inbox in ways if inbox.pk == inbox_id), None)
    if chosen:
        return chosen
    if ways[0].kind == Inbox.Kind.EMAIL and Inbox.objects.filter(pk=inbox_id, kind="webchat").exists():
        raise Invalid(
            _("What began by mail goes on by mail: it can't be answered in the chat."), field="inbox"
        )
    raise Invalid(_("This customer can't be reached that way."), field="inbox")


def mail_inbox_of(chat: Inbox) -> Inbox | None:
    """By which mail inbox the chats of this widget go on: the one named in its options, else the first in use."""
    mails = Inbox.objects.filter(kind=Inbox.Kind.EMAIL).exclude(address="").order_by("pk")
    return mail_inbox_among(mails, chat)


def mail_inbox_among(mails: Iterable[Inbox], chat: Inbox) -> Inbox | None:
    """As `mail_inbox_of`, of all mail inboxes that have an address, in the order in which they were made."""
    usable, named = [one for one in mails if one.is_active], chat.options.get(MAIL_INBOX)
    return next((one for one in usable if one.pk == named), next(iter(usable), None))


def mail_address_of(ticket: Ticket, ours: set[str] | None = None) -> str:
    """Where this customer can be written to by mail; "" where they left no address that a person reads. `ours`:
    own_addresses(), where the caller has them at hand."""
    address = (ticket.attributes.get("answer_to") or ticket.contact.email).strip()
    key = address.lower()
    return address if is_deliverable(key) and not is_robot(key) and not is_own_address(key, ours) else ""


def is_here(contact: Contact) -> bool:
    """Whether one of their browsers is on a page with our widget now."""
    known_by = contact.identities.all()  # read already where the contact is before an agent
    browsers = [one for one in known_by if one.kind == ContactIdentity.Kind.VISITOR]
    newest = sorted(browsers, key=lambda one: -one.pk)[:MOST_BROWSERS]
    return any(presence_of_browser(one.value) for one in newest)


def presence_of_browser(value: str) -> bool:
    """Identities of other sources may be filed under the same kind: they are nowhere."""
    try:
        return presence_of(UUID(value)) is not None
    except ValueError:
        return False
