"""The clocks of promises, over the life of a ticket."""

import random
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.errors import InvalidRule
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.tickets.actions import (
    close_ticket,
    mark_spam,
    prioritise_ticket,
    reopen_ticket,
    set_ticket_status,
    transfer_ticket,
    unmark_spam,
)
from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import reply
from routing.models import BusinessHours, Escalation, PriorityReading, Promise
from routing.service.policies import save_policy
from routing.service.promises import keep_promises, look_at_due
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox
from tests.routing.service.makers import make_policy

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 23, 9, 0, tzinfo=UTC)


@contextmanager
def at(minutes: float):
    """So many minutes after Monday nine; whatever happened until then is heard of."""
    with clock.frozen_at(MONDAY + timedelta(minutes=minutes)):
        yield


@pytest.fixture(autouse=True)
def outgoing(outbox):
    return outbox


@pytest.fixture
def desk():
    """One inbox, one agent, one policy: answers in 30 minutes, next ones in an hour, solved in four; urgent in 10."""
    inbox, agent = make_inbox("webchat"), make_agent()
    with at(-60):
        policy = make_policy(
            "All", {"2": {"first": 1800, "next": 3600, "resolution": 14400}, "4": {"first": 600}}
        )
    return inbox, by(agent), policy


def asks(inbox, minutes: float, **fields) -> Ticket:
    with at(minutes):
        ticket = customer_writes(inbox, **fields).ticket
        keep_promises(ticket.pk)
    return ticket


def then(minutes: float, do, ticket: Ticket, **details) -> None:
    with at(minutes):
        do(Ticket.objects.get(pk=ticket.pk), **details)
        keep_promises(ticket.pk)


def states(ticket: Ticket) -> dict[str, str]:
    return dict(Promise.objects.filter(ticket=ticket).order_by("began_at").values_list("kind", "state"))


def due(ticket: Ticket) -> float | None:
    """Minutes after Monday nine."""
    at_ = Ticket.objects.get(pk=ticket.pk).due_at
    return at_ and (at_ - MONDAY) / timedelta(minutes=1)


def told(ticket: Ticket) -> list[tuple[str, str]]:
    facts = Event.objects.filter(ticket=ticket, name__startswith="sla.").order_by("id")
    return [(fact.name, fact.data["promise"]) for fact in facts]


