"""Inviting, changing and letting go of teammates."""

import re

import pytest

from helpdesk.errors import Conflict
from helpdesk.events.actor import SYSTEM
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket, close_ticket, transfer_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.workspace.team import deactivate_agent
from tests.factories import make_admin, make_agent, make_department, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    admin = make_admin()
    client.force_login(admin)
    return admin


def form(**fields) -> dict:
    usual = {"name": "Bea", "email": "bea@shop.example", "role": "agent", "language": "it"}
    return usual | {"time_zone": "Europe/Rome", "departments": []} | fields


def link_in(page: str) -> str:
    return re.search(r"http://testserver(/settings/welcome/[^<]+)", page).group(1)


def test_an_invited_agent_sets_a_password_and_is_in(client, admin):
    billing = make_department("Billing")
    page = client.post("/settings/agents/new/", form(departments=[billing.pk])).content.decode()
    bea = User.objects.get(email="bea@shop.example")
    assert list(bea.departments.all()) == [billing]
    assert not bea.has_usable_password()
    client.logout()
    link = link_in(page)
    assert "bea@shop.example" in client.get(link).content.decode()
    password = {"new_password1": "long and quiet 77", "new_password2": "long and quiet 77"}
    assert client.post(link, password).url == "/desk/"
    assert client.session["_auth_user_id"] == str(bea.pk)
    assert client.get(link).status_code == 410, "the link works once"


def test_a_forged_link_is_refused(client):
    for key, token in (("MQ", "abc-def"), ("!!!", "x"), ("OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "x")):
        assert client.get(f"/settings/welcome/{key}/{token}/").status_code == 410


def test_weak_passwords_are_refused(client, admin):
    link = link_in(client.post("/settings/agents/new/", form()).content.decode())
    client.logout()
    answer = client.post(link, {"new_password1": "1234", "new_password2": "1234"})
    assert answer.status_code == 422
    assert not User.objects.get(email="bea@shop.example").has_usable_password()


def test_an_address_belongs_to_one_person(client, admin):
    make_agent(email="bea@shop.example")
    answer = client.post("/settings/agents/new/", form(email="BEA@shop.example"))
    assert answer.status_code == 422
    assert User.objects.filter(email__iexact="bea@shop.example").count() == 1


def test_deactivating_logs_out_and_unassigns_but_deletes_nothing(client, admin):
    agent = make_agent("Carl")
    ticket = assign_ticket(make_ticket(), to=agent, by=SYSTEM)
    agents_browser = type(client)()
    agents_browser.force_login(agent)
    client.post(f"/settings/agents/{agent.pk}/activity/")
    agent.refresh_from_db()
    ticket.refresh_from_db()
    assert not agent.is_active
    assert ticket.assignee is None
    assert agents_browser.get("/desk/").status_code == 302
    client.post(f"/settings/agents/{agent.pk}/activity/")
    agent.refresh_from_db()
    assert agent.is_active


def test_the_last_admin_can_neither_leave_nor_step_down(client, admin):
    with pytest.raises(Conflict):
        deactivate_agent(admin, by=SYSTEM)
    client.post(f"/settings/agents/{admin.pk}/", form(name="Ada", email=admin.email, role="agent"))
    admin.refresh_from_db()
    assert admin.is_admin
    make_admin("Second")
    client.post(f"/settings/agents/{admin.pk}/", form(name="Ada", email=admin.email, role="agent"))
    admin.refresh_from_db()
    assert not admin.is_admin


def test_who_leaves_a_restricted_department_loses_its_tickets(client, admin):
    board = make_department("Board", is_restricted=True)
    agent = make_agent("Carl", email="carl@shop.example")
    board.members.add(agent)
    closed = transfer_ticket(make_ticket(), to=board, by=SYSTEM)
    closed = assign_ticket(closed, to=agent, by=SYSTEM)
    opened = assign_ticket(make_ticket(email="x@customer.example"), to=agent, by=SYSTEM)
    client.post(f"/settings/agents/{agent.pk}/", form(name="Carl", email="carl@shop.example"))
    assert Ticket.objects.get(pk=closed.pk).assignee is None
    assert Ticket.objects.get(pk=opened.pk).assignee == agent


def test_the_list_costs_the_same_for_many(client, admin, django_assert_max_num_queries):
    department = make_department("Support")
    for number in range(15):
        department.members.add(make_agent(f"Agent {number}"))
    client.get("/settings/agents/")
    with django_assert_max_num_queries(6):
        assert client.get("/settings/agents/").content.count(b"Agent ") >= 15


def test_the_list_says_how_many_open_tickets_each_one_has(client, admin):
    agent = make_agent("Carl")
    for number in range(2):
        assign_ticket(make_ticket(email=f"c{number}@customer.example"), to=agent, by=SYSTEM)
    close_ticket(assign_ticket(make_ticket(email="x@customer.example"), to=agent, by=SYSTEM), by=SYSTEM)
    counts = dict(client.get("/settings/agents/").context["rows"])
    assert counts == {agent: 2, admin: 0}
