"""The short way of an answer in a chat leaves what the long way leaves, and stands back wherever the answer is more."""

from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk.connectors.webchat.live import group_of, groups_of
from helpdesk.desk.reading import visitors_of
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.actions import close_ticket, set_ticket_status
from helpdesk.tickets.answering import answer_line
from helpdesk.tickets.appending import append_line
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, inbound, make_inbox
from tests.helpdesk.tickets.answers import FIRST, NOW, TEXT, asked, left_by

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("before", ["nothing", "an answer", "a status", "closed", "snoozed"])
def test_the_short_way_leaves_exactly_what_the_long_way_leaves(chat, alice, before):
    def prepare(ticket):
        if before == "an answer":
            reply(ticket, "Which one?", by=by(alice))
        elif before == "a status":
            set_ticket_status(ticket, status="pending", by=by(alice))
        elif before == "closed":
            close_ticket(ticket, by=by(alice))
        elif before == "snoozed":
            Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=NOW + timedelta(days=1))

    long = left_by(lambda ticket: reply(ticket, TEXT, by=by(alice), client_uuid=uuid4()), chat, prepare)
    short = left_by(lambda ticket: answer_line(ticket.pk, TEXT, by=alice, client_uuid=uuid4()), chat, prepare)
    for one, other in zip(long, short, strict=True):
        assert one == other


def test_it_is_handed_over_as_any_answer(chat, alice, names_of):
    ticket = asked(chat)
    stored = answer_line(ticket.pk, "One.", by=alice, client_uuid=uuid4()).message
    assert stored in Message.objects.due()
    deliver(stored.pk)
    stored.refresh_from_db()
    assert stored.state == "sent"
    assert names_of(ticket)[-2:] == ["message.replied", "message.sent"]


def test_it_is_two_statements_and_is_drawn_without_another(chat, alice, django_assert_num_queries):
    ticket = asked(chat)
    reply(ticket, "Which one?", by=by(alice))  # the first answer asks for the business hours, too
    with django_assert_num_queries(4):  # and the savepoint of this test's transaction
        stored = answer_line(ticket.pk, "One.", by=alice, client_uuid=uuid4())
    event = Event.objects.latest("pk")
    with django_assert_num_queries(0):
        message = fresh_message(event.pk)
        assert message == stored.message and message.user == alice
        assert list(message.attachments.all()) == message.recipients == []


def test_of_somebody_with_very_many_browsers_the_newest_is_told(chat, alice):
    ticket = asked(chat)
    newest = [str(uuid4()) for _ in range(60)]
    own = {"contact": ticket.contact, "kind": "visitor"}
    ContactIdentity.objects.bulk_create([ContactIdentity(value=value, **own) for value in newest])
    told = answer_line(ticket.pk, "One.", by=alice, client_uuid=uuid4()).browsers
    assert newest[-1] in told
    groups = groups_of(Event(contact_id=ticket.contact_id))
    assert groups == [group_of(value) for value in told]
    line = append_line(inbound(chat, sender=Sender("visitor", newest[-1])), client_uuid=uuid4())
    assert line.event.browsers == told
    assert visitors_of(ticket.pk) == [value.replace("-", "") for value in told]


def test_what_is_no_chat_is_for_the_long_way(alice):
    assert FIRST.refuses(customer_writes(make_inbox()).ticket, alice)


def test_who_has_left_the_team_does_not_answer(chat, alice):
    alice.is_active = False
    assert FIRST.refuses(asked(chat), alice)
