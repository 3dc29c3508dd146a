import pytest

from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import Contact
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.participants import add_participant, checked_recipients, remove_participant
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_inbox

pytestmark = pytest.mark.django_db
BOB = Sender("email", "Bob@Customer.Example", name="Bob Bianchi")


@pytest.fixture
def agent():
    return make_agent("Alice")


@pytest.fixture
def inbox():
    return make_inbox()


def in_copy(ticket):
    return list(ticket.participants.values_list("contact__email", flat=True))


def test_who_the_mail_was_written_to_is_in_copy_of_the_answer(inbox, agent, names_of):
    ticket = customer_writes(inbox, participants=[BOB]).ticket
    answer = reply(ticket, "To both.", by=by(agent))
    assert (answer.to, answer.cc) == (["carla@customer.example"], ["bob@customer.example"])
    assert names_of(ticket).count("participant.added") == 1


def test_an_answer_goes_to_the_requester_and_not_to_who_wrote_last(inbox, agent):
    ticket = customer_writes(inbox, participants=[BOB]).ticket
    late = customer_writes(inbox, "I am her colleague", sender=BOB, ticket_id=ticket.pk)
    assert (late.ticket, late.message.author_name) == (ticket, "Bob Bianchi")
    assert not late.message.is_by_newcomer
    answer = reply(ticket, "Hello", by=by(agent))
    assert (answer.to, answer.cc) == (["carla@customer.example"], ["bob@customer.example"])


def test_the_facts_of_a_colleagues_message_are_the_requesters(inbox):
    ticket = customer_writes(inbox, participants=[BOB]).ticket
    late = customer_writes(inbox, "I am her colleague", sender=BOB, ticket_id=ticket.pk)
    fact = Event.objects.filter(name="message.received").latest("id")
    assert (fact.contact_id, fact.actor_id) == (ticket.contact_id, late.message.contact_id)


def test_a_stranger_who_answers_joins_and_is_marked_as_new(inbox, agent):
    ticket = customer_writes(inbox).ticket
    joined = customer_writes(
        inbox, "Hi", sender=BOB, ticket_id=ticket.pk, participants=[Sender("email", "eve@x.example")]
    )
    assert joined.message.is_by_newcomer
    assert in_copy(ticket) == ["bob@customer.example"]  # whom the stranger names is not brought along
    again = customer_writes(inbox, "Hi again", sender=BOB, ticket_id=ticket.pk)
    assert not again.message.is_by_newcomer


@pytest.mark.parametrize(("sender_check", "brought"), [("", []), ("pass", ["eve@x.example"])])
def test_who_is_taken_for_the_customer_by_a_from_line_alone_brings_nobody_along(inbox, sender_check, brought):
    """A number and a customer's address are soon guessed; the answer would go to whomever the forger names."""
    eve = [Sender("email", "eve@x.example")]
    for way in ("subject", "reference"):
        first = customer_writes(inbox)
        named = {
            "subject": {"subject_ticket_id": first.ticket.pk},
            "reference": {"replies_to": [first.message.external_id]},
        }
        found = customer_writes(inbox, participants=eve, sender_check=sender_check, **named[way])
        assert (found.ticket, found.message.thread_reason) == (first.ticket, way)
        assert in_copy(first.ticket) == brought


def test_who_names_a_mail_of_ours_brings_people_along_whichever_mail_they_answered(inbox, agent):
    first = customer_writes(inbox)
    answer = reply(first.ticket, "On its way.", by=by(agent))
    answer.external_id = "t1.m2.abc@shop.example"
    answer.save()
    ids = [first.message.external_id, answer.external_id]
    customer_writes(inbox, replies_to=ids, participants=[BOB])
    assert in_copy(first.ticket) == ["bob@customer.example"]


def test_a_ticket_with_more_people_than_may_join_takes_nobody_else(inbox, agent):
    crowds = [[Sender("email", f"p{crowd}.{each}@x.example") for each in range(20)] for crowd in range(3)]
    tickets = [customer_writes(inbox, participants=crowd).ticket for crowd in crowds]
    for gone in tickets[1:]:
        merge_tickets(tickets[0], gone, by=by(agent))
    more = [Sender("email", f"q{each}@x.example") for each in range(20)]
    customer_writes(inbox, ticket_id=tickets[0].pk, participants=more)
    assert not any(address.startswith("q") for address in in_copy(tickets[0]))


