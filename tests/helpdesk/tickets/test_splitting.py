from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile, Sender
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.participants import add_participant, default_recipients
from helpdesk.tickets.splitting import split_ticket
from helpdesk.tickets.writing import add_note, reply
from routing.listening import on_event
from routing.models import Trigger
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
START = clock.now().replace(microsecond=0) - timedelta(days=2)


@pytest.fixture
def agent():
    return make_agent("Alice")


def at(hours):
    return clock.frozen_at(START + timedelta(hours=hours))


@pytest.fixture
def mixed(agent, outbox):
    """A ticket about a tent in which, after the answer, something else is asked and answered too."""
    inbox = make_inbox(department=make_department("Support"))
    with at(0):
        ticket = customer_writes(inbox, "Where is my tent?", subject="Tent").ticket
    with at(1):
        reply(ticket, "On its way.", by=by(agent))
    with at(5):
        other = customer_writes(inbox, "And can I pay by card?", subject="Re: Tent", ticket_id=ticket.pk)
    with at(6):
        add_note(ticket, "Ask accounts", by=by(agent))
    with at(8):
        reply(ticket, "Yes, you can.", by=by(agent))
    return ticket, other.message


def texts(ticket):
    return [message.text for message in ticket.messages.in_order()]


def test_one_message_becomes_a_ticket_of_its_own(mixed, agent):
    ticket, message = mixed
    fresh = split_ticket(message, by=by(agent))
    assert texts(fresh) == ["And can I pay by card?"]
    assert texts(ticket) == ["Where is my tent?", "On its way.", "Ask accounts", "Yes, you can."]
    assert (fresh.follow_up_of, fresh.contact, fresh.department) == (
        ticket,
        ticket.contact,
        ticket.department,
    )
    assert fresh.created_at == fresh.first_asked_at == fresh.queued_at == message.created_at
    fresh = Ticket.objects.get(pk=fresh.pk)
    assert (fresh.status, fresh.waiting_since) == ("new", message.created_at)


def test_its_subject_does_not_name_the_old_ticket(mixed, agent):
    ticket, other = mixed
    other.subject = f"Re: Tent [#{ticket.pk}]"
    other.save()
    assert split_ticket(other, by=by(agent)).subject == "Re: Tent"


def test_what_came_after_goes_along_where_wanted(mixed, agent):
    ticket, message = mixed
    fresh = split_ticket(message, with_later=True, by=by(agent))
    assert texts(fresh) == ["And can I pay by card?", "Ask accounts", "Yes, you can."]
    fresh = Ticket.objects.get(pk=fresh.pk)
    assert (fresh.status, fresh.waiting_since) == ("open", None)
    assert fresh.first_replied_at == START + timedelta(hours=8)
    assert Ticket.objects.get(pk=ticket.pk).last_snippet == "On its way."


def test_its_facts_have_the_times_at_which_they_happened(mixed, agent):
    _ticket, message = mixed
    fresh = split_ticket(message, with_later=True, by=by(agent))
    facts = Event.objects.filter(ticket=fresh).order_by("id")
    told = [(fact.name, round((fact.occurred_at - START).total_seconds() / 3600)) for fact in facts]
    assert told[:-1] == [
        ("ticket.created", 5),
        ("ticket.queued", 5),
        ("message.received", 5),
        ("message.replied", 8),
    ]
    assert facts.get(name="message.replied").value == 3 * 3600
    assert facts.get(name="ticket.created").data["started_by"] == "customer"


def test_no_trigger_hears_again_what_was_split_off(mixed, agent):
    Trigger.objects.create(
        name="Welcome",
        on=["ticket.created", "message.received"],
        actions=[{"do": "add_tag", "value": "welcome"}],
    )
    fresh = split_ticket(mixed[1], by=by(agent))
    for event in Event.objects.filter(ticket=fresh):
        on_event(event)
    assert Ticket.objects.get(pk=fresh.pk).tags == []


