"""A dry run finds what a rule would have done in the last days, says how far it is, can be stopped, and does nothing."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.events import names
from helpdesk.tickets.actions import assign_ticket, close_ticket, trash_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import begin_ticket, reply
from routing.dry_runs.looks import Look, Plan
from routing.dry_runs.running import (
    HITS_KEPT,
    SILENT,
    begin_dry_run,
    cancel_dry_run,
    go_through,
    note,
    run_dry_run,
)
from routing.models import BusinessHours, DryRun, Trigger, TriggerRun
from routing.triggers.trying import heard_facts, look_at_facts
from routing.triggers.versions import definition_of
from tests.factories import by, customer_writes, make_admin, make_agent, make_contact, make_inbox

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def jobs_here(settings):
    settings.JOBS_INLINE = True


def try_it(*when: tuple[str, str, str], on: str = names.TICKET_CREATED, **fields) -> DryRun:
    lines = [{"field": field, "op": op, "value": value} for field, op, value in when]
    trigger = Trigger(on=[on], conditions={"match": "all", "lines": lines}, actions=[], **fields)
    return begin_dry_run("trigger", definition_of(trigger), user=make_admin())


def wrote(subject: str = "Hello", *, ago: timedelta = HOUR, **fields) -> Ticket:
    with clock.frozen_at(clock.now() - ago):
        return customer_writes(subject=subject, begins_ticket=True, **fields).ticket


def test_it_finds_what_would_have_fired_and_does_nothing():
    bill, _parcel = wrote("My bill"), wrote("My parcel")
    run = try_it(("subject", "contains_any", "bill"))
    assert (run.state, run.total, run.looked_at, run.found, run.tickets) == ("done", 2, 2, 1, 1)
    assert [ticket for ticket, _at in run.hits] == [bill.pk]
    assert not TriggerRun.objects.exists()


def test_it_looks_at_the_last_thirty_days_only():
    wrote(ago=31 * DAY)
    recent = wrote(ago=29 * DAY)
    assert [ticket for ticket, _at in try_it().hits] == [recent.pk]


def test_it_goes_on_where_the_last_look_ended():
    with clock.frozen_at(clock.now() - HOUR):  # all in one moment: the id tells them apart
        for number in range(5):
            customer_writes(email=f"c{number}@customer.example")
    trigger = Trigger(on=[names.TICKET_CREATED], conditions={}, actions=[])
    facts = heard_facts(trigger, clock.now() - DAY)
    looks = list(look_at_facts(trigger, facts, at_once=2))
    assert [look.looked_at for look in looks] == [2, 2, 1]
    assert len({ticket for look in looks for ticket, _at in look.hits}) == 5


def test_what_no_trigger_hears_is_not_counted():
    ticket = wrote()
    trash_ticket(ticket, by=by(make_agent()))
    contact, inbox = make_contact(email="c@customer.example"), make_inbox()
    begin_ticket(contact=contact, inbox=inbox, subject="We write", text="Hi", by=by(make_agent()))
    assert try_it().found == 0


def test_each_event_is_one_firing_unless_it_fires_once_for_a_ticket():
    inbox = make_inbox("telegram")
    for _ in range(3):
        customer_writes(inbox)
    run = try_it(on=names.MESSAGE_RECEIVED)
    assert (run.found, run.tickets) == (3, 1)
    assert try_it(on=names.MESSAGE_RECEIVED, once_per_ticket=True).found == 1


def test_waiting_is_looked_up_in_the_ledger(outbox):
    agent = make_agent()
    slow, quick, still = wrote(ago=3 * DAY), wrote(ago=3 * DAY), wrote(ago=5 * HOUR)
    for ticket, ago in ((slow, 3 * DAY - 5 * HOUR), (quick, 3 * DAY - 3 * HOUR)):
        with clock.frozen_at(clock.now() - ago):
            reply(ticket, "Here", by=by(agent))
    run = try_it(on="waits.answer", after_minutes=240)
    assert sorted(ticket for ticket, _at in run.hits) == [slow.pk, still.pk]
    assert try_it(on="waits.answer", after_minutes=6 * 60).found == 0


def test_nobody_took_it_and_a_status_that_stayed():
    agent, ticket = make_agent(), wrote(ago=10 * DAY)
    with clock.frozen_at(clock.now() - 9 * DAY):
        assign_ticket(ticket, to=agent, by=by(agent))
        close_ticket(ticket, by=by(agent))
    assert try_it(on="waits.agent", after_minutes=20 * 60).found == 1
    assert try_it(on="waits.agent", after_minutes=30 * 60).found == 0
    assert try_it(on="keeps.status", after_minutes=8 * 24 * 60).found == 1


def test_in_business_hours_a_closed_office_lets_nothing_age():
    BusinessHours.objects.create(name="Never", weekly=[], is_default=True)
    wrote(ago=3 * DAY)
    assert try_it(on="waits.answer", after_minutes=60, clock="office").found == 0
    assert try_it(on="waits.answer", after_minutes=60).found == 1


def test_somebody_can_stop_it_and_what_was_found_stays():
    run = DryRun.objects.create(
        kind="trigger",
        definition={},
        user=make_admin(),
        since=clock.now(),
        made_at=clock.now(),
        state="running",
    )

    def looks():
        yield Look(10, [(1, clock.now())])
        cancel_dry_run(run)
        yield Look(10, [(2, clock.now())])

    assert go_through(run, Plan(20, looks())) == "cancelled"
    run.refresh_from_db()
    assert (run.state, run.looked_at, run.found) == ("cancelled", 10, 1)


def test_a_new_one_stops_the_one_before():
    first = try_it()
    DryRun.objects.filter(pk=first.pk).update(state="running")
    trigger = Trigger(on=[names.TICKET_CREATED], conditions={}, actions=[])
    begin_dry_run("trigger", definition_of(trigger), user=first.user)
    assert DryRun.objects.get(pk=first.pk).state == "cancelled"


def test_only_so_many_are_listed_the_newest_first():
    now = clock.now()
    run = DryRun.objects.create(
        kind="trigger", definition={}, user=make_admin(), since=now, made_at=now, state="running"
    )
    hits = [(number, now - number * HOUR) for number in range(HITS_KEPT + 50)]
    go_through(run, Plan(1, iter([Look(1, hits)])))
    run.refresh_from_db()
    assert (run.found, len(run.hits), run.hits[0][0]) == (HITS_KEPT + 50, HITS_KEPT, 0)


def test_a_fault_is_said_and_it_does_not_run_again():
    run = DryRun.objects.create(
        kind="nonsense", definition={}, user=make_admin(), since=clock.now(), made_at=clock.now()
    )
    run_dry_run(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    run_dry_run(run.pk)
    assert DryRun.objects.get().state == "failed"


def begun(admin, **fields) -> DryRun:
    now = clock.now()
    definition = definition_of(Trigger(name="Bills", on=[names.TICKET_CREATED], conditions={}, actions=[]))
    fields = {"state": "running", "made_at": now, "noted_at": now} | fields
    return DryRun.objects.create(
        kind="trigger", definition=definition, user=admin, since=now - DAY, total=20, looked_at=10, **fields
    )


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_one_whose_worker_has_died_is_known_as_broken_off_and_begins_anew(client, admin, state):
    wrote()
    with clock.frozen_at(clock.now() - SILENT):
        run = begun(admin, state=state)
    page = client.get(f"/settings/dry-runs/{run.pk}/", {"part": ""}).content.decode()
    assert "The dry run broke off. Try it again." in page and "hx-trigger" not in page
    run.refresh_from_db()
    assert run.state == "failed" and run.ended_at
    answer = client.post(f"/settings/dry-runs/{run.pk}/repetition/")
    anew = DryRun.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == f"/settings/dry-runs/{anew.pk}/"
    assert (anew.state, anew.found, anew.definition) == ("done", 1, run.definition)


def test_one_that_has_just_moved_goes_on_however_long_ago_it_began(client, admin):
    with clock.frozen_at(clock.now() - HOUR):
        run = begun(admin)
    assert note(run, looked_at=11)
    page = client.get(f"/settings/dry-runs/{run.pk}/", {"part": ""}).content.decode()
    assert "Looking back" in page
    run.refresh_from_db()
    assert run.state == "running"


def test_a_worker_that_was_believed_dead_stops(client, admin):
    with clock.frozen_at(clock.now() - SILENT):
        run = begun(admin)
    client.get(f"/settings/dry-runs/{run.pk}/")
    assert go_through(run, Plan(20, iter([Look(10, [(1, clock.now())])]))) == "cancelled"
    run.refresh_from_db()
    assert (run.state, run.found) == ("failed", 0)


def test_only_who_began_it_repeats_it(client, admin):
    run = begun(make_admin("Other"))
    assert client.post(f"/settings/dry-runs/{run.pk}/repetition/").status_code == 404
    assert DryRun.objects.count() == 1
