"""Many tickets at once, what is taken back, and the palette: without a mouse."""

import re

from playwright.sync_api import expect

from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_inbox, make_ticket
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually


def statuses():
    return sorted(Ticket.objects.values_list("status", flat=True))


def test_many_are_closed_by_keyboard_and_one_key_takes_all_back(as_agent):
    inbox = make_inbox()
    for number in range(4):
        make_ticket(inbox, subject=f"Order {number}", email=f"c{number}@customer.example")
    page = as_agent(path="/desk/views/open/")
    page.wait_for_selector("html[data-live=live]")
    rows, bar = page.locator("#rows .row"), page.locator("#several")
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(bar.locator("[data-count]")).to_have_text("3")
    expect(page.locator("#rows [name=pick]:checked")).to_have_count(3)
    assert violations(page) == []

    make_ticket(inbox, subject="Comes in meanwhile", email="late@customer.example")
    expect(rows).to_have_count(5)
    expect(page.locator("#rows [name=pick]:checked")).to_have_count(3)

    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("3 tickets: Closed.")
    expect(rows).to_have_count(2)
    expect(bar).to_be_hidden()
    assert statuses() == ["closed"] * 3 + ["new"] * 2

    page.click("#toasts [data-dismiss]")
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Taken back on 3 tickets.")
    expect(rows).to_have_count(5)
    assert statuses() == ["new"] * 5 and page.problems == []


def test_what_was_taken_back_is_said_also_where_the_list_shows_it_first(as_agent):
    inbox = make_inbox()
    for number in range(2):
        make_ticket(inbox, subject=f"Order {number}", email=f"c{number}@customer.example")
    page, answers = as_agent(path="/desk/views/open/"), []
    page.wait_for_selector("html[data-live=live]")
    rows = page.locator("#rows .row")
    for key in ("j", "x", "e"):
        page.keyboard.press(key)
    expect(rows).to_have_count(1)
    page.click("#toasts [data-dismiss]")
    page.route("**/desk/undo/**", lambda route: answers.append((route, route.fetch())))
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(2)
    eventually(lambda: answers or page.wait_for_timeout(20))
    for route, response in answers:
        route.fulfill(response=response)
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    expect(rows).to_have_count(2)
    assert page.problems == []


def test_after_closing_the_next_one_is_open_and_undo_leads_back(as_agent):
    inbox = make_inbox()
    make_ticket(inbox, subject="Second", email="two@customer.example")
    make_ticket(inbox, subject="First", email="one@customer.example")
    page = as_agent(path="/desk/views/open/")
    page.wait_for_selector("html[data-live=live]")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    title = page.locator("#ticket-title")
    expect(title).to_have_text("First")
    page.keyboard.press("e")
    expect(title).to_have_text("Second")
    expect(page.locator("#rows .row[aria-current]")).to_contain_text("Second")
    page.keyboard.press("v")
    expect(title).to_have_text("First")
    expect(page.locator("#close")).to_have_text("Close")
    expect(page.locator("#rows .row")).to_have_count(2)
    assert page.problems == []


def test_the_palette_does_and_finds_and_teaches_the_key(as_agent):
    agent = make_agent("Alice Ray", password=PASSWORD, keys={"priority": "w"})
    ticket = make_ticket(subject="A broken vase")
    page = as_agent(agent, path="/desk/views/open/")
    page.wait_for_selector("html[data-live=live]")
    page.keyboard.press("Control+k")
    field, chosen = page.locator("#palette input"), page.locator("#palette [aria-selected=true]")
    expect(field).to_be_focused()
    page.keyboard.type("broken")
    expect(chosen).to_contain_text("A broken vase")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#ticket-title")).to_have_text("A broken vase")
    expect(page.locator("#palette")).to_be_hidden()

    page.keyboard.press("Control+k")
    page.keyboard.type("take it")
    expect(chosen).to_contain_text("Take it")
    expect(chosen.locator("kbd")).to_have_text("m")
    page.keyboard.press("Enter")
    expect(page.locator("#assignee option:checked")).to_have_text("Alice Ray")
    assert Ticket.objects.get(pk=ticket.pk).assignee == agent

    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]:visible", has_text="Take it")).to_have_count(0)
    page.keyboard.press("Escape")
    press = "(init) => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...init}))"
    page.evaluate(press, {"key": "w", "code": "KeyW", "isComposing": True})
    expect(page.locator("#priority")).not_to_be_focused()
    page.evaluate(press, {"key": "ц", "code": "KeyW"})  # the same key where letters are Cyrillic
    expect(page.locator("#priority")).to_be_focused()
    assert page.problems == []


def test_keys_act_on_what_is_chosen_or_stands_under_the_focus_before_the_open_ticket(as_agent):
    inbox = make_inbox()
    for number in range(4):
        make_ticket(inbox, subject=f"Order {number}", email=f"c{number}@customer.example")
    opened = Ticket.objects.latest("pk")
    page = as_agent(path=f"/desk/tickets/{opened.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    rows, bar = page.locator("#rows .row"), page.locator("#several")
    rows.nth(1).focus()
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    expect(bar).to_contain_text("Keys act on these now")
    page.keyboard.press("e")
    expect(page.locator("#toasts")).to_contain_text("2 tickets: Closed.")
    expect(bar).to_be_hidden()
    assert Ticket.objects.get(pk=opened.pk).status == "new"

    rows.last.focus()
    page.keyboard.press("f")  # of the one under the focus, which is chosen by it
    expect(bar.locator("[data-count]")).to_have_text("1")
    expect(bar.locator("[name=priority]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Priority: Low.")
    assert Ticket.objects.get(pk=opened.pk).priority == 2
    page.locator("#ticket-title").focus()
    page.keyboard.press("e")
    expect(page.locator("#toasts")).to_contain_text(f"#{opened.pk}: Closed.")
    assert page.problems == []


def test_the_palette_leads_from_any_screen_to_any_other(as_agent):
    ticket = make_ticket(subject="A broken vase")
    page = as_agent(path="/notices/")
    page.keyboard.press("Control+k")
    chosen = page.locator("#palette [aria-selected=true]")
    expect(page.locator("#palette input")).to_be_focused()
    expect(chosen).to_contain_text("Inbox")
    assert violations(page) == []
    page.keyboard.type("vase")
    expect(chosen).to_contain_text("A broken vase")
    page.keyboard.press("Enter")
    expect(page.locator("#ticket-title")).to_have_text("A broken vase")
    page.wait_for_load_state()  # the page's scripts keep what was open
    page.goto("/account/")
    page.get_by_role("button", name="Find and do anything").click()
    expect(chosen).to_contain_text("Inbox")
    expect(page.locator("#palette")).to_contain_text(f"#{ticket.pk} A broken vase")  # open a moment ago
    page.keyboard.type("waiting long")
    expect(chosen).to_contain_text("Waiting longest")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/views/waiting/"))
    assert page.problems == []
