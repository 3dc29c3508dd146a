"""What the widget's doors refuse, and in which words."""

from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Ticket


def test_a_page_address_that_a_click_could_run_is_not_kept(browse):
    browse().write("Hello", url="javascript:alert(1)", title="Boots")
    assert Ticket.objects.get().attributes == {"page_title": "Boots"}


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 8001}, "text"),
        ({"text": 7}, "text"),
        ({"uuid": "no"}, "uuid"),
        ({"uuid": None}, "uuid"),
        ({"email": "nonsense"}, "email"),
    ],
)
def test_a_message_that_can_t_be_taken_is_refused_with_its_field(browse, frame, field):
    refused = browse().post("messages", **({"uuid": uuid4().hex, "text": "Hello"} | frame))
    assert refused.status_code == 400
    assert refused.json()["field"] == field
    assert refused.json()["reason"]
    assert not Message.objects.exists()


def test_a_refusal_speaks_the_language_of_the_page(browse):
    assert browse(lang="it").write(" ").json()["reason"] != browse(lang="en").write(" ").json()["reason"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'"text"', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(browse, body):
    browser = browse()
    refused = browser.client.post(
        browser.address("messages"),
        body,
        content_type="application/json",
        headers={"X-Visitor": browser.token},
    )
    assert refused.status_code == 400


def test_strange_characters_cost_nobody_the_message(browse):
    browser = browse()
    sent = browser.write("a\x00b \ud800", name="\ud800", title="\x00\udfff", email="")
    assert sent.status_code == 201
    assert browser.post("details", name="\ud800\x00").status_code == 200
    assert Message.objects.get().text == "ab \ufffd"


def test_a_blocked_customer_is_told_so_and_nothing_is_stored(browse):
    browser = browse()
    browser.write("Hello")
    Contact.objects.update(is_blocked=True)
    assert browser.write("Again").status_code == 403
    assert Message.objects.count() == 1


def test_a_flood_from_one_visitor_slows_only_that_visitor(browse, settings):
    settings.RATELIMIT_ENABLE = True
    flooder, other = browse(), browse()
    with clock.frozen_at(clock.now()):  # else the counters' minute may end on the way
        answers = [flooder.write(f"Spam {number}").status_code for number in range(25)]
        assert answers.count(201) == 20
        assert set(answers[20:]) == {429}
        assert other.write("Hello").status_code == 201