def test_a_colleagues_message_becomes_the_colleagues_ticket(agent):
    inbox = make_inbox()
    ticket = customer_writes(inbox).ticket
    theirs = customer_writes(
        inbox, "My own matter", email="bob@customer.example", name="Bob", ticket_id=ticket.pk
    )
    fresh = split_ticket(theirs.message, by=by(agent))
    assert fresh.contact.email == "bob@customer.example"


def test_who_came_by_the_message_that_is_split_off_gets_no_more_answers(agent):
    inbox = make_inbox()
    ticket = customer_writes(inbox).ticket
    stray = customer_writes(inbox, "My own matter", email="bob@customer.example", ticket_id=ticket.pk).message
    split_ticket(stray, by=by(agent))
    assert default_recipients(ticket).cc == ()
    assert Event.objects.filter(ticket=ticket, name="participant.removed").count() == 1


def test_who_wrote_more_or_was_in_copy_before_stays_on_the_ticket(agent):
    inbox = make_inbox()
    ticket = customer_writes(inbox).ticket
    add_participant(ticket, email="cora@customer.example", by=by(agent))
    first = customer_writes(inbox, "As Anna says", email="bob@customer.example", ticket_id=ticket.pk).message
    customer_writes(inbox, "And more", email="bob@customer.example", ticket_id=ticket.pk)
    second = customer_writes(inbox, "My own", email="cora@customer.example", ticket_id=ticket.pk).message
    for message in (first, second):
        split_ticket(message, by=by(agent))
    assert set(default_recipients(Ticket.objects.get(pk=ticket.pk)).cc) == {
        "bob@customer.example",
        "cora@customer.example",
    }


def test_files_go_along(agent):
    inbox = make_inbox()
    ticket = customer_writes(inbox).ticket
    file = InboundFile("bill.txt", "text/plain", b"42")
    message = customer_writes(inbox, "See the bill", ticket_id=ticket.pk, files=[file]).message
    fresh = split_ticket(message, by=by(agent))
    assert fresh.messages.get().attachments.get().file.read() == b"42"


def test_the_only_message_and_what_the_team_wrote_are_not_split_off(mixed, agent):
    ticket, _message = mixed
    for message in ticket.messages.exclude(kind="incoming"):
        with pytest.raises(Invalid):
            split_ticket(message, by=by(agent))
    with pytest.raises(Invalid, match="Nothing would be left"):
        split_ticket(ticket.messages.in_order().first(), with_later=True, by=by(agent))


def test_merging_back_takes_it_back(mixed, agent):
    ticket, message = mixed
    before = texts(ticket)
    fresh = split_ticket(message, with_later=True, by=by(agent))
    merge_tickets(ticket, fresh, by=by(agent))
    assert texts(ticket) == before


def test_what_was_said_in_a_chat_stays_in_its_widget_also_behind_a_mail(agent):
    chat, mail, carla = make_inbox("webchat"), make_inbox(), uuid4()
    here = Sender("visitor", str(carla), name="Carla", email="carla@x.example")
    ticket = customer_writes(chat, "Where is my tent?", sender=here).ticket
    by_mail = customer_writes(mail, "And my stove?", email="carla@x.example", ticket_id=ticket.pk).message
    Message.objects.filter(pk=by_mail.pk).update(contact=ticket.contact)
    customer_writes(chat, "The stove, I mean.", sender=here, ticket_id=ticket.pk)
    fresh = split_ticket(Message.objects.get(pk=by_mail.pk), with_later=True, by=by(agent))
    assert (fresh.inbox, fresh.channel) == (chat, "webchat")
    shown = Visit(chat, carla, "en").messages()
    assert {message.text for message in shown} >= {"Where is my tent?", "The stove, I mean."}
    merge_tickets(ticket, fresh, by=by(agent))
    assert texts(ticket) == ["Where is my tent?", "And my stove?", "The stove, I mean."]
