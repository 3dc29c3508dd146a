import pytest

from helpdesk.events.actor import SYSTEM
from helpdesk.tickets.marks import mark_ticket, name_of_mark, unmark_ticket
from tests.factories import by, make_agent, make_ticket

pytestmark = pytest.mark.django_db


def test_a_mark_stands_on_the_ticket_once_and_in_the_ledger(names_of):
    ticket = mark_ticket(make_ticket(), marks=["cancel"], by=SYSTEM, why="cancel, terminate")
    ticket = mark_ticket(ticket, marks=["cancel", "Board knows"], by=by(make_agent()))
    assert ticket.marks == ["cancel", "board knows"]
    ticket = unmark_ticket(ticket, marks=["cancel", "never there"], by=SYSTEM)
    assert ticket.marks == ["board knows"]
    assert names_of(ticket)[-3:] == ["ticket.marked", "ticket.marked", "ticket.unmarked"]


def test_ours_have_names_and_others_are_what_they_say():
    assert name_of_mark("legal") == "Legal matter" and name_of_mark("board knows") == "board knows"


def test_the_ticket_shows_its_marks_and_what_is_due(client):
    agent = make_agent()
    client.force_login(agent)
    ticket = mark_ticket(make_ticket(), marks=["legal"], by=SYSTEM, why="lawyer")
    mark_ticket(ticket, marks=["<b>x"], by=SYSTEM)
    page = client.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "&lt;b&gt;x" in page and "<b>x" not in page and "+1" in page
    assert "Legal matter" in page and "because of: lawyer" in page
