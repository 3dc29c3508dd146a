"""What both short ways of an answer in a chat have in common: of the first one, and of a further one."""

from uuid import uuid4

import pytest
from django.db import connection

from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.tickets.models import LastLook, Ticket
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, customer_writes, make_admin, make_agent, make_department, make_inbox
from tests.helpdesk.tickets.answers import FIRST, FURTHER, asked

pytestmark = pytest.mark.django_db
heard: list[Event] = []


def hear(events):
    heard.extend(events)


@pytest.fixture(params=[FIRST, FURTHER], ids=["first", "further"])
def way(request):
    return request.param


def test_its_writer_has_looked_at_the_ticket(way, chat, alice):
    ticket = way.begin(chat, alice)
    for text in ("One.", "Two."):
        stored = way.write(ticket, alice, text).message
        assert LastLook.objects.get(user=alice, ticket=ticket).message_id == stored.pk


def test_its_browsers_are_told_of_it(way, chat, alice, django_capture_on_commit_callbacks, settings):
    settings.LISTENERS_NOW = [f"{__name__}.hear"]
    heard.clear()
    ticket = way.begin(chat, alice)
    with django_capture_on_commit_callbacks(execute=True):
        stored = way.write(ticket, alice)
    browser = ticket.contact.identities.get(kind="visitor").value
    assert stored.browsers == [browser]
    [event] = [event for event in heard if event.browsers]
    assert (event.data["message"], event.browsers) == (stored.message.pk, [browser])
    kept = Event.objects.get(pk=event.pk)
    for name in ("name", "ticket_id", "contact_id", "department_id", "channel", "data", "actor_name"):
        assert getattr(event, name) == getattr(kept, name), name


def test_another_way_than_the_chat_is_for_the_long_way(way, chat, alice):
    ticket = way.begin(chat, alice)
    assert way.refuses(ticket, alice, inbox_id=make_inbox().pk)
    assert not way.refuses(ticket, alice, inbox_id=chat.pk)


def test_a_customer_who_went_on_by_mail_is_for_the_long_way(way, chat, alice):
    ticket = way.begin(chat, alice)
    customer_writes(make_inbox(), "I am at home now.", ticket_id=ticket.pk)
    assert way.refuses(ticket, alice)
    assert way.refuses(ticket, alice, inbox_id=chat.pk)


def test_newer_messages_than_the_writer_saw_stop_it(way, chat, alice):
    ticket = way.begin(chat, alice)
    seen = ticket.messages.latest("pk").pk
    add_note(ticket, "For us alone.", by=by(alice))
    assert not way.refuses(ticket, alice, last_seen=seen)  # a note is nothing that the customer saw
    assert way.refuses(ticket, alice, last_seen=seen)


def test_pressing_send_twice_is_for_the_long_way_which_knows_the_message(way, chat, alice):
    ticket, pressed = way.begin(chat, alice), uuid4()
    stored = way.write(ticket, alice, client_uuid=pressed).message
    assert way.refuses(ticket, alice, client_uuid=pressed)
    assert reply(ticket, "One.", by=by(alice), client_uuid=pressed) == stored


def test_a_merged_ticket_is_for_the_long_way(way, chat, alice):
    ticket = way.begin(chat, alice)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=asked(chat))
    assert way.refuses(ticket, alice)


def test_who_may_not_see_the_ticket_does_not_answer_it(way, chat, alice):
    ticket = way.begin(chat, alice)
    closed = make_department("Board", is_restricted=True)
    Ticket.objects.filter(pk=ticket.pk).update(department=closed)
    assert way.refuses(ticket, alice)
    assert not way.refuses(ticket, make_admin())
    closed.members.add(alice)
    assert not way.refuses(ticket, alice)


@pytest.mark.parametrize("text", ["", "  ", "x" * 100_001])
def test_what_can_not_be_sent_is_refused_in_words(way, chat, alice, text):
    with pytest.raises(Invalid):
        way.write(way.begin(chat, alice), alice, text)


@pytest.mark.parametrize("make_user", [make_agent, make_admin])
def test_its_ticket_is_not_looked_up_among_all_tickets(way, chat, make_user):
    ticket, user = asked(chat), make_user()
    known = ("inbox", "channel", "contact", "created_at", "updated_at", "last_message_at")
    copy = {name: getattr(ticket, name) for name in known}
    Ticket.objects.bulk_create(Ticket(**copy) for _ in range(300))
    statement, params = way.lookup(ticket, user)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute("EXPLAIN " + statement, params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on tickets_ticket" not in plan
