"""One case for one event, whatever listens; and the rules are as they stand, though nobody reads them twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.routing_rules import many_rules
from helpdesk import clock
from helpdesk.conditions import find_field
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.events.telling import tell_listeners
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.tickets.calls import Call, begin_call_ticket
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Ticket
from routing import listening
from routing.at_hand import AtHand
from routing.listening import facts_that_matter, on_event
from routing.models import AssignmentRule, EscalationPath, Trigger
from tests.factories import by, customer_writes, make_agent, make_contact, make_department, make_inbox

pytestmark = pytest.mark.django_db
MOST_QUERIES = 6


def newest(name: str, ticket: Ticket) -> Event:
    return Event.objects.filter(name=name, ticket=ticket).latest("id")


def test_two_hundred_triggers_and_a_hundred_rules_cost_six_queries_when_none_fires():
    make_department("Support")
    many_rules(triggers=200, rules=100)
    inbox = make_inbox()
    ticket = customer_writes(inbox, text="Where is my parcel?").ticket
    event = newest(names.MESSAGE_RECEIVED, ticket)
    facts_that_matter(), on_event(event)  # the rules are at hand from now on
    with CaptureQueriesContext(connection) as asked:
        assert names.MESSAGE_RECEIVED in facts_that_matter()
        on_event(event)
    assert len(asked) <= MOST_QUERIES, [one["sql"][:90] for one in asked]


def test_a_new_ticket_asks_for_the_rules_once_and_is_read_with_its_message_only():
    ticket = customer_writes(text="Where is my parcel?").ticket
    facts = [newest(name, ticket) for name in (names.TICKET_CREATED, names.MESSAGE_RECEIVED)]
    tell_listeners(facts)  # the rules are at hand from now on
    with CaptureQueriesContext(connection) as asked:
        tell_listeners(facts)
    asked = " ".join(one["sql"] for one in asked)
    assert asked.count("FROM routing_rulestamp") == 1
    assert asked.count('FROM "tickets_ticket"') == asked.count("FROM tickets_message WHERE") == 1


def test_what_the_team_wrote_down_of_a_call_is_marked_though_no_message_follows():
    call = Call("incoming", "+39 02 123 4567", clock.now(), 60, "Wants it all back.")
    writer = by(make_agent())
    ticket = begin_call_ticket(make_contact(), call, subject="Will call my lawyer", by=writer)
    tell_listeners(Event.objects.filter(ticket=ticket).order_by("id"))
    ticket.refresh_from_db()
    assert ticket.marks == ["legal"]


def test_no_change_of_a_rule_is_missed_in_whatever_way_it_is_made():
    told = []
    kept = AtHand(lambda: told.append(1) or list(Trigger.objects.values_list("name", flat=True)))
    trigger = Trigger.objects.create(name="One", on=[names.TICKET_CLOSED], actions=[])
    assert kept.get() == kept.get() == ["One"] and len(told) == 1
    Trigger.objects.filter(pk=trigger.pk).update(name="Two")
    assert kept.get() == ["Two"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM routing_trigger")
    assert kept.get() == [] and len(told) == 3


def test_a_condition_compares_by_the_type_that_the_attribute_has_now():
    define_attribute("person", "seats", name="", kind="text")
    line = {"field": "person:seats", "op": "more", "value": "5"}
    AssignmentRule.objects.create(
        name="Big", conditions=[line], department=make_department("Sales"), changed_at=clock.now()
    )
    ticket = customer_writes().ticket
    ticket.contact.attributes = {"seats": "12"}
    ticket.contact.save()
    created = newest(names.TICKET_CREATED, ticket)
    assert not listening.assignment.standing_rules()[0].holds(listening.case_of(created))
    define_attribute("person", "seats", name="", kind="number")
    assert find_field("person:seats").kind == "number"
    assert listening.assignment.standing_rules()[0].holds(listening.case_of(created))


def test_where_one_part_fails_the_others_are_asked_and_it_is_told_again():
    Trigger.objects.create(
        name="Tag", on=[names.TICKET_CREATED], conditions=[], actions=[{"do": "tag", "value": "fresh"}]
    )
    EscalationPath.objects.create(
        name="Broken", steps=[{"nonsense": 1}], counts_from=clock.now() - timedelta(days=1)
    )
    ticket = customer_writes(subject="Parcel").ticket
    with pytest.raises(KeyError):
        on_event(newest(names.TICKET_CREATED, ticket))
    ticket.refresh_from_db()
    assert ticket.tags == ["fresh"]


def test_what_was_written_on_a_ticket_that_went_into_another_meanwhile_is_told_without_a_failure():
    inbox = make_inbox()
    kept = customer_writes(inbox, text="Where is my parcel?").ticket
    gone = customer_writes(inbox, text="I will call my lawyer").ticket
    merge_tickets(kept, gone, by=SYSTEM)
    for event in Event.objects.filter(ticket=gone).order_by("id"):
        on_event(event)
    gone.refresh_from_db()
    assert gone.marks == []
