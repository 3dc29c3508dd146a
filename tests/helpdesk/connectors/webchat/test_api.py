"""The widget over HTTP: what a browser without a websocket asks, and what nobody else gets."""

from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.connectors.webchat import conversation
from helpdesk.events.actor import Actor
from helpdesk.people.presence import presence_of
from helpdesk.people.visitors import read_visitor, sign_visitor
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, make_agent
from tests.helpdesk.connectors.webchat.answering import answer


def test_a_first_message_is_a_ticket_with_the_page_it_was_written_on(browse):
    answered = browse().write("Do the boots run small?", url="https://shop.example/boots", title="Boots")
    ticket = Ticket.objects.get()
    assert answered.status_code == 201
    assert (ticket.channel, ticket.subject) == ("webchat", "Do the boots run small?")
    assert ticket.attributes == {"page": "https://shop.example/boots", "page_title": "Boots"}
    assert "Do the boots run small?" in answered.json()["html"]


def test_opening_the_widget_writes_nothing_to_the_database(browse):
    with CaptureQueriesContext(connection) as asked:
        browser = browse()
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert presence_of(read_visitor(browser.token))["title"] == "Boots"


def test_the_same_uuid_twice_is_one_message(browse):
    browser, uuid = browse(), uuid4().hex
    first, second = browser.write("Hello", uuid=uuid), browser.write("Hello", uuid=uuid)
    assert first.json()["id"] == second.json()["id"]
    assert Message.objects.count() == 1


def test_notes_and_answers_that_can_still_be_undone_stay_with_the_team(browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    add_note(ticket, "A difficult customer", by=by(make_agent("Bob")))
    answer(ticket, "Too hasty", undo_seconds=10)
    assert "difficult" not in browser.texts()
    assert "hasty" not in browser.texts()


def test_a_poll_gets_what_came_after_the_event_it_names_and_once_it_has_all_nothing(browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    seen = browser.get("changes", after=0).json()["event"]
    answer(ticket, "Here you are.")
    news = browser.get("changes", after=seen).json()
    assert "Here you are." in news["messages"][-1]["html"]
    assert browser.get("changes", after=news["event"]).json() == {"event": news["event"], "messages": []}


def test_the_thread_is_shown_from_its_end_and_earlier_messages_by_the_page(browse):
    browser = browse()
    for number in range(conversation.PAGE + 5):
        browser.write(f"Line {number}.")
    fresh = browse()
    fresh.token = browser.token
    opened = fresh.post("start").json()
    assert opened["has_more"] is True
    assert len(opened["messages"]) == conversation.PAGE
    earlier = fresh.get("earlier", before=opened["messages"][0]["id"]).json()
    assert [f"Line {number}." in one["html"] for number, one in enumerate(earlier["messages"])] == [True] * 5
    assert earlier["has_more"] is False


def test_seeing_an_answer_marks_it_as_read_for_the_team(browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    message = answer(ticket)
    deliver(message.pk)
    assert browser.post("seen", message=message.pk).json() == {"unread": 0}
    message.refresh_from_db()
    assert message.state == "read"


def test_an_answer_seen_before_the_worker_took_it_is_read_and_not_delivered_again(browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    message = answer(ticket)
    browser.post("seen", message=message.pk)
    deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("read", 0)


def test_a_customer_s_words_are_text_and_never_markup(browse):
    html = browse().write('<img src=x onerror="alert(1)"> see https://shop.example/boots').json()["html"]
    assert "<img" not in html
    assert 'href="https://shop.example/boots"' in html


def test_a_trigger_s_name_is_not_for_customers(browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    reply(ticket, "We are closed.", by=Actor("trigger", 1, "Difficult customers: stall"))
    assert "Difficult" not in browser.texts()
    assert "Helpdesk" in browser.texts()


def test_the_help_center_s_cookie_comes_before_the_token_of_the_page(browse, widget):
    reader = uuid4()
    browser = browse()
    browser.client.cookies["hd_visitor"] = sign_visitor(reader)
    assert read_visitor(browser.post("start").json()["token"]) == reader


def test_logging_out_forgets_the_visitor_in_this_browser(browse):
    browser = browse()
    left = browser.post("logout")
    assert left.cookies["hd_visitor"].value == ""
    assert presence_of(read_visitor(browser.token)) is None


def test_a_conversation_goes_on_the_next_day_in_the_same_ticket(browse):
    browser = browse()
    first = browser.write("Hello").json()["ticket"]
    with clock.frozen_at(clock.now() + timedelta(days=1)):
        assert browser.write("Still here").json()["ticket"] == first


def test_a_widget_that_is_switched_off_takes_nothing(browse, widget):
    browser = browse()
    widget.is_active = False
    widget.save()
    assert browser.write("Hello").status_code == 404
