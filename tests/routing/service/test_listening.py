"""What the ledger tells reaches marks, priority, promises and paths, once and in this order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.conditions import case_of
from helpdesk.events.models import Event
from helpdesk.events.telling import tell_listeners
from helpdesk.tickets.models import Ticket
from routing.at_hand import one_stamp
from routing.listening import facts_that_matter, on_event
from routing.models import Escalation, EscalationPath, Promise
from routing.service import listening, priority
from routing.service.paths import save_path
from tests.factories import customer_writes, make_inbox
from tests.routing.service.makers import make_policy

pytestmark = pytest.mark.django_db


def tell(ticket: Ticket) -> None:
    """Everything that was not told, and what comes of it."""
    while untold := list(Event.objects.filter(ticket=ticket, told_at=None).order_by("id")):
        tell_listeners(untold)


def test_a_sensitive_matter_is_marked_gets_its_priority_and_that_priority_its_promise():
    row = priority.formula()
    row.is_active, row.weights = True, {"sensitive": 60}
    row.save()
    make_policy("All", {"2": {"first": 3600}, "4": {"first": 600}})
    ticket = customer_writes(text="I will call my lawyer").ticket
    tell(ticket)
    ticket.refresh_from_db()
    assert (ticket.marks, ticket.priority) == (["legal"], 4)
    assert Promise.objects.get(ticket=ticket).target == 600
    count = Event.objects.count()
    for event in Event.objects.filter(ticket=ticket):
        on_event(event)
    assert Event.objects.count() == count and Promise.objects.count() == 1


def test_where_nothing_is_in_use_one_question_says_so(django_assert_num_queries):
    facts_that_matter()  # the rules are at hand from now on
    with django_assert_num_queries(1):
        assert facts_that_matter() == listening.care.HEARD


def test_a_promise_and_a_path_ask_for_the_ticket_once():
    make_policy("All", {"2": {"first": 3600}})
    save_path(
        EscalationPath(
            name="Help",
            in_hours=False,
            counts_from=clock.now(),
            steps=[{"after": 60, "to": "admins", "does": "tell"}],
        )
    )
    case = case_of(Event.objects.filter(ticket=customer_writes().ticket).latest("pk"))
    with one_stamp(), CaptureQueriesContext(connection) as asked:
        listening.keep_up(case)
    assert Promise.objects.get().ticket == Escalation.objects.get().ticket == case.ticket
    assert len([one for one in asked if "FOR UPDATE" in one["sql"]]) == 1


def test_one_more_line_of_who_waits_costs_next_to_nothing(django_assert_max_num_queries):
    make_policy("All", {"2": {"first": 3600}})
    inbox = make_inbox("webchat")
    ticket = customer_writes(inbox).ticket
    tell(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=ticket.created_at.replace(year=2025))
    customer_writes(inbox)
    line = Event.objects.filter(ticket=ticket).latest("pk")
    case = case_of(line)
    with one_stamp(), django_assert_max_num_queries(1):
        listening.keep_up(case)
