"""A trigger that waits for time fires once for a state that has lasted long enough, and again only after it was left."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import clock
from helpdesk.errors import InvalidRule
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.actions import (
    assign_ticket,
    close_ticket,
    prioritise_ticket,
    set_ticket_status,
    snooze_ticket,
    trash_ticket,
)
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import reply
from routing.hours import as_hours
from routing.models import BusinessHours, Trigger, TriggerRun
from routing.triggers.saving import save_trigger, switch_trigger
from routing.triggers.waiting import moment_before, sweep_all
from tests.factories import by, customer_writes, make_agent, make_department

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = [[day, "09:00", "17:00"] for day in range(5)]


@contextmanager
def at(moment: datetime):
    """What is written then is recorded then, too."""
    with clock.frozen_at(moment):
        yield
    Event.objects.filter(recorded_at__gt=moment).update(recorded_at=moment)


def make_trigger(state: str, minutes: int, *, when=(), actions=(("tag", "late"),), **fields) -> Trigger:
    with clock.frozen_at(fields.pop("written_at", MONDAY - HOUR)):
        return save_trigger(
            Trigger(
                name="Late",
                on=[state],
                after_minutes=minutes,
                conditions=[{"field": field, "op": op, "value": value} for field, op, value in when],
                actions=[{"do": do, "value": value} for do, value in actions],
                **fields,
            )
        )


def written(moment: datetime = MONDAY, **fields) -> Ticket:
    with at(moment):
        return customer_writes(begins_ticket=True, **fields).ticket


def sweep(moment: datetime) -> int:
    with at(moment):
        return sweep_all()


def test_nobody_has_answered_for_four_hours():
    make_trigger("waits.answer", 240)
    ticket = written()
    assert sweep(MONDAY + 4 * HOUR - MINUTE) == 0
    assert sweep(MONDAY + 4 * HOUR) == 1
    ticket.refresh_from_db()
    assert ticket.tags == ["late"]
    run = TriggerRun.objects.get()
    assert (run.moment, run.since, run.event) == ("waits.answer", MONDAY, None)


def test_a_trigger_that_cannot_be_looked_at_keeps_no_other_waiting():
    broken = make_trigger("waits.answer", 60)
    Trigger.objects.filter(pk=broken.pk).update(on=["waits.nobody.knows"])
    make_trigger("waits.answer", 60)
    written()
    assert sweep(MONDAY + HOUR) == 1


def test_it_fires_once_and_again_only_after_the_state_was_left(outbox):
    make_trigger("waits.answer", 60, actions=[("note", "Look")])
    ticket = written()
    assert [sweep(MONDAY + hours * HOUR) for hours in (1, 2, 3)] == [1, 0, 0]
    with at(MONDAY + 4 * HOUR):
        reply(ticket, "Here", by=by(make_agent()))
    assert sweep(MONDAY + 6 * HOUR) == 0
    with at(MONDAY + 7 * HOUR):
        customer_writes(ticket_id=ticket.pk)
    assert sweep(MONDAY + 7 * HOUR + 59 * MINUTE) == 0
    assert sweep(MONDAY + 8 * HOUR) == 1


def test_what_fits_only_later_fires_later():
    make_trigger("waits.answer", 60, when=[("priority", "is", "4")])
    ticket = written()
    assert sweep(MONDAY + 2 * HOUR) == 0
    with at(MONDAY + 3 * HOUR):
        prioritise_ticket(ticket, priority=4, by=by(make_agent()))
    assert sweep(MONDAY + 3 * HOUR + MINUTE) == 1


def test_what_was_old_enough_before_the_trigger_was_written_is_none_of_its_matter():
    written()
    trigger = make_trigger("waits.answer", 60, written_at=MONDAY + 5 * HOUR)
    young = written(MONDAY + 4 * HOUR + 30 * MINUTE)
    assert sweep(MONDAY + 7 * HOUR) == 1
    assert TriggerRun.objects.get().ticket == young
    with clock.frozen_at(MONDAY + 8 * HOUR):
        switch_trigger(trigger, is_active=False)
    written(MONDAY + 9 * HOUR)
    with clock.frozen_at(MONDAY + 11 * HOUR):
        switch_trigger(trigger, is_active=True)
    assert sweep(MONDAY + 12 * HOUR) == 0


def test_a_job_that_was_away_for_a_day_makes_good():
    make_trigger("waits.answer", 60)
    assert sweep(MONDAY) == 0
    for minutes in range(3):
        written(MONDAY + minutes * MINUTE, email=f"c{minutes}@customer.example")
    assert sweep(MONDAY + 24 * HOUR) == 3


def test_nobody_has_taken_it_for_half_an_hour():
    make_trigger("waits.agent", 30)
    ticket, agent = written(), make_agent()
    with at(MONDAY + 10 * MINUTE):
        assign_ticket(ticket, to=agent, by=by(agent))
    assert sweep(MONDAY + HOUR) == 0
    with at(MONDAY + 2 * HOUR):
        assign_ticket(ticket, to=None, by=by(agent))
    assert sweep(MONDAY + 2 * HOUR + 29 * MINUTE) == 0
    assert sweep(MONDAY + 2 * HOUR + 30 * MINUTE) == 1


def test_the_customer_has_not_answered_us_for_three_days(outbox):
    make_trigger("waits.customer", 3 * 24 * 60)
    ticket, other = written(), written(email="other@customer.example")
    for each in (ticket, other):
        with at(MONDAY + HOUR):
            reply(each, "And?", by=by(make_agent(f"A{each.pk}")))
    with at(MONDAY + 2 * HOUR):
        customer_writes(ticket_id=other.pk)
    assert sweep(MONDAY + 74 * HOUR) == 1
    assert TriggerRun.objects.get().ticket == ticket


def test_solved_for_seven_days_is_closed():
    make_trigger("keeps.status", 7 * 24 * 60, when=[("status", "is", "solved")], actions=[("close", "")])
    ticket, agent = written(), make_agent()
    with at(MONDAY + HOUR):
        set_ticket_status(ticket, status="solved", by=by(agent))
    assert sweep(MONDAY + timedelta(days=7)) == 0
    assert sweep(MONDAY + timedelta(days=7, hours=1)) == 1
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_what_is_asleep_in_the_trash_or_finished_waits_for_nobody():
    make_trigger("waits.answer", 60)
    agent = make_agent()
    for number, do in enumerate(
        (
            lambda ticket: snooze_ticket(ticket, until=MONDAY + 90 * HOUR, by=by(agent)),
            lambda ticket: trash_ticket(ticket, by=by(agent)),
            lambda ticket: close_ticket(ticket, by=by(agent)),
        )
    ):
        ticket = written(email=f"c{number}@customer.example")
        with at(MONDAY + MINUTE):
            do(ticket)
    assert sweep(MONDAY + 5 * HOUR) == 0


def test_in_business_hours_a_weekend_does_not_count():
    BusinessHours.objects.create(name="Office", weekly=OFFICE, is_default=True)
    make_trigger("waits.answer", 240, clock="office")
    friday = datetime(2026, 5, 8, 15, tzinfo=UTC)
    written(friday)
    assert sweep(friday + 50 * HOUR) == 0
    monday = datetime(2026, 5, 11, 11, tzinfo=UTC)
    assert sweep(monday - MINUTE) == 0
    assert sweep(monday) == 1


def test_each_department_counts_in_its_own_hours():
    BusinessHours.objects.create(name="Office", weekly=OFFICE, is_default=True)
    nights = BusinessHours.objects.create(name="Nights", weekly=[[day, "20:00", "04:00"] for day in range(7)])
    make_trigger("waits.answer", 60, clock="office")
    night, day = make_department("Night", hours=nights), make_department("Day")
    late = datetime(2026, 5, 4, 19, tzinfo=UTC)
    of_night, of_day = written(late), written(late, email="day@customer.example")
    Ticket.objects.filter(pk=of_night.pk).update(department=night)
    Ticket.objects.filter(pk=of_day.pk).update(department=day)
    assert sweep(late + 2 * HOUR) == 1
    assert TriggerRun.objects.get().ticket == of_night
    assert sweep(datetime(2026, 5, 5, 10, tzinfo=UTC)) == 1


def test_the_moment_before_is_the_inverse_of_the_seconds_between():
    hours = as_hours("Europe/Rome", OFFICE, ["2026-05-01"])
    for seconds in (60, 3600, 8 * 3600, 100 * 3600):
        begun = moment_before(MONDAY, seconds, hours)
        assert seconds - 1 <= hours.seconds(begun, MONDAY) <= seconds


def test_a_look_costs_the_same_however_many_tickets_wait(django_assert_max_num_queries):
    make_trigger("waits.answer", 60, when=[("subject", "contains_any", "nothing like it")])
    for number in range(12):
        written(MONDAY, email=f"c{number}@customer.example")
    sweep(MONDAY)
    with django_assert_max_num_queries(11), at(MONDAY + HOUR):
        sweep_all()
    sweep(MONDAY + HOUR + 5 * MINUTE)
    with django_assert_max_num_queries(8), at(MONDAY + HOUR + 10 * MINUTE):
        sweep_all()


@pytest.mark.parametrize(
    "fields",
    [
        {"on": ["waits.answer"], "after_minutes": 0},
        {"on": ["waits.answer"], "after_minutes": None},
        {"on": ["waits.answer", names.TICKET_CREATED], "after_minutes": 5},
        {"on": [names.TICKET_CREATED], "after_minutes": 5},
        {"on": ["waits.answer"], "after_minutes": 10**6},
        {"on": ["waits.answer"], "after_minutes": 5, "clock": "sun"},
    ],
)
def test_what_can_not_be_waited_for_is_refused(fields):
    with pytest.raises(InvalidRule):
        save_trigger(Trigger(name="x", actions=[{"do": "spam", "value": ""}], **fields))
