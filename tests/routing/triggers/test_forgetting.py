"""Old firings are forgotten, but never one without which a trigger would fire twice."""

from datetime import datetime, timedelta

import pytest

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from routing.listening import on_event
from routing.models import Trigger, TriggerRun
from routing.triggers.forgetting import KEPT, forget_old_runs
from routing.triggers.saving import save_trigger
from routing.triggers.waiting import sweep_all
from tests.factories import customer_writes, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
OLD = KEPT + timedelta(days=1)


def make_trigger(**fields) -> Trigger:
    fields = {"name": "Mark", "on": [names.MESSAGE_RECEIVED]} | fields
    return save_trigger(Trigger(actions=[{"do": "tag", "value": "seen"}], **fields))


def make_run(trigger: Trigger | None, ticket: Ticket, *, ago: timedelta = OLD, **fields) -> TriggerRun:
    name = trigger.name if trigger else "Gone"
    ran_at = clock.now() - ago
    return TriggerRun.objects.create(
        trigger=trigger, trigger_name=name, ticket=ticket, ran_at=ran_at, **fields
    )


def test_what_is_older_than_ninety_days_goes_and_the_rest_stays():
    trigger, ticket = make_trigger(), make_ticket()
    make_run(trigger, ticket)
    make_run(None, ticket)
    young = make_run(trigger, ticket, ago=KEPT - timedelta(minutes=1))
    assert forget_old_runs() == 2
    assert list(TriggerRun.objects.all()) == [young]


def test_all_go_in_however_many_chunks_with_some_between_that_stay():
    often, once, ticket = make_trigger(), make_trigger(once_per_ticket=True), make_ticket()
    for number in range(7):
        make_run(often, ticket)
        make_run(once if number == 2 else often, ticket, ago=OLD + timedelta(hours=number))
    assert forget_old_runs(at_once=2) == 13
    assert [run.trigger for run in TriggerRun.objects.all()] == [once]


def heard(ticket: Ticket) -> None:
    """Its last message is told to the triggers."""
    event = Event.objects.filter(ticket=ticket, name=names.MESSAGE_RECEIVED).order_by("-pk").first()
    on_event(event)
    Event.objects.filter(pk=event.pk).update(told_at=clock.now())


@pytest.mark.parametrize(("once", "forgotten", "firings"), [(True, 0, 1), (False, 1, 1)])
def test_a_trigger_that_fires_once_for_a_ticket_does_not_fire_again_after_its_rows_are_old(
    once: bool, forgotten: int, firings: int
):
    trigger, inbox = make_trigger(once_per_ticket=once), make_inbox("telegram")
    with clock.frozen_at(clock.now() - OLD):
        ticket = customer_writes(inbox).ticket
        heard(ticket)
    assert forget_old_runs() == forgotten
    assert customer_writes(inbox).ticket == ticket
    heard(ticket)
    runs = trigger.runs.all()
    assert len(runs) == firings
    assert (runs[0].ran_at < clock.now() - KEPT) is once


def test_a_state_that_still_lasts_does_not_fire_again_and_one_that_is_over_is_forgotten():
    trigger = make_trigger(on=["waits.answer"], after_minutes=60)
    began = clock.now() - OLD - timedelta(days=2)
    with clock.frozen_at(began):
        ticket = customer_writes().ticket
    Trigger.objects.update(counts_from=began - timedelta(days=1))
    with clock.frozen_at(began + timedelta(hours=2)):
        assert sweep_all() == 1
    over = make_run(trigger, ticket, ago=OLD + timedelta(days=9), since=began - timedelta(days=8))
    assert forget_old_runs() == 1
    assert not TriggerRun.objects.filter(pk=over.pk).exists()
    trigger.sweep.delete()
    assert sweep_all() == 0
    assert trigger.runs.count() == 1


@pytest.mark.parametrize("told", [None, "now"])
def test_a_fact_that_is_still_to_be_told_again_keeps_its_row(told: str | None):
    trigger, ticket = make_trigger(), make_ticket()
    event = Event.objects.filter(ticket=ticket).first()
    told_at: datetime | None = clock.now() if told else None
    Event.objects.filter(pk=event.pk).update(told_at=told_at)
    make_run(trigger, ticket, event=event)
    assert forget_old_runs() == (1 if told else 0)
