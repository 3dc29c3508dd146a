"""The short way of a further line leaves what the long way leaves, and stands back wherever the line is more than that."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import close_ticket, set_ticket_status, snooze_ticket
from helpdesk.tickets.appending import append_line
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, inbound, make_agent, make_inbox

pytestmark = pytest.mark.django_db
OWN = {"id", "ticket_id", "contact_id", "actor_id", "data", "external_id", "client_uuid", "visitor"}
NOW = clock.now()


@pytest.fixture
def inbox():
    return make_inbox("webchat")


def line(inbox, text="And another thing: äöü %s {0} '\\", *, visitor=None, name="Carla", key=None):
    visitor, key = visitor or uuid4(), key or uuid4()
    sender = Sender("visitor", str(visitor), name=name, language="it")
    return inbound(
        inbox, text, sender=sender, subject="", external_id=f"{visitor.hex}:{key.hex}", language="it"
    )


def begun(inbox, visitor, **fields):
    """The conversation of a visitor, begun an hour ago, whose first answer has been given."""
    with clock.frozen_at(NOW - timedelta(hours=1)):
        ticket = receive(line(inbox, "Hello", visitor=visitor, **fields), client_uuid=uuid4()).ticket
        reply(ticket, "What is it?", by=by(make_agent()))
    return ticket


def row(thing):
    """What is stored of it, without what is its own."""
    stored = type(thing).objects.get(pk=thing.pk)
    return {
        field.attname: getattr(stored, field.attname)
        for field in stored._meta.concrete_fields
        if field.attname not in OWN and not field.generated
    }


def left_by(write, inbox, **fields):
    """Everything that one more line has left when it was stored this way."""
    visitor = uuid4()
    ticket = begun(inbox, visitor, **fields)
    with clock.frozen_at(NOW):
        write(line(inbox, visitor=visitor, **fields), client_uuid=uuid4())
        Event.objects.update(recorded_at=NOW, told_at=None)
    message, event = Message.objects.latest("pk"), Event.objects.latest("pk")
    assert (message.ticket_id, event.ticket_id, event.data) == (ticket.pk, ticket.pk, {"message": message.pk})
    assert event.contact_id == event.actor_id == message.contact_id == ticket.contact_id
    assert message.client_uuid and message.external_id
    Contact.objects.update(created_at=NOW)
    return [row(thing) for thing in (message, event, ticket, ticket.contact)]


@pytest.mark.parametrize("name", ["Carla", ""])
def test_the_short_way_leaves_exactly_what_the_long_way_leaves(inbox, name):
    long, short = left_by(receive, inbox, name=name), left_by(append_line, inbox, name=name)
    if not name:  # nobody knows more of them than their number
        for left in (long, short):
            for stored in left[:2]:
                of = [key for key in ("author_name", "actor_name") if key in stored]
                assert [stored.pop(key).split()[0] for key in of] == ["Visitor"]
    for one, other in zip(long, short, strict=True):
        assert one == other


def test_its_text_and_its_names_are_stored_as_they_are(inbox):
    visitor, text = uuid4(), "'); DROP TABLE x; -- \u202e %s {} 中文"
    begun(inbox, visitor, name="O'Hara #{number} %(x)s")
    stored = append_line(line(inbox, text, visitor=visitor), client_uuid=uuid4())
    message = Message.objects.get(pk=stored.message.pk)
    assert (message.text, message.author_name) == (text, "O'Hara #{number} %(x)s")


def test_it_can_be_drawn_without_a_query(inbox, django_assert_num_queries):
    visitor = uuid4()
    begun(inbox, visitor)
    stored = append_line(line(inbox, visitor=visitor), client_uuid=uuid4())
    with django_assert_num_queries(0):
        message = fresh_message(stored.event.pk)
        assert getattr(message, "survey", None) is None
        assert list(message.attachments.all()) == message.recipients == []
    assert fresh_message(stored.event.pk + 1) is None


def test_it_is_one_statement(inbox, django_assert_num_queries):
    visitor = uuid4()
    begun(inbox, visitor)
    with django_assert_num_queries(1):
        assert append_line(line(inbox, visitor=visitor), client_uuid=uuid4())


def test_it_is_told_as_any_fact(inbox, django_capture_on_commit_callbacks, settings):
    settings.LISTENERS_NOW = [f"{__name__}.hear"]
    heard.clear()
    visitor = uuid4()
    begun(inbox, visitor)
    with django_capture_on_commit_callbacks(execute=True):
        stored = append_line(line(inbox, visitor=visitor), client_uuid=uuid4())
    assert [(event.pk, event.name) for event in heard] == [(stored.event.pk, names.MESSAGE_RECEIVED)]


heard: list[Event] = []


def hear(events):
    heard.extend(events)


def refused(inbox, visitor, **fields):
    before = Message.objects.count(), Event.objects.count()
    written = append_line(line(inbox, visitor=visitor, **fields), client_uuid=uuid4())
    return written is None and (Message.objects.count(), Event.objects.count()) == before


def test_somebody_who_never_wrote_is_for_the_long_way(inbox):
    assert refused(inbox, uuid4())


def test_another_inbox_of_theirs_is_for_the_long_way(inbox):
    visitor = uuid4()
    begun(inbox, visitor)
    assert refused(make_inbox("webchat"), visitor)


def test_a_line_that_is_there_already_is_not_stored_twice(inbox):
    visitor, key = uuid4(), uuid4()
    begun(inbox, visitor)
    once = line(inbox, visitor=visitor, key=key)
    assert append_line(once, client_uuid=key)
    assert refused(inbox, visitor, key=key)
    assert receive(once, client_uuid=key).outcome == "duplicate"
    assert append_line(replace(once, external_id="another"), client_uuid=key) is None  # pressed once


@pytest.mark.parametrize("status", ["pending", "on_hold", "solved", "closed"])
def test_a_ticket_that_does_not_just_go_on_is_for_the_long_way(inbox, status):
    visitor = uuid4()
    ticket = begun(inbox, visitor)
    if status == "closed":
        close_ticket(ticket, by=by(make_agent()))
    else:
        set_ticket_status(ticket, status=status, by=by(make_agent()))
    assert refused(inbox, visitor)


def test_a_snoozed_ticket_is_for_the_long_way(inbox):
    visitor = uuid4()
    snooze_ticket(begun(inbox, visitor), until=clock.now() + timedelta(days=1), by=by(make_agent()))
    assert refused(inbox, visitor)


def test_one_that_nobody_has_asked_for_yet_is_for_the_long_way(inbox):
    visitor = uuid4()
    begun(inbox, visitor)
    Ticket.objects.update(queued_at=None)
    assert refused(inbox, visitor)


def test_who_is_blocked_is_for_the_long_way(inbox):
    visitor = uuid4()
    begun(inbox, visitor)
    Contact.objects.update(is_blocked=True)
    assert refused(inbox, visitor)


def test_who_was_found_to_be_somebody_else_is_for_the_long_way(inbox):
    visitor, other = uuid4(), uuid4()
    begun(inbox, visitor), begun(inbox, other)
    gone, kept = (Contact.objects.get(identities__value=str(one)) for one in (visitor, other))
    Contact.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert refused(inbox, visitor)
