"""Rules, workloads, skills, shifts and a ticket's way, as people see and change them."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.people.models import Workspace
from routing.assignment.engine import assign_waiting
from routing.assignment.shifts import copy_week, follow_time_zone, monday_of, save_shift, today
from routing.listening import on_event
from routing.models import AssignmentRule, DryRun, LoadSettings, Membership, Shift, Skill, Workload
from tests.factories import customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def jobs_here(settings):
    settings.JOBS_INLINE = True


def a_rule(**changed):
    form = {
        "name": "Parcels",
        "if-match": "all",
        "if-line": ["0"],
        "if-field-0": "subject_or_first",
        "if-op-0": "contains_any",
        "if-value-0": "parcel, tracking",
    }
    return form | changed


def test_a_rule_is_written_read_as_a_sentence_switched_moved_and_deleted(client, admin):
    shipping = make_department("Shipping")
    assert client.post(reverse("routing:new_rule"), a_rule(department=shipping.pk)).status_code == 302
    client.post(reverse("routing:new_rule"), a_rule(name="Rest", department=shipping.pk))
    first, second = AssignmentRule.objects.all()
    page = client.get(reverse("routing:rules")).content.decode()
    assert "parcel, tracking" in page
    assert "Shipping" in page
    client.post(reverse("routing:rule_place", args=[second.pk]), {"to": "up"})
    assert [rule.name for rule in AssignmentRule.objects.all()] == ["Rest", "Parcels"]
    client.post(reverse("routing:rule_activity", args=[first.pk]), {"is_active": "0"})
    assert not AssignmentRule.objects.get(pk=first.pk).is_active
    client.post(reverse("routing:delete_rule", args=[second.pk]))
    assert AssignmentRule.objects.count() == 1


def test_a_rule_that_leads_nowhere_or_asks_nonsense_is_refused_with_what_was_typed(client, admin):
    answer = client.post(reverse("routing:new_rule"), a_rule(name="", **{"if-value-0": ""}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Give the rule a name." in page
    assert "Choose where the ticket goes" in page
    assert not AssignmentRule.objects.exists()


def test_a_rule_does_not_lead_to_who_may_not_see_the_ticket(client, admin):
    board = make_department("Board", is_restricted=True)
    answer = client.post(reverse("routing:new_rule"), a_rule(department=board.pk, agent=make_agent("Eve").pk))
    assert "Eve may not see the tickets of Board." in answer.content.decode()


def test_a_dry_run_says_which_tickets_it_would_have_taken_after_the_rules_before_it(
    client, admin, django_capture_on_commit_callbacks
):
    taken, left = customer_writes(text="Where is my parcel?"), customer_writes(make_inbox(), "An invoice")
    other = customer_writes(make_inbox(), "The parcel of Bob", email="bob@x.example")
    form = a_rule(press="try")
    AssignmentRule.objects.create(
        name="Bob",
        department=make_department("Shipping"),
        conditions={
            "match": "all",
            "lines": [{"field": "subject_or_first", "op": "contains_any", "value": "bob"}],
        },
        changed_at=clock.now(),
    )
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("routing:new_rule"), form)
    assert answer.status_code == 200
    run = DryRun.objects.get()
    assert (run.state, run.total, [ticket for ticket, _ in run.hits]) == ("done", 3, [taken.ticket.pk])
    assert {left.ticket.pk, other.ticket.pk}.isdisjoint(ticket for ticket, _ in run.hits)
    assert not Event.objects.filter(name="ticket.transferred").exists()


def test_the_way_of_a_ticket_is_told_to_whoever_may_see_it(client, support, at_desk):
    board = make_department("Board", is_restricted=True, assigning="automatic")
    dana = at_desk("Dana", of=board)
    AssignmentRule.objects.create(name="All to the board", department=board, changed_at=clock.now())
    ticket = customer_writes().ticket
    on_event(Event.objects.get(ticket=ticket, name="ticket.created"))
    assign_waiting()
    client.force_login(dana)
    page = client.get(f"/desk/tickets/{ticket.pk}/way/", headers={"HX-Request": "true"}).content.decode()
    assert "The rule “All to the board” fitted: to Board." in page
    assert "Dana got it: the only one who was there and free (0 of 12 points)." in page
    client.force_login(make_agent("Eve"))
    assert client.get(f"/desk/tickets/{ticket.pk}/way/").status_code == 404


def test_asking_again_by_hand_takes_what_a_rule_of_today_says(client, admin):
    ticket = make_ticket()
    AssignmentRule.objects.create(name="All", department=make_department("Shipping"), changed_at=clock.now())
    client.post(f"/desk/tickets/{ticket.pk}/way/again/")
    ticket.refresh_from_db()
    assert ticket.department.name == "Shipping"
    AssignmentRule.objects.update(agent=make_agent("Liu"))
    other = make_ticket(email="other@customer.example")
    part = client.post(f"/desk/tickets/{other.pk}/way/again/", headers={"HX-Request": "true"})
    assert "Liu" in part.content.decode() and "<button" not in part.content.decode()


def test_what_everybody_and_what_one_agent_can_carry_is_changed(client, admin):
    agent, skill = make_agent("Liu"), Skill.objects.create(name="Chinese")
    client.post(reverse("routing:workloads"), {"capacity": 20, "weight_webchat": 5})
    rates = LoadSettings.get()
    assert (rates.capacity, rates.weight_of("webchat"), rates.weight_of("email")) == (20, 5, 1)
    form = {"capacity": "", "weight_email": 2, "channels": ["email"], "skills": [skill.pk]}
    assert client.post(reverse("routing:workload", args=[agent.pk]), form).status_code == 302
    row = Workload.objects.get(user=agent)
    assert (row.capacity, row.weights, row.channels, list(agent.skills.all())) == (
        None,
        {"email": 2},
        ["email"],
        [skill],
    )
    assert "0 of 20 points" in client.get(reverse("routing:workloads")).content.decode()
    answer = client.post(reverse("routing:workload", args=[agent.pk]), {"capacity": 0})
    assert answer.status_code == 422


def test_a_skill_is_added_once_and_not_deleted_while_a_rule_needs_it(client, admin):
    for _ in range(2):
        client.post(reverse("routing:new_skill"), {"name": " Chinese "})
    skill = Skill.objects.get()
    AssignmentRule.objects.create(name="Chinese", skill=skill, changed_at=clock.now())
    assert client.post(reverse("routing:delete_skill", args=[skill.pk])).status_code == 409
    AssignmentRule.objects.all().delete()
    client.post(reverse("routing:delete_skill", args=[skill.pk]))
    assert not Skill.objects.exists()


def test_a_department_gets_leads_and_assigns_by_itself(client, admin):
    dana, eve = make_agent("Dana"), make_agent("Eve")
    form = {"name": "Support", "members": [dana.pk], "leads": [eve.pk], "assigning": "automatic"}
    form |= {"kind": "product", "languages": ["it"], "accept_seconds": "30"}
    assert client.post(reverse("routing:new_department"), form).status_code == 302
    roles = dict(Membership.objects.values_list("user__name", "role"))
    assert roles == {"Dana": "member", "Eve": "lead"}
    department = Membership.objects.first().department
    assert (department.is_automatic, department.accept_seconds, department.languages) == (True, 30, ["it"])
    assert "assigns by itself" in client.get(reverse("routing:departments")).content.decode()


def test_a_shift_is_planned_for_several_days_and_copied_to_the_next_week(client, admin):
    agent, monday = make_agent("Dana"), date(2026, 11, 23)
    form = {
        "user": agent.pk,
        "on": "2026-11-23",
        "opens": "22:00",
        "closes": "06:00",
        "channels": ["webchat"],
    }
    form["also_on"] = ["2026-11-24", "2026-11-25"]
    answer = client.post(reverse("routing:new_shift") + "?on=2026-11-23", form)
    assert answer.url.endswith("?week=2026-11-23")
    first = Shift.objects.first()
    assert (first.ends_at - first.starts_at, Shift.objects.count()) == (timedelta(hours=8), 3)
    assert copy_week(monday + timedelta(days=7)) == 3
    assert copy_week(monday + timedelta(days=7)) == 0  # they are there already
    page = client.get(reverse("routing:shifts") + "?week=2026-12-02").content.decode()
    assert page.count("22:00–06:00") == 3


def test_two_shifts_of_one_person_do_not_overlap(client, admin):
    agent = make_agent("Dana")
    save_shift(Shift(user=agent, on=today(), opens=time(9), closes=time(12)))
    form = {"user": agent.pk, "on": today().isoformat(), "opens": "11:00", "closes": "13:00"}
    answer = client.post(reverse("routing:new_shift"), form)
    assert "There is another shift from 09:00 to 12:00." in answer.content.decode()
    assert Shift.objects.count() == 1
    assert monday_of(date(2026, 11, 29)) == date(2026, 11, 23)


def test_a_plan_moves_with_the_time_zone_of_the_workspace():
    monday = monday_of(today()) + timedelta(days=7)
    shift = save_shift(Shift(user=make_agent("Dana"), on=monday, opens=time(9), closes=time(17)))
    assert follow_time_zone() == 0
    Workspace.objects.update(time_zone="Asia/Tokyo")
    assert (follow_time_zone(), follow_time_zone()) == (1, 0)
    shift.refresh_from_db()
    assert (shift.starts_at.date(), f"{shift.starts_at:%H}-{shift.ends_at:%H}") == (monday, "00-08")


def test_a_week_that_no_calendar_has_is_this_week(client, admin):
    for week in ("9999-12-31", "0001-01-01", "soon"):
        assert client.get(reverse("routing:shifts"), {"week": week}).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "3000-01-01", "1999-12-31"])
def test_a_shift_far_outside_of_any_plan_is_refused_with_words(client, admin, day):
    form = {"user": make_agent("Dana").pk, "on": day, "opens": "22:00", "closes": "06:00"}
    answer = client.post(reverse("routing:new_shift"), form)
    assert answer.status_code == 422
    assert "Choose a day of the years 2000 to 2999." in answer.content.decode()
    assert not Shift.objects.exists()


def test_in_a_shift_only_its_channels_come(support, at_desk):
    dana = at_desk("Dana")
    now = clock.now()
    Shift.objects.create(
        user=dana,
        on=now.date(),
        opens=time(0),
        closes=time(0),
        channels=["webchat"],
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
    )
    mail = make_ticket(make_inbox(department=support))
    assert assign_waiting() == 0
    chat = make_ticket(make_inbox("webchat", department=support))
    assert assign_waiting() == 1
    chat.refresh_from_db()
    mail.refresh_from_db()
    assert (chat.assignee, mail.assignee) == (dana, None)


def test_an_agent_says_in_the_rail_whether_tickets_may_come(client, django_capture_on_commit_callbacks):
    client.force_login(make_agent("Dana"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("availability"),
            {"state": "away", "reason": "Lunch", "for": "30"},
            headers={"HX-Request": "true"},
        )
    assert 'id="rail-state" class="rail-state dot dot--warn" hx-swap-oob="true"' in answer.content.decode()
    page = client.get("/account/").content.decode()
    assert '<span class="visually-hidden">Away</span>' in page
    assert client.post(reverse("availability"), {"state": "asleep"}).status_code in (400, 422)
