"""A customer is asked by a bot in the widget, with one hand, and by a person as soon as they want one."""

import pytest
from playwright.sync_api import expect

from helpdesk.people.duty import note_duty
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.hosts import foreign_site
from tests.journeys.test_widget import messages_of, write
from tests.journeys.widget import open_widget
from tests.routing.bots.chats import ask, make_bot, option
from tests.routing.triggers.test_firing import make_trigger


@pytest.fixture
def inbox(clean_start):
    note_duty([None])  # somebody is at the desk
    return make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})


@pytest.fixture
def shop(site, inbox):
    with foreign_site(site.url, inbox.key) as address:
        yield address


def asks(*questions):
    make_trigger(("bot", make_bot(*questions, opening={"en": "Hello, I am a bot."}).pk))


def test_a_bot_asks_by_buttons_and_by_words_and_the_agent_reads_the_answers(visit, as_agent, shop):
    kinds = [option("Invoice", tag="invoice"), option("Delivery")]
    asks(ask("What is it about?", "choice", options=kinds), ask("Which order?"))
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "Hello?")
    expect(thread).to_contain_text("Hello, I am a bot.")
    expect(thread.get_by_text("Fernweh Supply · Bot")).to_be_visible()
    frame.get_by_role("textbox", name="Write a message…").fill("half written")
    thread.get_by_role("button", name="Invoice").click()
    expect(thread.locator(".message--mine").nth(1)).to_contain_text("Invoice")
    expect(thread.get_by_role("button", name="Invoice")).to_be_hidden()
    expect(frame.get_by_role("textbox", name="Write a message…")).to_have_value("half written")
    expect(thread).to_contain_text("Which order?")
    write(frame, "A-100")
    expect(thread).to_contain_text("Thank you. A colleague takes it from here.")
    expect(thread.get_by_role("button", name="Talk to a person")).to_have_count(0)

    ticket = Ticket.objects.get()
    desk = as_agent(make_agent("Alice Ray", password=PASSWORD), f"/desk/tickets/{ticket.pk}/")
    expect(desk.locator(".thread")).to_contain_text("The bot Clerk handed over to the team: all was asked")
    expect(desk.get_by_text("What is it about?").last).to_be_visible()
    expect(desk.get_by_text("A-100").last).to_be_visible()
    assert page.problems == desk.problems == []


def test_a_person_is_one_tap_away_by_keyboard_too(visit, shop):
    asks(ask("Which order?"))
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "Hello?")
    thread.get_by_role("button", name="Talk to a person").focus()
    page.keyboard.press("Enter")
    expect(thread).to_contain_text("All right, a colleague takes over.")
    expect(frame.get_by_role("textbox", name="Write a message…")).to_be_focused()
    assert page.problems == []
