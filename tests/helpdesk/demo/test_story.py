"""What a story leaves behind is what the verbs would have left: told both ways and compared, row by row."""

import re
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict

from helpdesk import clock
from helpdesk.demo.history import store_stories
from helpdesk.demo.story import Story
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.tickets import actions
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.surveys import rate_ticket
from helpdesk.tickets.writing import add_note, reply
from tests.factories import make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
START = clock.now().replace(microsecond=0) - timedelta(days=3)
OWN = {"id", "created_at", "contact", "ticket", "message", "close_event", "inbox", "client_uuid"}
# Which ids there are, and how often a job swept by, differ between two tellings of one story.
EXCEPT = {
    Ticket: OWN,
    Message: OWN | {"external_id", "in_reply_to", "text"},
    Survey: OWN,
    Event: OWN | {"recorded_at", "told_at", "tellings", "data", "actor_id"},
}


def at(minutes: int):
    return START + timedelta(minutes=minutes)


@pytest.fixture
def scene():
    support, billing = make_department("Support"), make_department("Billing")
    agent = make_agent("Marco")
    inbox = make_inbox("email", department=support, address="support@example.com")
    return {"agent": agent, "inbox": inbox, "billing": billing}


def test_a_story_leaves_what_the_verbs_leave(scene, outbox):
    told = tell(**scene)
    lived = live(**scene)
    assert told.pk != lived.pk
    assert look(told) == look(lived)
    for name in ("messages", "surveys"):
        assert [look(row) for row in in_order(told, name)] == [look(row) for row in in_order(lived, name)]
    assert list(map(event_of, facts(told))) == list(map(event_of, facts(lived)))


def tell(agent, inbox, billing) -> Ticket:
    contact = customer("told@customer.example")
    story = Story(contact, inbox, "My invoice", "en")
    story.open(at(0), "Where is it?", external_id="told-1", attributes={})
    story.transfer(at(4), billing, by=agent)
    story.assign(at(4), agent, by=agent)
    story.tag(at(4), ["invoice"], by=agent)
    story.prioritise(at(4), 3, by=agent)
    story.note(at(4), "Found it.", user=agent)
    story.reply(at(5), "Here it is.", user=agent, external_id="told-2")
    story.set_status(at(6), "pending", by=agent)
    story.receive(at(9), "Thank you!", external_id="told-3")
    closing = story.finish(at(20), "closed", by=agent)
    survey = story.ask_rating(at(21), closing, agent=agent, external_id="told-5")
    story.rate(at(30), survey, 5, "Quick!")
    story.receive(at(40), "One more thing.", external_id="told-4")
    story.snooze(at(50), at(9000), by=agent)
    story.ticket.snoozed_until = None
    store_stories([story])
    return story.ticket


def live(agent, inbox, billing) -> Ticket:
    by, contact = Actor.agent(agent), customer("lived@customer.example")
    ticket = write(contact, inbox, 0, "Where is it?")
    with clock.frozen_at(at(4)):
        actions.transfer_ticket(ticket, to=billing, by=by)
        actions.assign_ticket(ticket, to=agent, by=by)
        actions.tag_ticket(ticket, tags=["invoice"], by=by)
        actions.prioritise_ticket(ticket, priority=3, by=by)
        add_note(ticket, "Found it.", by=by)
    say(lambda: reply(ticket, "Here it is.", by=by), 5)
    with clock.frozen_at(at(6)):
        actions.set_ticket_status(ticket, status="pending", by=by)
    write(contact, inbox, 9, "Thank you!", replies_to=ids(ticket))
    with clock.frozen_at(at(20)):
        actions.close_ticket(ticket, by=by)
    say(lambda: send_survey(Event.objects.get(ticket=ticket, name="ticket.closed")).message, 21)
    with clock.frozen_at(at(30)):
        survey = Survey.objects.get(ticket=ticket)
        rate_ticket(survey, score=5, comment="Quick!", by=Actor.customer(contact))
    write(contact, inbox, 40, "One more thing.", replies_to=ids(ticket))
    with clock.frozen_at(at(50)):
        actions.snooze_ticket(ticket, until=at(9000), by=by)
    Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=None)
    return ticket


def customer(address: str):
    return find_or_create_contact("email", address, name="Carla", is_verified=True)


def write(contact, inbox, minute: int, text: str, **fields) -> Ticket:
    subject = f"Re: {'My invoice'}" if fields else "My invoice"
    inbound = InboundMessage(
        inbox=inbox,
        sender=Sender("email", contact.email, name=contact.name),
        external_id=f"lived-{minute}",
        text=text,
        subject=subject,
        to=["support@example.com"],
        language="en",
        **fields,
    )
    with clock.frozen_at(at(minute)):
        return receive(inbound).ticket


def ids(ticket) -> list[str]:
    return list(ticket.messages.exclude(external_id="").order_by("-id").values_list("external_id", flat=True))


def say(answer, minute: int) -> None:
    """Answer, and let the job hand it over two seconds later."""
    with clock.frozen_at(at(minute)):
        message = answer()
    with clock.frozen_at(at(minute) + timedelta(seconds=2)):
        deliver(message.pk)


def in_order(ticket, name):
    return list(getattr(ticket, name).order_by("id"))


def facts(ticket):
    return list(Event.objects.filter(ticket=ticket).order_by("id"))


def look(row) -> dict:
    row.refresh_from_db()
    seen = {key: value for key, value in model_to_dict(row).items() if key not in EXCEPT[type(row)]}
    if "to" in seen:  # the two stories have a customer each
        seen["to"] = [re.sub("^(told|lived)@", "customer@", address) for address in seen["to"]]
    return seen | {"when": getattr(row, "created_at", None)}


def event_of(event) -> dict:
    return look(event) | {"keys": sorted(event.data), "system": event.actor_kind == SYSTEM.kind}