def test_a_machine_joins_nothing(inbox):
    ticket = customer_writes(inbox).ticket
    customer_writes(inbox, "Away", sender=BOB, ticket_id=ticket.pk, is_automatic=True)
    assert in_copy(ticket) == []


def test_an_answer_goes_exactly_to_whom_it_is_addressed_and_newcomers_join(inbox, agent):
    ticket = customer_writes(inbox, participants=[BOB]).ticket
    answer = reply(
        ticket,
        "Hello",
        by=by(agent),
        to=["carla@customer.example"],
        cc=["eve@x.example", "EVE@x.example", "carla@customer.example"],
    )
    assert (answer.to, answer.cc) == (["carla@customer.example"], ["eve@x.example"])
    assert in_copy(ticket) == ["bob@customer.example", "eve@x.example"]


def test_a_reply_to_asked_for_is_no_newcomer(inbox, agent):
    ticket = customer_writes(inbox, attributes={"answer_to": "desk@carla.example"}).ticket
    answer = reply(ticket, "Hello", by=by(agent), to=["desk@carla.example"])
    assert answer.to == ["desk@carla.example"]
    assert in_copy(ticket) == []


@pytest.mark.parametrize("to", [[], ["nonsense"], ["a@b"], [""]])
def test_an_answer_to_nobody_or_to_no_address_is_refused(inbox, agent, to):
    ticket = customer_writes(inbox).ticket
    with pytest.raises(Invalid):
        reply(ticket, "Hello", by=by(agent), to=to)
    assert ticket.messages.count() == 1


def test_no_copy_goes_to_an_inbox_of_ours(inbox, agent):
    ticket = customer_writes(inbox).ticket
    tagged = inbox.address.replace("@", "+t1.abc@")
    for own in (inbox.address.upper(), tagged):
        with pytest.raises(Invalid, match="this helpdesk"):
            reply(ticket, "Hello", by=by(agent), to=["carla@customer.example"], cc=[own])


def test_our_own_addresses_are_asked_for_once_however_many_get_the_answer(inbox, django_assert_num_queries):
    with django_assert_num_queries(1):
        checked_recipients(["carla@customer.example"], [f"person{n}@customer.example" for n in range(20)])


def test_an_inbox_that_is_switched_off_gets_no_copy_either(inbox, agent):
    off = make_inbox(address="old@example.com", is_active=False)
    ticket = customer_writes(inbox, participants=[BOB]).ticket
    Contact.objects.filter(email="bob@customer.example").update(email=off.address)
    answer = reply(ticket, "Hello", by=by(agent))
    assert [one.address for one in answer.deliveries.all()] == ["carla@customer.example"]


def test_what_a_machine_answers_goes_to_the_requester_alone(inbox, agent):
    ticket = customer_writes(inbox, participants=[BOB]).ticket
    answer = reply(ticket, "We got it.", by=SYSTEM)
    assert (answer.to, answer.cc) == (["carla@customer.example"], [])


def test_a_teammate_adds_and_removes_people(inbox, agent, names_of):
    ticket = customer_writes(inbox).ticket
    for _ in range(2):
        contact = add_participant(ticket, email="bob@customer.example", name="Bob", by=by(agent))
    assert in_copy(ticket) == ["bob@customer.example"]
    for _ in range(2):
        remove_participant(ticket, contact_id=contact.pk, by=by(agent))
    assert in_copy(ticket) == []
    assert names_of(ticket)[-2:] == ["participant.added", "participant.removed"]


def test_the_requester_is_never_also_in_copy(inbox, agent):
    ticket = customer_writes(inbox).ticket
    add_participant(ticket, email="carla@customer.example", by=by(agent))
    assert in_copy(ticket) == []


def test_a_crowd_does_not_come_along_whole(inbox):
    crowd = [Sender("email", f"p{number}@x.example") for number in range(60)]
    ticket = customer_writes(inbox, participants=crowd).ticket
    assert ticket.participants.count() == 20
    assert Contact.objects.count() == 21


def test_people_in_copy_are_made_without_touching_who_is_known(inbox):
    known = customer_writes(inbox, sender=BOB).ticket.contact
    seen = Contact.objects.get(pk=known.pk).last_seen_at
    customer_writes(inbox, participants=[Sender("email", "bob@customer.example", name="Robert")])
    fresh = Contact.objects.get(pk=known.pk)
    assert (fresh.name, fresh.last_seen_at) == ("Bob Bianchi", seen)