def test_a_first_answer_in_time_is_kept_and_the_next_one_is_promised_when_they_write_again(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    assert due(ticket) == 30 and states(ticket) == {"first": "running", "resolution": "running"}
    then(20, reply, ticket, text="Hello", by=agent)
    assert due(ticket) == 240 and states(ticket)["first"] == "met"
    assert Promise.objects.get(kind="first").spent == 1200
    ticket = asks(inbox, 50)
    asks(inbox, 70)  # one line more moves nothing
    assert due(ticket) == 110 and states(ticket)["next"] == "running"
    then(120, reply, ticket, text="Sorry", by=agent)
    assert states(ticket)["next"] == "missed" and told(ticket) == [(names.SLA_MISSED, "next")]
    then(130, close_ticket, ticket, by=agent)
    assert states(ticket)["resolution"] == "met" and due(ticket) is None


def test_it_is_told_once_when_it_is_near_and_once_when_it_was_missed(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    for minutes, count in (
        (22, 0),
        (23, 1),
        (24, 0),
        (30, 1),
        (31, 0),
        (179, 0),
        (180, 1),
        (241, 1),
        (300, 0),
    ):
        with at(minutes):
            assert look_at_due() == count, minutes
    assert told(ticket) == [
        (names.SLA_NEAR, "first"),
        (names.SLA_MISSED, "first"),
        (names.SLA_NEAR, "resolution"),
        (names.SLA_MISSED, "resolution"),
    ]
    then(310, reply, ticket, text="At last", by=agent)
    assert states(ticket)["first"] == "missed" and len(told(ticket)) == 4


def test_an_answer_that_nobody_has_told_us_of_yet_is_no_miss(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    with at(29):
        reply(ticket, "Just in time", by=agent)
    with at(31):
        look_at_due()
    assert states(ticket)["first"] == "met" and told(ticket) == []


def test_a_ticket_that_cannot_be_looked_at_keeps_no_other_waiting(desk):
    inbox, *_ = desk
    broken = asks(inbox, 0)
    no_zone = BusinessHours.objects.create(name="Night", time_zone="Nowhere/Never", weekly=[])
    lost = make_department("Lost", hours=no_zone)
    Promise.objects.filter(ticket=broken).update(in_hours=True, department_id=lost.pk, look_at=MONDAY)
    Ticket.objects.filter(pk=broken.pk).update(department=lost)
    asks(inbox, 1, email="other@customer.example")
    with at(31):
        assert look_at_due() == 1


def test_the_solution_waits_while_the_ticket_waits_for_the_customer(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    then(10, reply, ticket, text="Your number?", by=agent)
    then(60, set_ticket_status, ticket, status="pending", by=agent)
    assert states(ticket)["resolution"] == "paused" and due(ticket) is None
    ticket = asks(inbox, 560)  # their answer opens it: an hour is spent, three are left
    assert states(ticket)["resolution"] == "running"
    assert Promise.objects.get(kind="resolution").due_at == MONDAY + timedelta(minutes=560 + 180)
    then(600, set_ticket_status, ticket, status="on_hold", by=agent)
    assert states(ticket)["resolution"] == "running", "on hold was not chosen"
    then(700, close_ticket, ticket, by=agent)
    assert Promise.objects.get(kind="resolution").spent == (60 + 140) * 60
    assert states(ticket)["resolution"] == "met"


def test_another_priority_or_department_counts_from_the_start(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    then(5, prioritise_ticket, ticket, priority=4, by=agent)
    assert due(ticket) == 10 and states(ticket) == {"first": "running", "resolution": "dropped"}
    then(6, prioritise_ticket, ticket, priority=2, by=agent)
    assert due(ticket) == 30 and states(ticket)["resolution"] == "running"
    then(7, prioritise_ticket, ticket, priority=1, by=agent)
    assert due(ticket) is None, "low is promised nothing"


def test_a_miss_that_another_priority_makes_no_better_is_not_told_again(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    with at(40):
        look_at_due()
    then(41, prioritise_ticket, ticket, priority=4, by=agent)
    with at(50):
        look_at_due()
    assert told(ticket) == [(names.SLA_MISSED, "first")]


def test_the_first_policy_whose_conditions_hold_is_the_tickets_and_hours_are_the_departments(desk):
    inbox, agent, _ = desk
    night = BusinessHours.objects.create(name="Night", time_zone="UTC", weekly=[[0, "22:00", "23:00"]])
    watch = make_department("Watch", hours=night)
    lines = [{"field": "department", "op": "is", "value": str(watch.pk)}]
    with at(-50):
        policy = make_policy(
            "Watch", {"2": {"first": 1800}}, in_hours=True, conditions={"match": "all", "lines": lines}
        )
    first = asks(inbox, 0)
    assert due(first) == 30
    policies_swapped(policy)
    then(1, transfer_ticket, first, to=watch, by=agent)
    keep_as(first, names.TICKET_TRANSFERRED)
    assert due(first) == 13 * 60 + 30, "half an hour of the night's"


def policies_swapped(first) -> None:
    """Put this one before all others."""
    type(first).objects.exclude(pk=first.pk).update(position=9)


def keep_as(ticket: Ticket, name: str) -> None:
    keep_promises(ticket.pk)
    assert Event.objects.filter(ticket=ticket, name=name).exists()


def test_a_changed_policy_leaves_what_was_promised(desk):
    inbox, agent, policy = desk
    ticket = asks(inbox, 0)
    policy.targets = {"2": {"first": 60}}
    with at(1):
        save_policy(policy)
    then(2, set_ticket_status, ticket, status="open", by=agent)
    assert due(ticket) == 30
    other = asks(inbox, 3, email="other@customer.example")
    assert due(other) == 4


def test_what_waited_before_a_policy_was_made_was_promised_nothing(desk):
    inbox, _, policy = desk
    policy.counts_from = MONDAY + timedelta(minutes=30)
    policy.save()
    assert due(asks(inbox, 0)) is None
    assert due(asks(inbox, 31, email="later@customer.example")) == 61


def test_spam_is_owed_nothing_until_it_is_none(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    then(5, mark_spam, ticket, by=agent)
    assert due(ticket) is None and set(states(ticket).values()) == {"dropped"}
    then(10, unmark_spam, ticket, by=agent)
    assert due(ticket) == 30 and set(states(ticket).values()) == {"running"}
    assert Promise.objects.filter(ticket=ticket).count() == 2


def test_closing_without_an_answer_drops_what_was_owed_and_reopening_by_hand_goes_on(desk):
    inbox, agent, _ = desk
    ticket = asks(inbox, 0)
    then(10, reply, ticket, text="Done", by=agent)
    then(60, close_ticket, ticket, by=agent)
    assert states(ticket) == {"first": "met", "resolution": "met"}
    then(120, reopen_ticket, ticket, by=agent)
    assert Promise.objects.get(kind="resolution").due_at == MONDAY + timedelta(minutes=240 + 60)
    then(130, close_ticket, ticket, by=agent)
    ticket = asks(inbox, 500)  # the customer opens it again: a new solution is owed, the old one stays kept
    kept = list(
        Promise.objects.filter(kind="resolution").order_by("began_at").values_list("state", flat=True)
    )
    assert kept == ["met", "running"]
    assert due(ticket) == 500 + 60
    assert Promise.objects.filter(kind="resolution").latest("began_at").due_at == MONDAY + timedelta(
        minutes=740
    )


def test_reopened_by_hand_it_goes_on_also_where_it_has_another_priority_by_then(desk):
    inbox, agent, policy = desk
    policy.targets = {"2": {"resolution": 14400}, "3": {"resolution": 14400}}
    with at(-30):
        save_policy(policy)
    ticket = asks(inbox, 0)
    then(60, close_ticket, ticket, by=agent)
    then(70, prioritise_ticket, ticket, priority=3, by=agent)
    then(120, reopen_ticket, ticket, by=agent)
    assert states(ticket) == {"resolution": "running"} and due(ticket) == 240 + 60
    assert Promise.objects.get(ticket=ticket).ended_at is None


def test_of_two_merged_tickets_one_is_owed_and_taken_apart_both_are(desk):
    _, agent, _ = desk
    inbox = make_inbox()
    kept, gone = asks(inbox, 0), asks(inbox, 10, subject="Something else altogether")
    assert kept.pk != gone.pk
    with at(20):
        merge_tickets(kept, gone, by=agent)
        keep_promises(gone.pk), keep_promises(kept.pk)
    assert due(gone) is None and due(kept) == 30
    with at(25):
        unmerge_ticket(gone, by=agent)
        keep_promises(gone.pk), keep_promises(kept.pk)
    assert due(gone) == 40 and due(kept) == 30


def test_what_a_machine_wrote_waits_for_no_answer(desk):
    inbox, _, _ = desk
    ticket = asks(make_inbox(), 0, is_automatic=True)
    assert "first" not in states(ticket)


@pytest.mark.parametrize(
    ("targets", "place"),
    [({}, "targets"), ({"2": {"first": 5}}, "targets.2.first"), ({"9": {"first": 600}}, "targets")],
)
def test_a_policy_that_makes_no_sense_is_refused(targets, place):
    with pytest.raises(InvalidRule) as refused:
        make_policy("Wrong", targets)
    assert place in refused.value.faults


def test_nothing_is_read_twice_where_nothing_changed(desk, django_assert_max_num_queries):
    inbox, _, _ = desk
    ticket = asks(inbox, 0)
    with at(1), django_assert_max_num_queries(8):
        keep_promises(ticket.pk)
    assert Event.objects.filter(ticket=ticket, actor_kind=SYSTEM.kind).count() == 0


STEPS = {
    "answers": lambda ticket, agent: reply(Ticket.objects.get(pk=ticket.pk), "Yes", by=agent),
    "pends": lambda ticket, agent: set_ticket_status(ticket, status="pending", by=agent),
    "closes": lambda ticket, agent: close_ticket(ticket, by=agent),
    "reopens": lambda ticket, agent: reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=agent),
    "spams": lambda ticket, agent: mark_spam(ticket, by=agent),
    "forgives": lambda ticket, agent: unmark_spam(ticket, by=agent),
}


@pytest.mark.parametrize("seed", range(6))
def test_facts_that_are_told_late_or_twice_leave_what_is_owed_as_if_told_at_once(desk, seed):
    inbox, agent, _ = desk
    story = random.Random(seed).choices(["asks", *STEPS], k=7)
    prompt, late = asks(inbox, 0, email="prompt@x.example"), asks(inbox, 0, email="late@x.example")
    for number, step in enumerate(story, 1):
        with at(number * 13):
            for ticket, address in ((prompt, "prompt@x.example"), (late, "late@x.example")):
                if step == "asks":
                    customer_writes(inbox, email=address)
                else:
                    STEPS[step](ticket, agent)
            keep_promises(prompt.pk)
            keep_promises(prompt.pk)
    with at(8 * 13):
        keep_promises(prompt.pk)
        keep_promises(late.pk)
    assert owed(prompt) == owed(late), story
    assert due(prompt) == due(late)


def owed(ticket: Ticket) -> set[tuple]:
    found = Promise.objects.filter(ticket=ticket, ended_at=None)
    return {(one.kind, one.state, one.began_at, one.due_at) for one in found}


@pytest.mark.parametrize(
    ("due", "index"),
    [
        (Promise.objects.filter(look_at__lte=MONDAY).order_by("look_at"), "promise_to_look_at"),
        (Escalation.objects.filter(next_at__lte=MONDAY).order_by("next_at"), "escalation_due"),
        (PriorityReading.objects.filter(look_at__lte=MONDAY).order_by("look_at"), "reading_to_look_at"),
        (Promise.objects.filter(ended_at=None, due_at__lte=MONDAY).order_by("due_at"), "promise_open"),
    ],
    ids=["promises", "escalation", "priority", "at risk"],
)
def test_what_is_due_is_found_by_an_index(due, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in due.explain()
