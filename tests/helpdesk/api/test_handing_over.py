"""Handing a ticket over, and answering a chat by mail, by program."""

import pytest

from helpdesk.inboxes.contract import Sender
from tests.factories import make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return make_agent("Dana Popescu")


@pytest.fixture
def billing(dana):
    return make_department("Billing", members=(dana,))


def door(ticket):
    return f"/api/v1/tickets/{ticket.pk}/transfer/"


def test_a_ticket_goes_to_a_department_and_an_agent_with_a_note_and_back(api, dana, billing):
    ticket = make_ticket(make_inbox("webchat"))
    asked = {"department": billing.pk, "assignee": dana.pk, "note": "She paid twice."}
    answer = api.post(door(ticket), asked, format="json")
    assert answer.status_code == 200
    assert (answer.json()["department"]["name"], answer.json()["assignee"]["id"]) == ("Billing", dana.pk)
    messages = api.get(f"/api/v1/tickets/{ticket.pk}/messages/").json()["results"]
    assert {one["kind"]: one["text"] for one in messages}["note"] == "She paid twice."
    back = api.delete(door(ticket)).json()
    assert (back["department"], back["assignee"]) == (None, None)
    assert api.delete(door(ticket)).status_code == 400  # sent again, it hands nothing over


def test_what_can_not_be_is_a_problem_in_words(api, dana):
    ticket = make_ticket()
    assert api.post(door(ticket), {}, format="json").status_code == 400
    assert api.post(door(ticket), {"assignee": 999_999}, format="json").status_code == 400
    fraud = make_department("Fraud", is_restricted=True)
    refused = api.post(door(ticket), {"department": fraud.pk, "assignee": dana.pk}, format="json")
    assert refused.status_code == 400
    assert "may not see" in refused.json()["detail"]


def test_a_ticket_that_the_token_may_not_see_is_not_handed_over(api, dana):
    fraud = make_department("Fraud", is_restricted=True, members=(dana,))
    ticket = make_ticket(make_inbox(department=fraud))
    assert api.post(door(ticket), {"assignee": dana.pk}, format="json").status_code == 404


def test_a_chat_is_answered_by_mail_where_the_program_says_so(api, outbox):
    chat, mail = make_inbox("webchat"), make_inbox()
    sender = Sender("visitor", "0" * 32, name="Mia", email="mia@customer.example")
    ticket = make_ticket(chat, sender=sender)
    messages = f"/api/v1/tickets/{ticket.pk}/messages/"
    asked = {"kind": "reply", "text": "It is on its way."}
    assert api.post(messages, asked, format="json").json()["channel"] == "webchat"
    assert api.post(messages, asked | {"inbox": mail.pk}, format="json").json()["channel"] == "email"
    refused = api.post(messages, asked | {"inbox": make_inbox().pk}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "inbox")
