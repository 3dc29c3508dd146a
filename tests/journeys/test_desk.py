"""An agent's day at the desk, in a real browser."""

import re

from playwright.sync_api import expect

from helpdesk.desk.views.drawing import BESIDE
from helpdesk.tickets.actions import assign_ticket, close_ticket
from helpdesk.tickets.models import Ticket
from tests.factories import by, customer_writes, make_agent, make_inbox, make_ticket
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.holding import held_back


def agent(name):
    return make_agent(name, password=PASSWORD)


def on_ticket(page, ticket):
    """The page with this ticket open and its news coming in."""
    page.goto(f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    return page


def customer_adds(ticket, text):
    customer_writes(
        ticket.inbox, text, replies_to=[ticket.messages.filter(kind="incoming").first().external_id]
    )


def test_two_agents_work_on_one_ticket_by_keyboard_and_see_each_other_live(as_agent):
    ticket = make_ticket(text="Where is my parcel?", subject="Parcel")
    alice, ben = as_agent(agent("Alice Ray")), as_agent(agent("Ben Holt"))
    on_ticket(ben, ticket)
    alice.goto("/desk/views/open/")
    alice.wait_for_selector("html[data-live=live]")
    alice.keyboard.press("j")
    alice.keyboard.press("Enter")
    expect(alice.locator("#ticket-title")).to_have_text("Parcel")

    alice.keyboard.press("m")
    expect(ben.locator(".line", has_text="Alice Ray took this")).to_be_visible()
    expect(ben.locator("#assignee option:checked")).to_have_text("Alice Ray")

    alice.keyboard.press("n")
    alice.keyboard.type("Any idea, @Ben")
    alice.locator(".typeahead [data-text]", has_text="Ben Holt").wait_for()
    alice.keyboard.press("Enter")
    alice.keyboard.press("Control+Enter")
    expect(ben.locator(".message--note")).to_contain_text("Any idea, @Ben Holt")

    expect(alice.locator("#composer-text")).to_have_value("")
    alice.keyboard.press("Escape")
    alice.keyboard.press("r")
    alice.keyboard.type("It is in Graz.")
    expect(ben.locator(".typing")).to_contain_text("Alice Ray")
    alice.keyboard.press("Control+Enter")
    expect(ben.locator(".message--outgoing")).to_contain_text("It is in Graz.")
    expect(alice.locator(".message--outgoing")).to_have_count(1)

    alice.keyboard.press("Escape")
    alice.keyboard.press("e")
    expect(ben.locator("#ticket-head .badge").first).to_have_text("Closed")
    expect(ben.locator("#rows .row")).to_have_count(0)
    ticket.refresh_from_db()
    assert (ticket.status, str(ticket.assignee)) == ("closed", "Alice Ray")
    assert alice.problems == ben.problems == []


def test_the_keys_go_on_past_the_last_row_that_was_drawn(as_agent):
    tickets = [make_ticket(email=f"c{number}@customer.example") for number in range(BESIDE + 2)]
    page = on_ticket(as_agent(agent("Alice Ray")), tickets[2])  # the last row that is drawn: newest first
    rows = page.locator("#rows .row")
    expect(rows).to_have_count(BESIDE)
    page.keyboard.press("j")  # it is the last one: the next ones come
    expect(rows).to_have_count(BESIDE + 2)
    page.keyboard.press("j")
    expect(page.locator("#rows .row:focus")).to_have_attribute("data-ticket", str(tickets[1].pk))


def test_a_new_ticket_and_its_count_appear_without_reloading(as_agent):
    inbox = make_inbox()
    page = as_agent(path="/desk/views/unassigned/")
    page.wait_for_selector("html[data-live=live]")
    page.evaluate("window.stays = true")
    make_ticket(inbox, subject="Fresh from the post")
    expect(page.locator("#rows .row")).to_contain_text("Fresh from the post")
    expect(page.locator("[data-pile=unassigned] .pile-count")).to_contain_text("1")
    assert page.evaluate("window.stays")


def test_a_draft_survives_news_and_reloading(as_agent):
    ticket = make_ticket()
    page = on_ticket(as_agent(), ticket)
    page.keyboard.press("r")
    page.keyboard.type("Let me just check")
    customer_adds(ticket, "It is order 4711")
    expect(page.locator(".message--incoming").last).to_contain_text("order 4711")
    page.keyboard.type(" that")
    expect(page.locator("#composer-text")).to_have_value("Let me just check that")
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("Let me just check that")


def test_an_answer_is_stopped_where_the_customer_wrote_meanwhile(as_agent):
    ticket = make_ticket()
    page = as_agent()
    page.goto(f"/desk/tickets/{ticket.pk}/")
    page.context.route("**/desk/changes/**", lambda route: route.abort())
    page.evaluate("document.querySelector('desk-live').remove()")  # no news reach this page any more
    page.fill("#composer-text", "We will look for it.")
    customer_adds(ticket, "Never mind, it came!")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer [role=alert]")).to_be_visible()
    expect(page.locator(".message--incoming").last).to_contain_text("Never mind")
    expect(page.locator("#composer-text")).to_have_value("We will look for it.")
    assert not ticket.messages.filter(kind="outgoing").exists()
    page.focus("#composer-text")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message--outgoing")).to_contain_text("We will look for it.")


def test_enter_that_chooses_a_word_in_an_input_method_sends_nothing(as_agent):
    ticket = make_ticket()
    page = on_ticket(as_agent(), ticket)
    page.fill("#composer-text", "你好")
    page.eval_on_selector(
        "#composer-text",
        "(box) => box.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))",
    )
    expect(page.locator("#composer-text")).to_have_value("你好")
    page.focus("#composer-text")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message--outgoing")).to_have_count(1)


def test_a_cut_line_misses_nothing(as_agent):
    ticket = make_ticket()
    page = on_ticket(as_agent(), ticket)
    page.context.set_offline(True)
    page.wait_for_selector("html[data-live=offline]")
    customer_adds(ticket, "Are you there?")
    page.context.set_offline(False)
    expect(page.locator(".message--incoming").last).to_contain_text("Are you there?")
    page.wait_for_selector("html[data-live=live]")
    expect(page.locator(".message--incoming")).to_have_count(2)


def test_a_push_that_got_lost_is_asked_for(as_agent):
    """Redis keeps nothing for who did not hear: the desk asks the ledger at every beat."""
    ticket = make_ticket()
    page = on_ticket(as_agent(), ticket)
    page.wait_for_selector("html[data-live=live]")
    page.evaluate(
        "document.querySelector('desk-live').take = () => (window.wasPushed = true)"
    )  # a deaf moment
    customer_adds(ticket, "Are you there?")
    page.wait_for_function("window.wasPushed")
    expect(page.locator(".message--incoming")).to_have_count(1)
    page.evaluate("delete document.querySelector('desk-live').take")
    page.evaluate("document.querySelector('desk-live').beat()")
    expect(page.locator(".message--incoming").last).to_contain_text("Are you there?")


def test_the_ticket_s_head_does_not_wait_for_a_slow_list_nor_is_it_forgotten(as_agent):
    ticket, ben = make_ticket(), agent("Ben Holt")
    page = on_ticket(as_agent(ben), ticket)
    with held_back(page, lambda request: "shown=" in request.url) as wait_for_list:
        assign_ticket(ticket, to=ben, by=by(ben))
        wait_for_list()
        expect(page.locator("#assignee option:checked")).to_have_text("Ben Holt")
        close_ticket(ticket, by=by(ben))
        expect(page.locator("#ticket-head .badge").first).to_have_text("Closed")
    expect(page.locator("#rows .row")).to_have_count(0)
    assert page.problems == []


def test_the_desk_works_without_scripts(as_agent):
    ticket = make_ticket(subject="Parcel")
    page = as_agent(path="/desk/views/open/", java_script_enabled=False)
    page.click("#rows .row")
    page.fill("#composer-text", "By plain form")
    page.click("#send")
    expect(page.locator(".message--outgoing")).to_contain_text("By plain form")
    page.click("#close")
    expect(page.locator("#ticket-head .badge").first).to_have_text("Closed")
    assert Ticket.objects.get(pk=ticket.pk).status == "closed"


def test_the_panes_are_as_wide_as_the_agent_likes(as_agent):
    page = on_ticket(as_agent(), make_ticket(subject="Parcel"))
    line = page.get_by_role("slider", name="Width of the list")
    expect(line).to_have_value("19")
    line.press("ArrowRight")
    page.reload()
    expect(line).to_have_value("20")
    assert page.locator("#list").bounding_box()["width"] == 20 * 16


def test_on_a_phone_there_is_one_pane_at_a_time_and_back_goes_back(as_agent):
    make_ticket(subject="Parcel")
    page = as_agent(path="/desk/views/open/", viewport=PHONE, has_touch=True, is_mobile=True)
    page.tap("#rows .row")
    expect(page.locator("#composer-text")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.tap(".about-toggle")
    expect(page.locator("#about")).to_be_visible()
    expect(page).to_have_url(re.compile("pane=about"))
    page.tap(".about-back")
    expect(page.locator("#composer-text")).to_be_visible()
    page.tap(".ticket-back")
    expect(page.locator("#rows .row")).to_be_visible()
    page.go_back()
    expect(page.locator("#composer-text")).to_be_visible()
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"] and page.problems == []
