"""The screens of promises, escalation, marks and priority, and what a ticket shows of them."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.tickets.marks import mark_ticket
from helpdesk.tickets.models import Ticket
from routing.models import CareRule, Escalation, EscalationPath, PriorityFormula, Promise, ServicePolicy
from routing.service.escalating import follow
from routing.service.priority import INPUTS, formula, set_priority
from routing.service.promises import keep_promises
from routing.service.told import MOST, promises_of
from tests.factories import make_admin, make_agent, make_department, make_ticket
from tests.routing.service.makers import make_policy

pytestmark = pytest.mark.django_db
PROMISE = {
    "name": "Everybody",
    "4.first": "15 min",
    "2.first": "4 h",
    "clock": "hours",
    "pauses": ["pending"],
}
PROMISE |= {"warns": "percent", "warns_at": "80"}
STEPS = {"after": ["30 min", "2 h"], "to": ["leads", "admins"], "does": ["tell", "pile"]}
HX = {"HX-Request": "true"}


def test_a_promise_is_made_changed_moved_switched_off_and_deleted(client, admin):
    assert client.post("/settings/promises/new/", PROMISE).status_code == 302
    policy = ServicePolicy.objects.get()
    assert policy.targets == {"4": {"first": 900}, "2": {"first": 14400}}
    assert (policy.in_hours, policy.pauses, policy.warns_at) == (True, ["pending"], 80)
    other = make_policy("Other")
    page = client.get("/settings/promises/").content.decode()
    assert "For every ticket" in page and "4 h" in page
    client.post(f"/settings/promises/{other.pk}/place/", {"to": "up"})
    assert list(ServicePolicy.objects.all()) == [other, policy]
    client.post(f"/settings/promises/{policy.pk}/activity/", {"is_active": "0"})
    policy.refresh_from_db()
    assert not policy.is_active
    change = PROMISE | {"warns": "before", "warns_before": "10 min", "clock": "calendar"}
    assert client.post(f"/settings/promises/{policy.pk}/", change).status_code == 302
    policy.refresh_from_db()
    assert (policy.warns_before, policy.in_hours) == (600, False)
    client.post(f"/settings/promises/{policy.pk}/deletion/")
    assert list(ServicePolicy.objects.all()) == [other]


def test_a_time_that_is_none_is_named_and_stays_as_it_was_typed(client, admin):
    answer = client.post("/settings/promises/new/", PROMISE | {"4.first": "soon"})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="soon"' in page and "Write a time such as" in page
    assert not ServicePolicy.objects.exists()


@pytest.mark.parametrize("text", ["a lot", "", "0", "100", "7,5"])
def test_a_percent_that_is_none_is_named_and_stays_as_it_was_typed(client, admin, text):
    policy = make_policy("Everybody")
    answer = client.post(f"/settings/promises/{policy.pk}/", PROMISE | {"warns_at": text})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Choose between 1 and 99 %." in page
    assert f'name="warns_at" value="{text}"' in page
    assert ServicePolicy.objects.get().warns_at == policy.warns_at


def test_a_percent_that_does_not_count_is_no_fault(client, admin):
    policy = make_policy("Everybody", warns_at=60)
    form = PROMISE | {"warns": "before", "warns_before": "10 min", "warns_at": "a lot"}
    assert client.post(f"/settings/promises/{policy.pk}/", form).status_code == 302
    policy.refresh_from_db()
    assert (policy.warns_before, policy.warns_at) == (600, 60)


@pytest.mark.parametrize("text", ["soon", "99999 d"])
def test_a_warning_that_never_comes_is_named(client, admin, text):
    answer = client.post("/settings/promises/new/", PROMISE | {"warns": "before", "warns_before": text})
    assert answer.status_code == 422 and set(answer.context["faults"]) == {"warns_before"}
    assert not ServicePolicy.objects.exists()


def test_a_condition_is_added_without_scripts(client, admin):
    answer = client.post("/settings/promises/new/", PROMISE | {"press": "if add", "if-new": "channel"})
    assert answer.status_code == 200 and "Everybody" in answer.content.decode()
    assert answer.context["editor"].lines[0].field.key == "channel"


def test_a_path_is_made_in_the_order_of_time(client, admin):
    bo = make_agent("Bo")
    steps = {"after": ["2 h", "0"], "to": [f"agent:{bo.pk}", "leads"], "does": ["hand_over", "tell"]}
    assert client.post("/settings/escalation/new/", {"name": "Help", **steps}).status_code == 302
    path = EscalationPath.objects.get()
    assert [step["after"] for step in path.steps] == [0, 7200]
    page = client.get("/settings/escalation/").content.decode()
    assert "at once" in page and "Bo" in page
    wrong = client.post(f"/settings/escalation/{path.pk}/", {"name": "", **STEPS, "after": ["x", "2 h"]})
    assert wrong.status_code == 422 and set(wrong.context["faults"]) == {"name", "steps.0"}
    more = client.post(f"/settings/escalation/{path.pk}/", {"name": "Help", **STEPS, "press": "add steps"})
    assert len(more.context["steps"]) == 3
    less = client.post(
        f"/settings/escalation/{path.pk}/", {"name": "Help", **STEPS, "press": "remove steps 0"}
    )
    assert [step["to"] for step in less.context["steps"]] == ["admins"]
    client.post(f"/settings/escalation/{path.pk}/activity/", {"is_active": "0"})
    client.post(f"/settings/escalation/{path.pk}/deletion/")
    assert not EscalationPath.objects.exists()


def test_marks_of_ours_are_changed_and_come_back_and_own_ones_are_made(client, admin):
    page = client.get("/settings/care/").content.decode()
    assert "Legal matter" in page and "Trial customer" in page
    line = {"if-line": ["0"], "if-field-0": "subject", "if-op-0": "contains_any", "if-value-0": "solicitor"}
    assert client.post("/settings/care/marks/legal/", line).status_code == 302
    assert not CareRule.objects.get(mark="legal").leaves_to_people
    client.post("/settings/care/marks/legal/deletion/")
    assert not CareRule.objects.exists()
    assert (
        client.post("/settings/care/new/", line | {"name": "Press", "leaves_to_people": "on"}).status_code
        == 302
    )
    assert CareRule.objects.get().mark == "press"
    assert client.post("/settings/care/new/", {"name": "All"}).status_code == 422
    ours = client.post("/settings/care/new/", line | {"name": "Cancel"})
    assert ours.status_code == 422 and set(ours.context["faults"]) == {"mark"}
    renamed = client.post("/settings/care/marks/press/", line | {"name": "legal"})
    assert renamed.status_code == 422 and CareRule.objects.get().mark == "press"
    client.post("/settings/care/marks/trial/activity/", {"is_active": "1"})
    assert CareRule.objects.get(mark="trial").is_active
    assert client.get("/settings/care/marks/nothing/").status_code == 404


def test_the_formula_is_switched_on_with_its_weights(client, admin):
    weights = {f"weight_{key}": 10 for key in INPUTS}
    fields = {
        "is_active": "on",
        "urgent_words": "now",
        "best_plans": "gold",
        "much_spent": 500,
        "big_company": 50,
    }
    assert client.post("/settings/priority/", fields | weights).status_code == 302
    row = PriorityFormula.objects.get()
    assert row.is_active and row.weights == dict.fromkeys(INPUTS, 10)
    assert client.post("/settings/priority/", fields | weights | {"weight_due": 500}).status_code == 422


def test_a_ticket_tells_what_is_promised_why_its_priority_and_who_is_next(client):
    agent = make_agent()
    client.force_login(agent)
    row = formula()
    row.is_active = True
    row.save()
    make_policy("Everybody")
    EscalationPath.objects.create(
        name="Help", in_hours=False, steps=[{"after": 60, "to": "admins", "does": "tell"}]
    )
    ticket = mark_ticket(make_ticket(text="urgent"), marks=["legal"], by=SYSTEM)
    set_priority(ticket.pk)
    Ticket.objects.filter(pk=ticket.pk).update(priority=2)
    keep_promises(ticket.pk), follow(ticket.pk)
    page = client.get(f"/service/tickets/{ticket.pk}/", headers=HX).content.decode()
    assert (
        "First answer" in page
        and "Everybody" in page
        and "45 points" in page
        and "Next: The admins" in page
        and "Nothing for: a promise that is due" in page
    )
    assert "<html" not in page and "<html" in client.get(f"/service/tickets/{ticket.pk}/").content.decode()
    client.post(f"/service/tickets/{ticket.pk}/marks/", {"mark": "legal"}, headers=HX)
    assert Ticket.objects.get(pk=ticket.pk).marks == []
    assert Promise.objects.filter(ticket=ticket).exists()


def test_what_is_still_owed_is_told_however_many_answers_were_kept_since(client):
    client.force_login(make_agent())
    ticket, now = make_ticket(), clock.now()
    kinds = ["resolution", *["next"] * (MOST + 1)]
    for number, kind in enumerate(kinds):
        ended = None if kind == "resolution" else now
        Promise.objects.create(
            ticket=ticket,
            kind=kind,
            began_at=now + timedelta(minutes=number),
            ended_at=ended,
            priority=2,
            target=3600,
            warn_after=60,
            in_hours=False,
            state="running",
        )
    assert [one.what for one in promises_of(ticket)][0] == "Solved"


def test_help_is_asked_for_with_a_note(client):
    make_admin()
    agent = make_agent()
    client.force_login(agent)
    EscalationPath.objects.create(
        name="Help", in_hours=False, steps=[{"after": 60, "to": "admins", "does": "tell"}]
    )
    ticket = make_ticket()
    empty = client.post(f"/service/tickets/{ticket.pk}/help/", {"note": ""}, headers=HX)
    assert empty.status_code == 422 and "Write what the next one has to know" in empty.content.decode()
    client.post(f"/service/tickets/{ticket.pk}/help/", {"note": "I am stuck"}, headers=HX)
    assert Escalation.objects.get().asked_by == agent
    assert client.post(f"/service/tickets/{ticket.pk}/path/end/").status_code == 302
    assert Escalation.objects.get().ended_at


def test_who_may_not_see_the_ticket_is_told_nothing(client):
    client.force_login(make_agent())
    ticket = make_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(department=make_department("Board", is_restricted=True))
    assert client.get(f"/service/tickets/{ticket.pk}/").status_code == 404
    assert client.post(f"/service/tickets/{ticket.pk}/help/", {"note": "x"}).status_code == 404
