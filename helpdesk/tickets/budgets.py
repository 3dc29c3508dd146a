"""What a machine may write by itself. Two machines that answer each other end here; people are never limited.

By mail only: a chat has a person's browser at the other end, a mail may have another helpdesk. Asked by `reply()` for every
answer that no teammate wrote, surveys included.
"""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify_admins
from helpdesk.people.models import User
from helpdesk.tickets.addressees import is_own_address, without_tag
from helpdesk.tickets.models import LoopStop, Message, Ticket
from helpdesk.tickets.models.message import PLAIN_ADDRESSEE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASONS = {  # which budget was spent -> the setting it is measured by, and the sentence
    "hour": ("AUTO_ANSWERS_AN_HOUR", _("{count} automatic answers went there within an hour")),
    "day": ("AUTO_ANSWERS_A_DAY", _("{count} automatic answers went there within a day")),
    "ticket": ("TICKET_MAILS_AN_HOUR", _("{count} mails came in on one ticket within an hour")),
}
# Nobody reads what is sent there (RFC 3834, section 2, and what programs call themselves).
ROBOTS = re.compile(
    r"^(mailer-?daemon|mail-?daemon|mdaemon|postmaster|bounces?|no[-_.]?reply|do[-_.]?not[-_.]?reply|notifications?|nobody|listserv|majordomo|"
    r"owner-.*|.*-(request|relay|owner|bounces?))([-+.=].*)?$",
    re.IGNORECASE,
)


def may_answer_alone(ticket: Ticket, inbox: Inbox) -> bool:
    """Whether a machine may write to this ticket's customer through `inbox` now.

    Where the budget is spent it opens a LoopStop, which lasts until an admin closes it. Call it in the transaction
    that stores the answer, with the contact locked: two jobs at the same moment can't both find room.
    """
    if inbox.kind != Inbox.Kind.EMAIL:
        return True
    wanted = correspondent_of(ticket)
    if not wanted or is_robot(wanted) or is_own_address(wanted) or speaks_a_machine(ticket):
        return False
    address = without_tag(wanted)
    if LoopStop.objects.filter(address=address, closed_at=None).exists():
        return False
    reason = overdrawn(ticket, address)
    if reason:
        stop_answers(ticket, inbox, address, reason)
    return not reason


def correspondent_of(ticket: Ticket) -> str:
    """Where an answer goes, in lower case; "" where there is no address."""
    return (ticket.attributes.get("answer_to") or ticket.contact.email).strip().lower()


def is_robot(address: str) -> bool:
    return bool(ROBOTS.match(address.rpartition("@")[0]))


def speaks_a_machine(ticket: Ticket) -> bool:
    """Did a program write the last message, or does the ticket come from a list?"""
    if ticket.attributes.get("from_list"):
        return True
    asked = ticket.messages.filter(kind=Message.Kind.INCOMING).order_by("-created_at", "-id")
    return bool(asked.values_list("is_automatic", flat=True).first())


def overdrawn(ticket: Ticket, address: str) -> str:
    """Which budget is spent, a key of REASONS; "" where there is room for another automatic answer.

    Counted are those to the customer, wherever they asked to be answered, and those to the address, whoever asked for
    that: neither a new sender nor a new tag for each mail makes a new budget.
    """
    now, allowed = clock.now(), last_allowed_at(address)
    since_hour, since_day = max(now - HOUR, allowed), max(now - DAY, allowed)
    answers = Message.objects.alias(plain_addressee=PLAIN_ADDRESSEE).filter(
        Q(contact=ticket.contact_id) | Q(plain_addressee=address),
        kind=Message.Kind.OUTGOING,
        is_automatic=True,
        channel=Inbox.Kind.EMAIL,
        created_at__gt=since_day,
    )
    newest = answers.order_by("-created_at").values_list("created_at", flat=True)
    sent = list(newest[: max(settings.AUTO_ANSWERS_A_DAY, settings.AUTO_ANSWERS_AN_HOUR)])
    if sum(at > since_hour for at in sent) >= settings.AUTO_ANSWERS_AN_HOUR:
        return "hour"
    if len(sent) >= settings.AUTO_ANSWERS_A_DAY:
        return "day"
    asked = ticket.messages.filter(kind=Message.Kind.INCOMING, created_at__gt=since_hour)
    return "ticket" if asked.count() >= settings.TICKET_MAILS_AN_HOUR else ""


def last_allowed_at(address: str) -> datetime:
    """Since when the address is counted: an admin's "Allow again" begins anew."""
    closed = LoopStop.objects.filter(address=address, closed_at__isnull=False).order_by("-closed_at")
    return closed.values_list("closed_at", flat=True).first() or clock.now() - DAY


def stop_answers(ticket: Ticket, inbox: Inbox, address: str, reason: str) -> None:
    """No automatic answer goes to the address until an admin allows it again; the admins are told."""
    stop, is_new = LoopStop.objects.get_or_create(
        inbox=inbox,
        address=address[:320],
        closed_at=None,
        defaults={"ticket": ticket, "reason": reason, "opened_at": clock.now()},
    )
    if not is_new:
        return
    record(names.LOOP_STOPPED, by=SYSTEM, ticket=ticket, data={"address": address, "reason": reason})
    notify_admins(
        Notice.Kind.LOOP_STOPPED,
        key=f"loop:{stop.pk}",
        title=format_lazy(_("No more automatic answers to {address}"), address=address),
        text=format_lazy(
            _(
                "{reason}. Perhaps a machine is answering a machine. What comes from there is still taken in, and the "
                "team can answer it. Allow automatic answers again when you know why."
            ),
            reason=words_for(reason),
        ),
        url=reverse("workspace:loops"),
    )


def words_for(reason: str) -> str | Promise:
    """Why automatic answers were stopped, from the key that stands on the LoopStop and in the fact."""
    count, words = REASONS.get(reason, ("", reason))
    return format_lazy(words, count=getattr(settings, count, ""))


def allow_answers(stop: LoopStop, *, by: User) -> None:
    """An admin has looked at it: automatic answers may go to the address again, counted from now. Twice is harmless."""
    with transaction.atomic():
        LoopStop.objects.filter(address=stop.address, closed_at=None).update(
            closed_at=clock.now(), closed_by=by
        )
