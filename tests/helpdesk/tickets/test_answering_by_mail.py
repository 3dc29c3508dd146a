"""The short way of an answer by mail leaves what the long way leaves, and stands back wherever the answer is more."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.people.models import Contact, Workspace
from helpdesk.tickets.actions import close_ticket, set_ticket_status
from helpdesk.tickets.answering_by_mail import answer_by_mail
from helpdesk.tickets.delivery import deliver, undo_reply
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.models import Delivery, LastLook, Message, Ticket
from helpdesk.tickets.participants import Recipients, add_participant, default_recipients
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, customer_writes, make_department, make_inbox
from tests.helpdesk.tickets.answers import NOW, TEXT, row, written

pytestmark = pytest.mark.django_db
UNDO = 10


@pytest.fixture
def mail():
    Workspace.get()
    return make_inbox()


def asked(mail, number=0):
    """A ticket by mail, an hour old."""
    with clock.frozen_at(NOW - timedelta(hours=1)):
        return customer_writes(mail, email=f"carla{number}@customer.example").ticket


def left_by(write, ticket, prepare):
    """Everything that an answer by mail has left when it was stored this way."""
    message, event = written(write, ticket, prepare)
    own = {ticket.contact.email: "the requester"}
    to = [own.get(address, address) for address in message.to]
    deliveries = [
        row(one) | {"address": own.get(one.address, one.address)} for one in message.deliveries.all()
    ]
    is_requesters = message.contact_id == ticket.contact_id
    rows = [row(message, but=["to"]), row(event), row(ticket)]
    return [*rows, event.data, to, deliveries, is_requesters]


def has_copied(ticket, alice):
    add_participant(ticket, email="copied@customer.example", by=by(alice))
    add_participant(ticket, email="asks@customer.example", role="requester", by=by(alice))


BEFORE = {
    "nothing": lambda ticket, alice: None,
    "an answer": lambda ticket, alice: reply(ticket, "Which one?", by=by(alice)),
    "a status": lambda ticket, alice: set_ticket_status(ticket, status="pending", by=by(alice)),
    "closed": lambda ticket, alice: close_ticket(ticket, by=by(alice)),
    "people in copy": has_copied,
    "answers elsewhere": lambda ticket, alice: Ticket.objects.filter(pk=ticket.pk).update(
        attributes={"answer_to": "desk@customer.example"}
    ),
    "no address": lambda ticket, alice: Contact.objects.filter(pk=ticket.contact_id).update(email=""),
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("closes", [False, True])
def test_the_short_way_leaves_exactly_what_the_long_way_leaves(mail, alice, outbox, before, closes):
    def by_long_way(ticket):
        more = {"client_uuid": uuid4(), "undo_seconds": UNDO, "closes": closes}
        reply(ticket, TEXT, by=by(alice), html="<p><b>It</b></p>", **more)

    def by_short_way(ticket):
        more = {"client_uuid": uuid4(), "html": "<p><b>It</b></p>", "closes": closes}
        assert answer_by_mail(ticket.pk, TEXT, by=alice, **more)

    tickets = asked(mail, 1), asked(mail, 2)
    long, short = (
        left_by(write, ticket, lambda ticket: BEFORE[before](ticket, alice))
        for write, ticket in zip((by_long_way, by_short_way), tickets, strict=True)
    )
    for one, other in zip(long, short, strict=True):
        assert one == other


def test_it_waits_can_be_taken_back_and_goes_as_any_answer(mail, alice, outbox, names_of):
    ticket = asked(mail)
    gone, sent = (answer_by_mail(ticket.pk, text, by=alice, client_uuid=uuid4()) for text in ("One", "Two"))
    undo_reply(gone, by=by(alice))
    assert not Message.objects.due().filter(pk=sent.pk).exists()
    with clock.frozen_at(clock.now() + timedelta(seconds=UNDO + 1)):
        deliver(sent.pk)
    assert len(outbox) == 1
    assert names_of(ticket)[-3:] == ["message.undone", "message.replied", "message.sent"]
    assert LastLook.objects.get(user=alice, ticket=ticket).message_id == sent.pk


def test_its_address_is_that_of_every_try_to_deliver_it(mail, alice):
    ticket = asked(mail)
    answer = answer_by_mail(ticket.pk, "One.", by=alice, client_uuid=uuid4())
    stored = Message.objects.get(pk=answer.pk)
    assert re.fullmatch(rf"t{ticket.pk}\.m{stored.pk}\.[0-9a-f]{{12}}@shop\.example", stored.external_id)


def test_it_is_three_statements_and_is_drawn_without_another(mail, alice, django_assert_num_queries):
    ticket = asked(mail)
    with django_assert_num_queries(5):  # and the savepoint of this test's transaction
        answer_by_mail(ticket.pk, "One.", by=alice, client_uuid=uuid4())
    event = Event.objects.latest("pk")
    with django_assert_num_queries(0):
        message = fresh_message(event.pk)
        assert message.user == alice and list(message.attachments.all()) == []
        assert [one["state"] for one in message.recipients] == ["queued"]


def refused(ticket, alice, **more):
    before = Message.objects.count(), Event.objects.count(), Delivery.objects.count()
    answer = answer_by_mail(ticket.pk, "One.", by=alice, **{"client_uuid": uuid4()} | more)
    return answer is None and before == (
        Message.objects.count(),
        Event.objects.count(),
        Delivery.objects.count(),
    )


def test_it_stands_back_where_the_answer_is_more(mail, alice, outbox):
    ticket = asked(mail)
    usual = default_recipients(ticket)
    seen = ticket.messages.latest("pk").pk
    for chosen in (
        Recipients(usual.to, ("more@customer.example",)),
        Recipients(("other@customer.example",)),
        Recipients(()),
    ):
        assert refused(ticket, alice, chosen=chosen)
    add_note(ticket, "A note is nothing to read first.", by=by(alice))
    pressed = uuid4()
    assert answer_by_mail(ticket.pk, "One.", by=alice, client_uuid=pressed, last_seen=seen, chosen=usual)
    assert refused(ticket, alice, client_uuid=pressed)
    assert refused(ticket, alice, last_seen=seen)  # the answer just now


def test_an_answer_to_one_of_our_own_inboxes_is_left_to_the_long_way(mail, alice):
    ticket = asked(mail)
    Contact.objects.filter(pk=ticket.contact_id).update(email=mail.address)
    assert refused(ticket, alice, chosen=Recipients((mail.address,)))


def test_without_an_undo_window_it_goes_the_long_way(mail, alice):
    ticket = asked(mail)
    Workspace.objects.update(undo_seconds=0)
    assert refused(ticket, alice)


def test_who_may_not_see_the_ticket_writes_nothing(mail, alice):
    ticket = asked(mail)
    Ticket.objects.filter(pk=ticket.pk).update(department=make_department("Board", is_restricted=True))
    assert refused(ticket, alice)
    alice.is_active = False
    assert refused(asked(mail, 2), alice)


def test_a_customer_who_last_wrote_another_way_is_left_to_the_long_way(mail, alice):
    ticket = asked(mail)
    ticket.messages.update(inbox=make_inbox("telegram"))
    assert refused(ticket, alice)
    began_in_chat = asked(mail, 2)
    Ticket.objects.filter(pk=began_in_chat.pk).update(channel="webchat")
    assert refused(began_in_chat, alice)


def test_nothing_to_say_is_refused(mail, alice):
    with pytest.raises(Invalid):
        answer_by_mail(asked(mail).pk, "  \n ", by=alice, client_uuid=uuid4())
