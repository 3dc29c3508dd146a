"""The chat story: a customer in the shop, an agent at the desk, live in both directions, rated and counted."""

import re

from playwright.sync_api import expect

from funnel.tallies.refresh import refresh
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Survey, Ticket
from tests.factories import make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.widget import open_widget


def write(frame, text):
    frame.get_by_role("textbox", name="Write a message…").fill(text)
    frame.get_by_role("textbox", name="Write a message…").press("Enter")


def test_a_chat_goes_from_the_shop_to_the_desk_and_back_and_is_rated(visit, as_agent):
    agent = make_agent("Alice Moreau", password=PASSWORD)
    make_inbox("webchat", name="Fernweh Supply", department=make_department("Support", members=(agent,)))
    desk = as_agent(agent, "/desk/views/unassigned/")
    shop = visit("/demo/")

    widget = open_widget(shop)
    widget.get_by_role("navigation").get_by_role("button", name="Messages").click()
    expect(widget.locator("[data-state=live]")).to_be_attached()  # that somebody types is told to who listens
    write(widget, "Do the Granite boots run small?")
    row = desk.locator("a.row", has_text="Do the Granite boots run small?").first
    expect(row).to_be_visible()
    row.click()
    expect(desk.locator("#timeline, .timeline").first).to_contain_text("Do the Granite boots run small?")
    expect(desk.locator("html")).to_have_attribute("data-live", "live")

    desk.locator("#composer-text").press_sequentially("Take half a size more.")
    expect(widget.get_by_text("Alice Moreau is typing")).to_be_visible()
    desk.locator("#composer-text").fill("Take half a size more. Which size do you wear?")
    desk.locator("#send").click()
    expect(widget.get_by_role("log")).to_contain_text("Take half a size more.", timeout=30_000)
    expect(widget.get_by_role("log")).to_contain_text("Alice Moreau")

    write(widget, "42, so I take 42.5. Thank you!")
    expect(desk.locator("#timeline, .timeline").first).to_contain_text("42, so I take 42.5. Thank you!")

    desk.get_by_role("button", name=re.compile("^Close")).first.click()
    expect(widget.get_by_role("group", name="How was our help?")).to_be_visible(timeout=30_000)
    widget.get_by_role("radio", name="Very good").check()
    widget.get_by_label("Would you like to say why? (optional)").fill("Fast and friendly.")
    widget.get_by_role("log").get_by_role("button", name="Send").click()
    expect(widget.get_by_text("Your comment is with the team.")).to_be_visible()

    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.channel, ticket.attributes["page"][-6:]) == ("closed", "webchat", "/demo/")
    survey = Survey.objects.get(ticket=ticket)
    assert (survey.score, survey.comment, survey.agent) == (5, "Fast and friendly.", agent)
    assert Event.objects.filter(name=names.SURVEY_RATED, ticket=ticket, value=5).exists()
    expect(desk.locator("body")).to_contain_text("Fast and friendly.")

    refresh(clock.now(), wait=True)
    today = clock.now().date()
    report = f"/funnel/report.json?period=custom&since={today}&until={today}"
    figures = desk.request.get(report).json()
    assert [figures[name] for name in ("new", "replied", "closed", "csat")] == [1, 1, 1, 1]
    desk.goto("/funnel/")
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    assert shop.problems == []
    assert desk.problems == []
