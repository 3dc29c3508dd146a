"""Whose conversation it is: what a token, an id or an address opens, and what it does not."""

from uuid import uuid4

import pytest

from helpdesk.people.contacts import find_contact
from helpdesk.people.visitors import read_visitor, sign_visitor
from helpdesk.tickets.models import Message, Ticket
from tests.factories import customer_writes, make_inbox


def test_the_same_uuid_from_somebody_else_is_another_message(browse):
    uuid = uuid4().hex
    browse().write("Hello", uuid=uuid)
    browse().write("Hello", uuid=uuid)
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", "ImFiYyI:1abc:forged", sign_visitor(uuid4())[:-2] + "xx"],
    ids=["none", "nonsense", "forged", "changed"],
)
def test_a_forged_or_missing_token_gets_nothing(browse, token):
    browser = browse()
    browser.write("My secret")
    browser.token = token
    for refused in (browser.get("changes", after=0), browser.write("Hello"), browser.post("seen", message=1)):
        assert refused.status_code == 403
        assert "secret" not in refused.content.decode()
    assert Message.objects.count() == 1


def test_a_visitor_never_sees_the_conversation_of_another(browse):
    browse().write("My secret")
    message = Message.objects.get()
    stranger = browse()
    assert stranger.get("changes", after=0).json()["messages"] == []
    assert stranger.get("earlier", before=message.pk).status_code == 404
    stranger.write("Hello")
    assert "secret" not in stranger.texts()


def test_a_visitor_of_one_widget_sees_nothing_of_it_in_another(browse):
    browser = browse()
    browser.write("My secret")
    elsewhere = browse(make_inbox("webchat", name="Other shop"))
    elsewhere.token = browser.token
    refused = elsewhere.get("changes", after=0)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_token")
    assert elsewhere.write("Let me in").status_code == 403
    opened = elsewhere.post("start").json()
    assert opened["messages"] == []
    assert read_visitor(opened["token"]) != read_visitor(browser.token)


def test_a_token_from_before_tokens_named_their_inbox_holds_where_it_was_used_and_nowhere_else(browse):
    browser = browse()
    browser.write("My secret")
    old = sign_visitor(read_visitor(browser.token))
    elsewhere = browse(make_inbox("webchat", name="Other shop"))
    browser.token = elsewhere.token = old
    assert "secret" in browser.texts()
    assert elsewhere.get("changes", after=0).status_code == 403
    assert read_visitor(browser.post("start").json()["token"]) == read_visitor(old)


def test_an_address_typed_in_shows_nobody_s_mails(browse):
    mail = customer_writes(text="My secret mail", email="carla@customer.example")
    browser = browse()
    browser.write("Hello", email="carla@customer.example")
    assert "secret" not in browser.texts()
    contact = find_contact("visitor", str(read_visitor(browser.token)))
    assert contact.email == "carla@customer.example"
    assert contact != mail.ticket.contact
    assert not contact.identities.filter(kind="email").exists()


def test_mails_that_follow_a_claimed_address_stay_out_of_the_widget(browse):
    browser = browse()
    browser.write("Hello", email="victim@customer.example")
    customer_writes(text="My secret mail", email="victim@customer.example")
    assert "secret" not in browser.texts()


def test_mails_from_a_claimed_address_are_answered_to_it_whatever_the_claimant_says_next(browse):
    browser = browse()
    browser.write("Hello", email="victim@customer.example")
    mail = customer_writes(text="My secret mail", email="victim@customer.example")
    browser.post("details", email="thief@elsewhere.example")
    mail.ticket.contact.refresh_from_db()
    assert mail.ticket.contact.email == "victim@customer.example"
