"""The widget over HTTP: what a browser without a websocket asks, and what nobody else gets."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.connectors.webchat import conversation, uploads
from helpdesk.events.actor import Actor
from helpdesk.people.contacts import find_contact
from helpdesk.people.models import Contact
from helpdesk.people.presence import presence_of
from helpdesk.people.visitors import read_visitor, sign_visitor
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.surveys import send_survey
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, customer_writes, make_agent, make_inbox

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def answer(ticket, text="Here you are.", **details):
    return reply(ticket, text, by=by(make_agent("Alice")), **details)


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
    answers = [flooder.write(f"Spam {number}").status_code for number in range(25)]
    assert answers.count(201) == 20
    assert set(answers[20:]) == {429}
    assert other.write("Hello").status_code == 201


def test_files_come_with_a_message_and_pictures_are_shown(browse):
    browser = browse()
    files = [SimpleUploadedFile("boot.png", PNG), SimpleUploadedFile("order.pdf", b"%PDF-1.7")]
    form = {"uuid": uuid4().hex, "text": "", "files": files}
    sent = browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token}).json()
    message = Message.objects.get()
    assert [file.content_type for file in message.attachments.order_by("pk")] == [
        "image/png",
        "application/pdf",
    ]
    assert sent["html"].count("<img") == 1
    assert "order.pdf" in sent["html"]


def test_a_page_that_calls_itself_a_picture_is_only_a_download(browse):
    browser = browse()
    fake = SimpleUploadedFile("boot.png", b"<script>alert(1)</script>", content_type="text/html")
    form = {"uuid": uuid4().hex, "text": "Look", "files": [fake]}
    browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token})
    assert Message.objects.get().attachments.get().content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("run.exe", b"MZ")], "run.exe"),
        ([("page.html", b"<p>")], "page.html"),
        ([("logo.svg", b"<svg/>")], "logo.svg"),
        ([(f"{number}.png", PNG) for number in range(6)], "5"),
    ],
)
def test_files_of_the_wrong_kind_or_too_many_are_refused_in_words(browse, files, words):
    browser = browse()
    form = {
        "uuid": uuid4().hex,
        "text": "Look",
        "files": [SimpleUploadedFile(name, content) for name, content in files],
    }
    refused = browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token})
    assert refused.status_code == 400
    assert words in refused.json()["reason"]
    assert not Message.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(browse):
    browser = browse()
    large = SimpleUploadedFile("film.mp4", b"0" * (uploads.MOST_BYTES + 1))
    form = {"uuid": uuid4().hex, "text": "Look", "files": [large]}
    refused = browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token})
    assert refused.json()["reason"] == "film.mp4 is larger than 10 MB."


def test_an_address_given_later_is_kept_and_identifies_nobody(browse):
    browser = browse()
    browser.write("Hello")
    assert browser.post("details", email="carla@customer.example", name="Carla").json() == {"kept": True}
    contact = Contact.objects.get()
    assert (contact.email, contact.name) == ("carla@customer.example", "Carla")
    assert not contact.identities.filter(kind="email").exists()


def test_an_address_given_before_anything_was_written_makes_no_contact(browse):
    assert browse().post("details", email="carla@customer.example").json() == {"kept": False}
    assert not Contact.objects.exists()


def test_a_verified_address_is_not_overwritten(browse):
    browser = browse()
    browser.write("Hello")
    contact = Contact.objects.get()
    contact.identities.create(kind="email", value="carla@customer.example", is_verified=True)
    Contact.objects.update(email="carla@customer.example")
    browser.post("details", email="thief@elsewhere.example")
    contact.refresh_from_db()
    assert contact.email == "carla@customer.example"


def surveyed(browser):
    """A closed conversation of this browser, with its survey sent."""
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    answer(ticket)
    close_ticket(ticket, by=by(make_agent("Alice")))
    return send_survey(ticket.events.get(name="ticket.closed"))


def test_the_survey_is_rated_in_the_widget_and_can_be_changed(browse):
    browser = browse()
    survey = surveyed(browser)
    assert browser.texts().count('type="radio"') == 5
    rated = browser.post("rating", message=survey.message_id, score=5, comment="Fast").json()
    assert "checked" in rated["html"]
    browser.post("rating", message=survey.message_id, score="3")
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (3, "Fast")


def test_nobody_rates_for_somebody_else(browse):
    survey = surveyed(browse())
    stranger = browse()
    stranger.write("Hello")
    assert stranger.post("rating", message=survey.message_id, score=1).status_code == 404
    survey.refresh_from_db()
    assert survey.score is None


@pytest.mark.parametrize("score", [0, 6, "five", None, 2.5, True])
def test_a_score_outside_one_to_five_is_refused(browse, score):
    browser = browse()
    survey = surveyed(browser)
    assert browser.post("rating", message=survey.message_id, score=score).status_code == 400
    assert Survey.objects.get().score is None


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
