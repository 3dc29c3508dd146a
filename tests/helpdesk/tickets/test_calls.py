"""Phone calls that the team writes down."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from funnel.sessions.reading import read_history
from helpdesk import clock
from helpdesk.errors import Conflict, Invalid, NotAllowed
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.calls import Call, begin_call_ticket, caller, change_call, log_call, may_change
from helpdesk.tickets.models import Message
from helpdesk.tickets.recounting import recount
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_contact, make_inbox

pytestmark = pytest.mark.django_db
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+01:00")


@pytest.fixture
def alice(outbox):
    return make_agent("Alice")


def call(text="He wants two tents.", **fields) -> Call:
    fields = {
        "direction": "incoming",
        "number": "+39 02 123 4567",
        "started_at": clock.now(),
        "seconds": 240,
    } | fields
    return Call(text=text, **fields)


def at(hours: float):
    return clock.frozen_at(MONDAY + timedelta(hours=hours))


def conversations() -> dict:
    history = read_history(now=MONDAY + timedelta(days=20))
    return {
        one.ticket: (one.channel, one.first_response, one.replied_at is not None, len(one.repliers))
        for one in history.conversations
    }


def test_a_call_stands_among_the_notes_and_ends_the_waiting_with_the_time_it_took(alice):
    with at(0):
        ticket = customer_writes(make_inbox()).ticket
    with at(3):
        message = log_call(
            ticket, call(direction="outgoing", started_at=MONDAY + timedelta(hours=2)), by=by(alice)
        )
    ticket.refresh_from_db()
    assert (message.kind, message.channel, message.is_public) == ("note", "phone", False)
    assert message.created_at == MONDAY + timedelta(hours=2)
    assert (ticket.waiting_since, ticket.status) == (None, "open")
    recount(ticket)
    assert ticket.waiting_since is None
    assert conversations() == {ticket.pk: ("email", 2 * 3600, True, 1)}


def test_a_call_that_nobody_answered_leaves_the_customer_waiting(alice):
    with at(0):
        ticket = customer_writes(make_inbox()).ticket
    with at(1):
        log_call(ticket, call("No answer.", direction="outgoing", seconds=0), by=by(alice))
    ticket.refresh_from_db()
    assert ticket.waiting_since is not None
    assert conversations() == {ticket.pk: ("email", None, False, 0)}


def test_a_ticket_that_begins_with_a_call_counts_for_the_channel_and_not_in_the_response_times(alice):
    make_inbox(address="shop@example.com")
    with at(1):
        ticket = begin_call_ticket(
            caller("+39 02 123 4567", name="Ann Lee", user=alice),
            call(started_at=MONDAY),
            subject="Two tents",
            by=by(alice),
        )
    with at(2):
        close_ticket(ticket, by=by(alice))
    assert (ticket.channel, ticket.assignee, ticket.created_at) == ("phone", alice, MONDAY)
    assert ticket.last_snippet == "He wants two tents."
    assert conversations() == {ticket.pk: ("phone", None, True, 1)}


def test_when_we_called_them_nobody_sought_help(alice):
    make_inbox()
    with at(1):
        begin_call_ticket(
            make_contact(), call(direction="outgoing"), subject="About your order", by=by(alice)
        )
    assert conversations() == {}


def test_who_called_is_answered_in_writing_by_mail(alice):
    make_inbox(address="shop@example.com")
    contact = make_contact("Ann", "ann@customer.example")
    ticket = begin_call_ticket(contact, call(), subject="Two tents", by=by(alice))
    answer = reply(ticket, "Here is the offer.", by=by(alice))
    assert (answer.channel, answer.to) == ("email", ["ann@customer.example"])


def test_a_number_is_known_however_it_is_written_and_somebody_new_is_made_once(alice):
    ann = Contact.objects.create(name="Ann", phone="(02) 123-456789")
    assert caller("+39 02 123456789", user=alice) == ann
    bob = caller("0049 30 7654321", name="Bob", user=alice)
    assert (bob.name, caller("030/7654321", user=alice)) == ("Bob", bob)
    assert not Contact.objects.by_phone("12").exists()


def test_pressed_twice_it_is_written_down_once(alice):
    ticket, pressed = customer_writes(make_inbox()).ticket, uuid4()
    assert len({log_call(ticket, call(), by=by(alice), client_uuid=pressed).pk for _ in range(2)}) == 1
    contact = make_contact()
    new = {
        begin_call_ticket(contact, call(), subject="Call", by=by(alice), client_uuid=pressed).pk
        for _ in range(2)
    }
    assert len(new) == 1


def test_its_writer_may_correct_it_for_an_hour(alice):
    ticket = customer_writes(make_inbox()).ticket
    message = log_call(ticket, call(), by=by(alice))
    assert may_change(message, by(alice)) and not may_change(message, by(make_agent("Bob")))
    changed = change_call(message, call("She wants three tents.", seconds=300), by=by(alice))
    assert (changed.text, changed.call.seconds) == ("She wants three tents.", 300)
    with pytest.raises(NotAllowed):
        change_call(message, call(), by=by(make_agent("Cid")))
    with pytest.raises(Invalid, match="log another call"):
        change_call(message, call(seconds=0), by=by(alice))
    with clock.frozen_at(clock.now() + timedelta(minutes=61)), pytest.raises(Conflict, match="an hour ago"):
        change_call(message, call(), by=by(alice))
    assert Message.objects.get(pk=message.pk).text == "She wants three tents."


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": "call me"}, "number"),
        ({"direction": "sideways"}, "direction"),
        ({"seconds": 13 * 3600}, "seconds"),
        ({"seconds": -1}, "seconds"),
        ({"text": "  "}, "text"),
    ],
)
def test_what_no_call_can_be_is_refused(alice, fields, field):
    ticket = customer_writes(make_inbox()).ticket
    with pytest.raises(Invalid) as refused:
        log_call(ticket, call(**fields), by=by(alice))
    assert refused.value.field == field


def test_it_lies_neither_in_the_future_nor_long_ago(alice):
    ticket = customer_writes(make_inbox()).ticket
    for days in (1, -40):
        with pytest.raises(Invalid) as refused:
            log_call(ticket, call(started_at=clock.now() + timedelta(days=days)), by=by(alice))
        assert refused.value.field == "started_at"
