"""What a customer does on the site while their ticket is open."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.site_deeds import LONGEST_FACTS, MOST_AN_HOUR, note_did
from tests.factories import by, customer_writes, make_agent, make_inbox

pytestmark = pytest.mark.django_db


def deeds() -> list[Event]:
    return list(Event.objects.filter(name=names.VISITOR_DID).order_by("pk"))


def test_what_they_do_is_a_fact_of_the_newest_ticket_of_theirs_that_is_open():
    inbox, agent = make_inbox("webchat"), make_agent()
    old = customer_writes(inbox, email="ann@x.example").ticket
    close_ticket(old, by=by(agent))
    ticket = customer_writes(inbox, email="ann@x.example").ticket
    customer_writes(inbox, email="bob@x.example")
    theirs = Ticket.objects.filter(contact=ticket.contact)
    note_did(theirs, "Cart", facts={"total": "120"})
    [deed] = deeds()
    assert (deed.ticket_id, deed.actor_kind, deed.contact_id) == (ticket.pk, "customer", ticket.contact_id)
    assert deed.data == {"did": "Cart", "facts": {"total": "120"}}
    close_ticket(ticket, by=by(agent))
    assert note_did(theirs, "Cart", facts={}) is None
    assert note_did(Ticket.objects.none(), "Cart", facts={}) is None


def test_what_has_an_id_is_written_once_for_it():
    customer_writes()
    order = {"total": "9", "id": "A-7"}
    told = [
        note_did(Ticket.objects.all(), did, facts=facts) is not None
        for did, facts in (
            ("Ordered", order),
            ("Ordered", order | {"total": "10"}),
            ("Ordered", order | {"id": "A-8"}),
            ("Paid", order),
            ("Cart", {}),
            ("Cart", {}),
        )
    ]
    assert told == [True, False, True, True, True, True]


def test_only_so_many_come_in_an_hour_and_only_so_long():
    customer_writes()
    for number in range(MOST_AN_HOUR + 3):
        note_did(Ticket.objects.all(), f"Click {number}", facts={})
    assert len(deeds()) == MOST_AN_HOUR
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        many = {f"{number}" * 10: "x" * 190 for number in range(9)} | {"id": "A-7"}
        facts = note_did(Ticket.objects.all(), "Click", facts=many).data["facts"]
    assert facts["id"] == "A-7" and len(facts) > 2
    assert sum(len(name) + len(value) for name, value in facts.items()) <= LONGEST_FACTS
