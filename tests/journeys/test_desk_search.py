"""Finding tickets by keyboard, and keeping what was asked as a view."""

from playwright.sync_api import expect

from helpdesk.tickets.actions import tag_ticket
from helpdesk.tickets.models import SavedView
from tests.factories import by, make_agent, make_inbox, make_ticket
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD


def test_an_agent_searches_with_hints_by_keyboard_saves_it_as_a_view_and_deletes_that(as_agent):
    inbox, alice = make_inbox(), make_agent("Alice Ray", password=PASSWORD)
    bill = make_ticket(
        inbox, subject="The bill", text="The zipper of my tent is torn.", email="ann@x.example"
    )
    make_ticket(inbox, subject="Something else", email="bob@x.example")
    tag_ticket(bill, tags=["invoice"], by=by(alice))
    page = as_agent(alice, path="/desk/views/open/")
    page.wait_for_selector("html[data-live=live]")

    page.keyboard.press("/")
    page.keyboard.type("is:op")
    expect(page.locator("#hints [role=option]")).to_have_text(["is:open"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("ta")
    expect(page.locator("#hints [role=option]")).to_contain_text(["tag:"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#hints [role=option]")).to_have_text(["tag:invoice"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("torn")
    expect(page.locator("#search")).to_have_value("is:open tag:invoice torn")
    page.keyboard.press("Enter")
    expect(page.locator("#rows .row")).to_have_count(1)
    expect(page.locator("#rows mark")).to_have_text("torn")

    page.locator("#search").fill("is:open tag:invoice")
    page.keyboard.press("Enter")
    expect(page.locator("#list-title")).to_have_text("“is:open tag:invoice”")
    page.locator("#save-search").press("Enter")
    page.get_by_label("Name").fill("Open bills")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(".pile[aria-current]")).to_contain_text("Open bills")
    view = SavedView.objects.get()
    expect(page.locator(f"[data-pile=view-{view.pk}] .pile-count")).to_contain_text("1")
    expect(page.locator("#rows .row")).to_contain_text("The bill")

    page.wait_for_selector("html[data-live=live]")
    page.locator("#change-view").press("Enter")
    page.get_by_role("button", name="Delete").press("Enter")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".pile[aria-current]")).to_contain_text("Open bills")
    assert page.problems == []
