"""The short way of an answer in a chat leaves what the long way leaves, and stands back wherever the answer is more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.connectors.webchat.live import group_of, groups_of
from helpdesk.desk.reading import visitors_of
from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.actions import close_ticket, set_ticket_status
from helpdesk.tickets.answering import TICKET, answer_line
from helpdesk.tickets.appending import append_line
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.models import LastLook, Message, Ticket
from helpdesk.tickets.visibility import visible_to
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, customer_writes, inbound, make_admin, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
OWN = {"id", "ticket_id", "contact_id", "data", "client_uuid"}
NOW = clock.now()
TEXT = "It left today: äöü %s {0} '\\ 中文"


@pytest.fixture
def chat():
    return make_inbox("webchat")


@pytest.fixture
def alice():
    return make_agent("Alice")


def asked(chat):
    """A visitor's ticket, an hour old."""
    with clock.frozen_at(NOW - timedelta(hours=1)):
        return customer_writes(chat, sender=Sender("visitor", str(uuid4()), name="Carla")).ticket


def row(thing):
    """What is stored of it, without what is its own."""
    stored = type(thing).objects.get(pk=thing.pk)
    fields = [field for field in stored._meta.concrete_fields if not field.generated]
    return {one.attname: getattr(stored, one.attname) for one in fields if one.attname not in OWN}


def left_by(write, chat, prepare):
    """Everything that an answer has left when it was stored this way."""
    ticket = asked(chat)
    with clock.frozen_at(NOW - timedelta(minutes=9)):
        prepare(ticket)
    with clock.frozen_at(NOW):
        write(ticket)
        Event.objects.update(recorded_at=NOW)
    message, event = Message.objects.latest("pk"), Event.objects.latest("pk")
    assert (message.ticket_id, event.ticket_id) == (ticket.pk, ticket.pk)
    assert event.contact_id == message.contact_id == ticket.contact_id
    assert event.data.pop("message") == message.pk and message.client_uuid
    return [row(thing) for thing in (message, event, ticket)] + [event.data]


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


def test_its_writer_has_looked_at_the_ticket(chat, alice):
    ticket = asked(chat)
    for text in ("One.", "Two."):
        stored = answer_line(ticket.pk, text, by=alice, client_uuid=uuid4()).message
        assert LastLook.objects.get(user=alice, ticket=ticket).message_id == stored.pk


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


def test_its_browsers_are_told_of_it(chat, alice, django_capture_on_commit_callbacks, settings):
    settings.LISTENERS_NOW = [f"{__name__}.hear"]
    heard.clear()
    ticket = asked(chat)
    with django_capture_on_commit_callbacks(execute=True):
        stored = answer_line(ticket.pk, "One.", by=alice, client_uuid=uuid4())
    browser = ticket.contact.identities.get(kind="visitor").value
    assert stored.browsers == [browser]
    assert [(event.data["message"], event.browsers) for event in heard] == [(stored.message.pk, [browser])]


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


heard: list[Event] = []


def hear(events):
    heard.extend(events)


def refused(ticket, user, text="One.", **details):
    before = Message.objects.count(), Event.objects.count()
    stored = answer_line(ticket.pk, text, by=user, **{"client_uuid": uuid4()} | details)
    return stored is None and (Message.objects.count(), Event.objects.count()) == before


def test_what_is_no_chat_is_for_the_long_way(alice):
    assert refused(customer_writes(make_inbox()).ticket, alice)


def test_a_customer_who_went_on_by_mail_is_for_the_long_way(chat, alice):
    ticket = asked(chat)
    customer_writes(make_inbox(), "I am at home now.", ticket_id=ticket.pk)
    assert refused(ticket, alice)
    assert refused(ticket, alice, inbox_id=chat.pk)


def test_another_way_than_the_chat_is_for_the_long_way(chat, alice):
    ticket = asked(chat)
    assert refused(ticket, alice, inbox_id=make_inbox().pk)
    assert not refused(ticket, alice, inbox_id=chat.pk)


def test_newer_messages_than_the_writer_saw_stop_it(chat, alice):
    ticket = asked(chat)
    seen = ticket.messages.get().pk
    add_note(ticket, "For us alone.", by=by(alice))
    assert not refused(ticket, alice, last_seen=seen)  # a note is nothing that the customer saw
    assert refused(ticket, alice, last_seen=seen)


def test_pressing_send_twice_is_for_the_long_way_which_knows_the_message(chat, alice):
    ticket, pressed = asked(chat), uuid4()
    stored = answer_line(ticket.pk, "One.", by=alice, client_uuid=pressed).message
    assert refused(ticket, alice, client_uuid=pressed)
    assert reply(ticket, "One.", by=by(alice), client_uuid=pressed) == stored


def test_a_merged_ticket_is_for_the_long_way(chat, alice):
    ticket = asked(chat)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=asked(chat))
    assert refused(ticket, alice)


def test_who_may_not_see_the_ticket_does_not_answer_it(chat, alice):
    ticket = asked(chat)
    closed = make_department("Board", is_restricted=True)
    Ticket.objects.filter(pk=ticket.pk).update(department=closed)
    assert refused(ticket, alice)
    assert not refused(ticket, make_admin())
    closed.members.add(alice)
    assert not refused(ticket, alice)
    alice.is_active = False
    assert refused(ticket, alice)


@pytest.mark.parametrize("text", ["", "  ", "x" * 100_001])
def test_what_can_not_be_sent_is_refused_in_words(chat, alice, text):
    with pytest.raises(Invalid):
        answer_line(asked(chat).pk, text, by=alice, client_uuid=uuid4())


@pytest.mark.parametrize("make_user", [make_agent, make_admin])
def test_its_ticket_is_not_looked_up_among_all_tickets(chat, make_user):
    ticket, user = asked(chat), make_user()
    known = ("inbox", "channel", "contact", "created_at", "updated_at", "last_message_at")
    copy = {name: getattr(ticket, name) for name in known}
    Ticket.objects.bulk_create(Ticket(**copy) for _ in range(300))
    visible, params = visible_to(user)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute("EXPLAIN " + TICKET.format(visible=visible), [ticket.pk, *params])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on tickets_ticket" not in plan
