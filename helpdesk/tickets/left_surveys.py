"""A survey in a chat that its visitor has left without seeing it goes by mail instead, where they left an address.

It is the same survey and the same message, on another way: nobody is asked twice.
"""

from datetime import timedelta

from django.db import transaction

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import lock_contact
from helpdesk.sweeping import count_each
from helpdesk.tickets.addressees import add_deliveries
from helpdesk.tickets.asking_surveys import deserves_survey
from helpdesk.tickets.budgets import may_answer_alone
from helpdesk.tickets.copies import SETTLES, minutes_of
from helpdesk.tickets.delivery import queue_delivery, transport_of
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.ways import is_here, mail_address_of, mail_inbox_of

WITHIN = timedelta(hours=1)  # who is still on the site then is asked there alone
MOST_AT_ONCE = 200
ARRIVED = (Message.State.SENT, Message.State.DELIVERED)
READDRESSED = ["inbox", "channel", "to", "state", "attempts", "next_attempt_at", "external_id"]


def mail_left_surveys() -> int:
    """Mail those that are due; returns how many. Safe to run twice at the same time."""
    return count_each(mail_if_away, ((survey,) for survey in left_surveys()))


def mail_if_away(survey: Survey) -> bool:
    return not is_here(survey.ticket.contact) and mail_survey(survey.ticket_id, survey.pk)


def left_surveys() -> list[Survey]:
    """Those asked in a chat of somebody who can be written to, and seen by nobody. The tickets are found by their index."""
    now = clock.now()
    tickets = Ticket.objects.finished().filter(last_message_at__gt=now - WITHIN, contact__email__gt="")
    unseen = Survey.objects.filter(
        ticket__in=tickets.filter(contact__is_blocked=False),
        score=None,
        channel=Inbox.Kind.WEBCHAT,
        sent_at__range=(now - WITHIN, now - SETTLES),
        message__channel=Inbox.Kind.WEBCHAT,
        message__read_at=None,
    )
    asked = unseen.select_related("ticket__contact").prefetch_related("ticket__contact__identities")
    return list(asked.order_by("sent_at")[:MOST_AT_ONCE])


def mail_survey(ticket_id: int, survey_id: int) -> bool:
    """Let it go by mail. False where it was seen or rated meanwhile, or no mail may go there."""
    with transaction.atomic():
        ticket = Ticket.objects.select_related("contact").get(pk=ticket_id)
        contact = lock_contact(ticket.contact_id)
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
        ticket.contact = contact
        unseen = Message.objects.select_for_update(of=("self",)).select_related("inbox")
        there = {"channel": Inbox.Kind.WEBCHAT, "state__in": ARRIVED, "read_at": None}
        message = unseen.filter(survey=survey_id, survey__score=None, **there).first()
        if message is None or not deserves_survey(ticket) or not minutes_of(message.inbox):
            return False
        mail, address = mail_inbox_of(message.inbox), mail_address_of(ticket)
        if mail is None or not address or not may_answer_alone(ticket, mail):
            return False
        message.inbox, message.channel, message.to = mail, mail.kind, [address]
        message.state, message.attempts, message.next_attempt_at = Message.State.QUEUED, 0, clock.now()
        message.external_id = transport_of(message).address_of(message)
        message.save(update_fields=READDRESSED)
        add_deliveries(message)
        Survey.objects.filter(pk=survey_id).update(channel=mail.kind)
        told = {"message": message.pk, "messages": [message.pk]}
        record(names.MESSAGE_MAILED, by=SYSTEM, ticket=ticket, channel=mail.kind, data=told)
        queue_delivery(message)
    return True
