"""Answers with one tap: offered under the last message, sent as the customer's own words."""

import pytest
from django.urls import reverse

from helpdesk.events.actor import Actor
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import make_agent, make_inbox

pytestmark = pytest.mark.django_db
CHOICES = ["Invoice & payment", "Delivery"]
CLERK = Actor("bot", 1, "Clerk")


def ask(browser) -> Message:
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    return reply(ticket, "What is it about?", by=CLERK, choices=CHOICES)


def test_a_question_brings_its_answers_and_says_that_a_bot_asks(browse):
    browser = browse()
    ask(browser)
    html = browser.texts()
    assert html.count("data-say") == 2
    assert "Invoice &amp; payment</button>" in html
    assert "Helpdesk · Bot" in html


def test_what_a_person_writes_offers_nothing(browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    reply(ticket, "Here you are.", by=Actor.agent(make_agent()))
    assert "data-say" not in browser.texts()


def test_without_scripts_they_are_buttons_of_a_form_until_something_was_answered(client):
    inbox = make_inbox("webchat", name="Shop")
    page = reverse("webchat:plain", args=[inbox.key])
    client.post(page, {"text": "Hello", "uuid": "2f1e2a2e-6f0a-4d3c-9a43-5f3f0b6c0d11"})
    reply(Ticket.objects.get(), "What is it about?", by=CLERK, choices=CHOICES)
    html = client.get(page).content.decode()
    assert "data-say" not in html
    assert html.count('name="text" value="') == 2
    client.post(page, {"text": CHOICES[0], "uuid": "2f1e2a2e-6f0a-4d3c-9a43-5f3f0b6c0d12"})
    assert Message.objects.latest("id").text == CHOICES[0]
    assert 'name="text" value="' not in client.get(page).content.decode()
