import pytest

from helpdesk.events.actor import SYSTEM
from helpdesk.tickets.actions import assign_ticket, transfer_ticket
from helpdesk.tickets.models import Ticket
from routing.models import BusinessHours, Department
from tests.factories import make_agent, make_department, make_inbox, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("admin")]


def test_a_department_is_made_with_members_and_hours(client):
    agent = make_agent()
    hours = BusinessHours.objects.create(name="Night")
    fields = {"name": "Billing", "description": "Invoices", "members": [agent.pk], "hours": hours.pk}
    assert client.post("/settings/departments/new/", fields).status_code == 302
    department = Department.objects.get()
    assert (department.name, list(department.members.all()), department.hours) == ("Billing", [agent], hours)
    assert not department.is_restricted
    assert "Billing" in client.get("/settings/departments/").content.decode()


def test_names_are_taken_once(client):
    make_department("Billing")
    assert client.post("/settings/departments/new/", {"name": "Billing"}).status_code == 422


def test_closing_a_department_to_others_takes_its_tickets_from_them(client):
    member, other = make_agent("Member"), make_agent("Other")
    board = make_department("Board", members=(member,))
    mine = transfer_ticket(make_ticket(), to=board, by=SYSTEM)
    mine = assign_ticket(mine, to=member, by=SYSTEM)
    theirs = transfer_ticket(make_ticket(email="x@customer.example"), to=board, by=SYSTEM)
    theirs = assign_ticket(theirs, to=other, by=SYSTEM)
    fields = {"name": "Board", "members": [member.pk], "is_restricted": "on"}
    client.post(f"/settings/departments/{board.pk}/", fields)
    assert Ticket.objects.get(pk=mine.pk).assignee == member
    assert Ticket.objects.get(pk=theirs.pk).assignee is None
    assert not Ticket.objects.visible_to(other).filter(department=board).exists()


def test_a_department_is_retired_and_comes_back_with_its_tickets(client):
    board = make_department("Board")
    ticket = transfer_ticket(make_ticket(), to=board, by=SYSTEM)
    client.post(f"/settings/departments/{board.pk}/activity/")
    board.refresh_from_db()
    assert not board.is_active
    assert Ticket.objects.get(pk=ticket.pk).department == board
    client.post(f"/settings/departments/{board.pk}/activity/")
    board.refresh_from_db()
    assert board.is_active


def test_a_department_that_an_inbox_feeds_is_not_retired(client):
    board = make_department("Board")
    make_inbox(name="Board mail", department=board)
    answer = client.post(f"/settings/departments/{board.pk}/activity/")
    assert answer.status_code == 409
    assert "Board mail" in answer.content.decode()
    board.refresh_from_db()
    assert board.is_active


def test_the_list_costs_the_same_for_many(client, django_assert_max_num_queries):
    agent = make_agent()
    for number in range(15):
        make_department(f"Department {number}", members=(agent,))
    client.get("/settings/departments/")
    with django_assert_max_num_queries(5):
        assert client.get("/settings/departments/").content.count(b"Department ") >= 15
