"""A further answer by one statement leaves what the long way leaves, and nothing where anything is otherwise."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.tickets.actions import close_ticket, set_ticket_status
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_inbox
from tests.helpdesk.tickets.answers import FURTHER, NOW, TEXT, answered, asked, further, left_by, seat_of
from tests.locks import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("before", ["nothing", "new", "a status", "closed", "snoozed", "asked again"])
def test_it_leaves_exactly_what_the_long_way_leaves(chat, alice, before):
    def prepare(ticket):
        reply(ticket, "Which one?", by=by(alice))
        if before == "new":
            Ticket.objects.filter(pk=ticket.pk).update(status="new")
        elif before == "a status":
            set_ticket_status(ticket, status="pending", by=by(alice))
        elif before == "closed":
            close_ticket(ticket, by=by(alice))
        elif before == "snoozed":
            Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=NOW + timedelta(days=1))
        elif before == "asked again":
            customer_writes(chat, "The brown one.", ticket_id=ticket.pk)

    def write_long(ticket):
        reply(Ticket.objects.get(pk=ticket.pk), TEXT, by=by(alice), client_uuid=uuid4())

    long = left_by(write_long, chat, prepare)
    short = left_by(lambda ticket: further(ticket, alice, TEXT), chat, prepare)
    for one, other in zip(long, short, strict=True):
        assert one == other


def test_it_is_handed_over_as_any_answer(chat, alice):
    ticket = answered(chat, alice)
    stored = further(ticket, alice).message
    assert stored in Message.objects.due()
    deliver(stored.pk)
    stored.refresh_from_db()
    assert stored.state == "sent"


def test_it_is_one_statement_and_is_drawn_without_another(chat, alice, django_assert_num_queries):
    ticket, seat = answered(chat, alice), seat_of(alice)
    with django_assert_num_queries(1):
        stored = further(ticket, alice, seat=seat)
    event = Event.objects.latest("pk")
    with django_assert_num_queries(0):
        message = fresh_message(event.pk)
        assert message == stored.message and message.user == alice
        assert list(message.attachments.all()) == message.recipients == []


def test_the_first_answer_is_for_the_way_that_reckons_how_long_it_took(chat, alice):
    assert FURTHER.refuses(asked(chat), alice)


def test_another_channel_is_for_the_long_way(alice):
    mailed = customer_writes(make_inbox()).ticket
    reply(mailed, "Which one?", by=by(alice))
    assert FURTHER.refuses(mailed, alice)


def end_the_session(user, seat):
    Session.objects.filter(session_key=seat.session_key).delete()


def let_the_session_run_out(user, seat):
    Session.objects.filter(session_key=seat.session_key).update(expire_date=clock.now())


def change(**fields):
    return lambda user, seat: User.objects.filter(pk=user.pk).update(**fields)


@pytest.mark.parametrize(
    "happens",
    [
        *(end_the_session, let_the_session_run_out, change(password="another"), change(is_active=False)),
        *(change(role="admin"), change(name="Alicia"), change(email="alicia@example.com")),
    ],
)
def test_who_is_not_any_more_who_opened_the_socket_is_for_the_way_that_asks_anew(chat, alice, happens):
    ticket, seat = answered(chat, alice), seat_of(alice)
    happens(alice, seat)
    assert FURTHER.refuses(ticket, alice, seat=seat)


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_it_waits_for_the_ticket_is_seen(chat, alice):
    """Its statement sees the ticket as it was when it began; so it stands back where the lock shows another."""
    ticket, seat = answered(chat, alice), seat_of(alice)

    def answer():
        try:
            return further(ticket, alice, seat=seat, last_seen=seen)
        finally:
            connection.close()

    seen = ticket.messages.latest("pk").pk
    with ThreadPoolExecutor(1) as crew:
        with transaction.atomic():
            customer_writes(chat, "The brown one.", ticket_id=ticket.pk)
            waiting = crew.submit(answer)
            wait_until_somebody_waits()
        assert waiting.result(10) is None
    assert ticket.messages.count() == 3
