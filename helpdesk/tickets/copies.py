"""A chat goes on by mail: what an agent answered and the visitor has not seen leaves as one mail to the address they left.

The copy is a message of its own (Message.Kind.COPY), a row before it is sent, with recipients, states and log as every
mail. Each answer names the copy that carries it, set in the transaction that stores the copy: none is mailed twice.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.sweeping import count_each
from helpdesk.tickets.addressees import add_deliveries, without_tag
from helpdesk.tickets.delivery import queue_delivery, transport_of
from helpdesk.tickets.models import LoopStop, Message, Ticket
from helpdesk.tickets.ways import is_here, mail_address_of, mail_inbox_of

AFTER = "mails_unread_after"  # option of a chat inbox: minutes, 0 for never
USUAL_MINUTES = 5
SETTLES = timedelta(
    seconds=20
)  # so long after the last line of an agent who writes several: they go as one mail
SETTLES_WITHIN = timedelta(minutes=2)
MOST_AT_ONCE = 500
HOUR = timedelta(hours=1)
OLDEST = timedelta(days=1)  # what nobody has mailed by then stays in the chat


def mail_unread() -> int:
    """Mail what is due on every ticket; returns how many mails were stored. Safe to run twice at the same time."""
    return count_each(mail_unread_of, ((ticket_id,) for ticket_id in tickets_with_unread()))


def tickets_with_unread() -> list[int]:
    """Those whose customer can be written to, who has waited longest first. One query: visitors without an address, who
    are most, cost nothing more."""
    settled = unread_answers().filter(released_at__lte=clock.now() - SETTLES)
    reachable = settled.filter(
        ticket__contact__email__gt="", ticket__contact__is_blocked=False, ticket__is_spam=False
    ).exclude(inbox__options__contains={AFTER: 0})
    first = reachable.order_by().values("ticket").annotate(first=Min("released_at")).order_by("first")
    return [row["ticket"] for row in first[:MOST_AT_ONCE]]


def unread_answers() -> QuerySet[Message]:
    """What agents answered in chats, lately, and neither the visitor has seen nor a mail carried."""
    answers = Message.objects.filter(
        kind=Message.Kind.OUTGOING,
        channel=Inbox.Kind.WEBCHAT,
        author_kind="agent",
        read_at=None,
        mailed_in=None,
        released_at__gt=clock.now() - OLDEST,
    )
    return answers.exclude(state=Message.State.FAILED)


def mail_unread_of(ticket_id: int) -> Message | None:
    """The copy of this ticket's unread answers, stored and on its way; None where none is due."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).select_related("contact").get(pk=ticket_id)
        answers = unread_answers().filter(ticket=ticket).select_for_update(of=("self",))
        answers = list(answers.select_related("inbox").order_by("created_at", "pk"))
        if not answers or not is_due(ticket, answers):
            return None
        inbox, address = mail_inbox_of(answers[-1].inbox), mail_address_of(ticket)
        if inbox is None or not may_mail(ticket, address):
            return None
        copy = add_copy(ticket, answers, inbox, address)
        Message.objects.filter(pk__in=[answer.pk for answer in answers]).update(mailed_in=copy)
        told = {"message": copy.pk, "messages": [answer.pk for answer in answers]}
        record(names.MESSAGE_MAILED, by=SYSTEM, ticket=ticket, channel=copy.channel, data=told)
        queue_delivery(copy)
    return copy


def is_due(ticket: Ticket, answers: Sequence[Message]) -> bool:
    """Some minutes after the first of them; at once where the visitor has left the site."""
    minutes = minutes_of(answers[-1].inbox)
    if not minutes:
        return False
    waited = clock.now() - answers[0].released_at
    if waited >= timedelta(minutes=minutes):
        return True
    has_settled = clock.now() - answers[-1].released_at >= SETTLES or waited >= SETTLES_WITHIN
    return has_settled and not is_here(ticket.contact)


def minutes_of(chat: Inbox) -> int:
    """After how many minutes this widget's unread answers are mailed; 0 for never."""
    value = chat.options.get(AFTER, USUAL_MINUTES)
    return value if isinstance(value, int) and value >= 0 else USUAL_MINUTES


def may_mail(ticket: Ticket, address: str) -> bool:
    """Not to whom we shall not write, nor where a machine was found at the other end; and to one address, which
    anybody may have typed, only so often: what has to wait goes with the next mail."""
    if not address or ticket.contact.is_blocked or ticket.is_spam:
        return False
    if LoopStop.objects.filter(address=without_tag(address.lower()), closed_at=None).exists():
        return False
    sent = Message.objects.filter(kind=Message.Kind.COPY, created_at__gt=clock.now() - HOUR)
    return sent.filter(deliveries__address__iexact=address).count() < settings.CHAT_MAILS_AN_HOUR


def add_copy(ticket: Ticket, answers: Sequence[Message], inbox: Inbox, address: str) -> Message:
    """The row of the mail, released: it says nothing that the customer may not see in the chat."""
    last, now = answers[-1], clock.now()
    is_by_one = len({answer.user_id for answer in answers}) == 1
    copy = Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.COPY,
        inbox=inbox,
        channel=inbox.kind,
        author_kind="agent" if is_by_one else SYSTEM.kind,
        author_name=last.author_name if is_by_one else "",
        user_id=last.user_id if is_by_one else None,
        contact=ticket.contact,
        to=[address],
        state=Message.State.QUEUED,
        created_at=now,
        released_at=now,
        next_attempt_at=now,
    )
    copy.external_id = transport_of(copy).address_of(copy)
    copy.save(update_fields=["external_id"])
    add_deliveries(copy)
    return copy
