from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.tickets import delivery, outcomes
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.models import Message
from helpdesk.tickets.writing import add_note, begin_ticket, reply
from tests.factories import (
    KeepingTransport,
    by,
    customer_writes,
    make_contact,
    make_inbox,
    make_ticket,
)

pytestmark = pytest.mark.django_db


def test_an_answer_is_a_row_first_and_then_handed_over_once(outbox, alice, names_of):
    ticket = make_ticket()
    message = reply(ticket, "It left today.", by=by(alice))
    assert (message.state, outbox) == ("queued", [])
    delivery.deliver(message.pk)
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.external_id, len(outbox)) == ("sent", f"kept-{message.pk}", 1)
    assert names_of(ticket)[-2:] == ["message.replied", "message.sent"]


def test_the_first_human_answer_tells_how_long_the_customer_waited(outbox, alice):
    start = clock.now() - timedelta(hours=5)
    with clock.frozen_at(start):
        ticket = make_ticket()
        reply(ticket, "We got it.", by=SYSTEM)
    with clock.frozen_at(start + timedelta(minutes=7)):
        reply(ticket, "Hello", by=by(alice))
        reply(ticket, "One more thing", by=by(alice))
    first, second = Event.objects.filter(name="message.replied").order_by("id")
    assert (first.value, first.data["first"], second.value) == (420, True, None)
    assert Event.objects.filter(name="message.autoreplied").get().value is None
    ticket.refresh_from_db()
    assert ticket.waiting_since is None


def test_pressing_send_twice_sends_once(outbox, alice):
    ticket, press = make_ticket(), uuid4()
    assert reply(ticket, "Hi", by=by(alice), client_uuid=press) == reply(
        ticket, "Hi", by=by(alice), client_uuid=press
    )
    assert ticket.messages.filter(kind="outgoing").count() == 1


def test_an_answer_is_stopped_when_the_customer_wrote_meanwhile(outbox, alice):
    inbox = make_inbox()
    first = customer_writes(inbox)
    customer_writes(inbox, "Never mind, found it!", ticket_id=first.ticket.pk)
    with pytest.raises(Conflict):
        reply(first.ticket, "We are looking", by=by(alice), last_seen=first.message.pk)
    assert not first.ticket.messages.filter(kind="outgoing").exists()


def test_nobody_sees_an_answer_before_its_undo_window_ends(outbox, alice):
    ticket = make_ticket()
    message = reply(ticket, "Oops", by=by(alice), undo_seconds=10)
    delivery.deliver(message.pk)
    assert outbox == []
    assert message not in ticket.messages.public()
    delivery.undo_reply(message, by=by(alice))
    assert not Message.objects.filter(pk=message.pk).exists()


def test_after_the_undo_window_the_answer_goes_and_can_not_be_undone(outbox, alice):
    ticket = make_ticket()
    message = reply(ticket, "Good", by=by(alice), undo_seconds=10)
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        delivery.deliver(message.pk)
        assert [m.pk for m in outbox] == [message.pk]
        with pytest.raises(Conflict):
            delivery.undo_reply(message, by=by(alice))
    assert Event.objects.filter(name="message.replied").get().value in (11, 10)


def test_a_passing_fault_waits_and_tries_again(outbox, alice):
    message = reply(make_ticket(), "Hi", by=by(alice))
    KeepingTransport.refuse_with = DeliveryError("greylisted", retry_after=30)
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.error) == ("queued", "greylisted")
    KeepingTransport.refuse_with = None
    delivery.deliver(message.pk)
    assert outbox == []
    with clock.frozen_at(clock.now() + timedelta(seconds=31)):
        delivery.deliver(message.pk)
    assert len(outbox) == 1


def test_a_lasting_fault_shows_on_the_message_and_brings_the_ticket_back(outbox, alice, names_of):
    ticket = make_ticket()
    message = reply(ticket, "Hi", by=by(alice))
    ticket = close_ticket(ticket, by=by(alice))
    KeepingTransport.refuse_with = DeliveryError("mailbox unknown", permanent=True)
    delivery.deliver(message.pk)
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.state, message.error) == ("failed", "mailbox unknown")
    assert (ticket.status, ticket.waiting_since is None) == ("open", False)
    assert names_of(ticket)[-2:] == ["message.failed", "ticket.reopened"]


def test_tries_end_after_about_a_day(outbox, alice):
    message = reply(make_ticket(), "Hi", by=by(alice))
    KeepingTransport.refuse_with = DeliveryError("connection refused")
    now = clock.now()
    for _ in range(len(delivery.BACK_OFF) + 1):
        now += timedelta(days=1)
        with clock.frozen_at(now):
            delivery.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "failed"


def test_a_worker_that_died_while_handing_over_is_followed_by_another(outbox, alice):
    message = reply(make_ticket(), "Hi", by=by(alice))
    assert delivery.claim(message.pk)
    assert delivery.claim(message.pk) is None
    with clock.frozen_at(clock.now() + delivery.LEASE):
        delivery.deliver(message.pk)
    assert len(outbox) == 1


def test_an_answer_that_kills_every_worker_is_given_up_too(outbox, alice):
    message = reply(make_ticket(), "Hi", by=by(alice))
    now = clock.now()
    for _ in range(len(delivery.BACK_OFF) + 1):
        with clock.frozen_at(now):
            assert delivery.claim(message.pk)
        now += delivery.LEASE
    with clock.frozen_at(now):
        delivery.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, len(outbox)) == ("failed", 0)


def test_delivery_reports_never_go_backwards(outbox, alice):
    message = reply(make_ticket(), "Hi", by=by(alice))
    delivery.deliver(message.pk)
    for state in ("read", "delivered", "read"):
        outcomes.note_delivery_state(message, state)
    message.refresh_from_db()
    assert message.state == "read"
    assert Event.objects.filter(name__in=["message.read", "message.delivered"]).count() == 1


def test_answers_go_back_by_the_channel_the_customer_last_wrote_by(outbox, alice):
    chat, mail = make_inbox("webchat"), make_inbox("email")
    ticket = make_ticket(chat)
    customer_writes(mail, "now by mail", ticket_id=ticket.pk)
    assert reply(ticket, "ok", by=by(alice)).inbox == mail


def test_a_note_is_never_public(alice):
    ticket = make_ticket()
    note = add_note(ticket, "Be careful with her", by=by(alice))
    assert note not in ticket.messages.public()


def test_a_ticket_the_team_begins_waits_for_nobody(outbox, alice, names_of):
    ticket = begin_ticket(
        contact=make_contact(), inbox=make_inbox(), subject="Recall", text="Your stove ...", by=by(alice)
    )
    assert (ticket.queued_at, ticket.waiting_since, ticket.assignee) == (None, None, alice)
    assert names_of(ticket) == ["ticket.created", "message.replied"]


def test_empty_and_endless_texts_are_refused(alice):
    ticket = make_ticket()
    for text in ("  \n ", "x" * 100_001):
        with pytest.raises(Invalid):
            reply(ticket, text, by=by(alice))
