"""Thresholds tell once, and again only after it was normal for a while."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.tickets.models import Ticket
from routing.models import Membership, Threshold
from routing.monitor.snapshot import KEY, take_snapshot
from routing.watching.alerts import watch_threshold, watch_thresholds
from tests.factories import make_admin, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def look_at(moment) -> int:
    cache.delete(KEY)
    with clock.frozen_at(moment):
        return watch_thresholds()


@pytest.fixture
def threshold():
    return Threshold.objects.create(figure="waiting", amount=1, minutes=2, tells=["admins"])


def test_it_is_told_once_after_its_minutes_and_again_only_after_a_calm_while(threshold):
    boss = make_admin()
    tickets = [make_ticket(email=f"c{number}@customer.example") for number in range(2)]
    start = clock.now()
    minute = timedelta(minutes=1)
    assert [look_at(start + step * minute) for step in (0, 1, 2, 3)] == [0, 0, 1, 0]
    assert [(one.user, one.title) for one in Notice.objects.filter(kind="alert")] == [
        (boss, "Waiting tickets: 2")
    ]
    Ticket.objects.filter(pk=tickets[0].pk).update(status="closed")
    assert [look_at(start + step * minute) for step in (4, 5)] == [0, 0]
    Ticket.objects.filter(pk=tickets[0].pk).update(status="new")
    assert look_at(start + 6 * minute) == 0  # it was normal for a moment only
    Ticket.objects.filter(pk=tickets[0].pk).update(status="closed")
    assert [look_at(start + step * minute) for step in (7, 12)] == [0, 1]
    facts = Event.objects.filter(name__startswith="threshold.").order_by("id")
    assert [(fact.name, fact.value) for fact in facts] == [("threshold.passed", 2), ("threshold.kept", 1)]
    Ticket.objects.filter(pk=tickets[0].pk).update(status="new")
    assert [look_at(start + step * minute) for step in (13, 16)] == [0, 1]
    assert Notice.objects.filter(kind="alert").count() == 2


def test_two_sweeps_with_one_picture_tell_once(threshold):
    make_admin()
    for number in range(2):
        make_ticket(email=f"c{number}@customer.example")
    Threshold.objects.update(minutes=0)
    picture = take_snapshot()
    assert [watch_threshold(threshold.pk, picture) for _ in range(2)] == [True, False]
    assert Notice.objects.filter(kind="alert").count() == 1


def test_the_department_s_leads_and_chosen_people_are_told_of_it():
    lead, other, chosen = make_agent("Lea"), make_agent("Otto"), make_agent("Cleo")
    support, sales = make_department("Support", members=(lead,)), make_department("Sales", members=(other,))
    Membership.objects.filter(user__in=(lead, other)).update(role="lead")
    row = Threshold.objects.create(
        figure="waiting", amount=0, minutes=0, department=support, tells=["leads", "people"]
    )
    row.people.add(chosen)
    make_ticket(make_inbox(department=sales, name="Sales", address="sales@example.com"))
    assert look_at(clock.now()) == 0
    make_ticket(make_inbox(department=support))
    assert look_at(clock.now()) == 1
    assert {one.user for one in Notice.objects.filter(kind="alert")} == {lead, chosen}


def test_a_figure_under_its_bound_and_one_that_cannot_be_measured():
    row = Threshold.objects.create(figure="content", is_below=True, amount=80, minutes=0, tells=["admins"])
    assert look_at(clock.now()) == 0  # nobody has rated anything
    Threshold.objects.filter(pk=row.pk).update(figure="waiting", amount=1)
    assert look_at(clock.now()) == 1


def test_the_monitor_marks_what_is_past_its_bound(client, threshold):
    client.force_login(make_admin())
    for number in range(2):
        make_ticket(email=f"c{number}@customer.example")
    start = clock.now()
    look_at(start), look_at(start + timedelta(minutes=2))
    cache.delete(KEY)
    page = client.get("/monitor/").content.decode()
    assert "Waiting tickets over 1" in page and "tile is-bad" in page
    cache.delete(KEY)


def test_an_admin_writes_an_alert_switches_it_off_and_deletes_it(client):
    client.force_login(make_admin())
    said = {"figure": "longest", "is_below": "", "amount": "10", "minutes": "5", "tells": ["leads"]}
    assert client.post("/settings/alerts/new/", said).status_code == 302
    page = client.get("/settings/alerts/").content.decode()
    assert "Longest wait over 10 min" in page and "For 5 minutes: tell the leads." in page
    row = Threshold.objects.get()
    client.post(f"/settings/alerts/{row.pk}/activity/", {"is_active": "0"})
    assert not Threshold.objects.get().is_active
    wrong = [{"tells": []}, {"figure": "load", "amount": "120"}, {"figure": "load", "channel": "email"}]
    for change in wrong:
        assert client.post(f"/settings/alerts/{row.pk}/", said | change).status_code == 422, change
    client.post(f"/settings/alerts/{row.pk}/deletion/")
    assert not Threshold.objects.exists()
