"""Finding tickets by keyboard, and keeping what was asked as a view."""

import re

from playwright.sync_api import expect

from helpdesk.people.models import Company
from helpdesk.tickets.actions import prioritise_ticket, tag_ticket
from helpdesk.tickets.models import SavedView
from tests.factories import by, make_agent, make_inbox, make_ticket
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD, PHONE


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


def test_an_agent_builds_a_view_from_conditions_sees_what_it_would_show_and_changes_it(as_agent):
    inbox, alice = make_inbox(), make_agent("Alice Ray", password=PASSWORD)
    for name, size in (("Tower", 300), ("Shed", 4)):
        ticket = make_ticket(inbox, subject=f"The {name}", email=f"{name}@x.example")
        ticket.contact.company = Company.objects.create(name=name, attributes={"size": size})
        ticket.contact.save()
    page = as_agent(alice, path="/desk/")
    page.locator("#new-view").press("Enter")

    page.get_by_label("Name").fill("Big ones")
    page.get_by_label("What to ask about").last.select_option(label="Company size")
    page.get_by_role("button", name="Add a condition").last.click()
    line = page.locator(".asks-line", has_text="Company size").last
    expect(page.locator("#view-preview")).to_contain_text("Company size: Write a number")
    line.locator("[data-op]").select_option("more")
    line.get_by_label("Company size", exact=True).fill("200")
    expect(page.locator("#view-preview")).to_contain_text("1 ticket.")
    expect(page.locator("#view-preview .view-ticket")).to_contain_text(["The Tower"])
    assert violations(page) == []
    page.get_by_role("button", name="Save").last.click()

    expect(page.locator(".pile[aria-current]")).to_contain_text("Big ones")
    expect(page.locator(".pile[aria-current] .pile-count")).to_contain_text("1")
    expect(page.locator("#rows .row")).to_contain_text(["The Tower"])
    expect(page.locator(".list-asks")).to_contain_text("company size is more than 200")

    page.wait_for_selector("html[data-live=live]")
    page.locator("#change-view").press("Enter")
    page.wait_for_url("**/conditions/")  # and until all it draws with has come
    page.get_by_label("Company size", exact=True).fill("2")
    expect(page.locator("#view-preview")).to_contain_text("2 tickets.")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#rows .row")).to_have_count(2)
    expect(page.locator(".pile[aria-current] .pile-count")).to_contain_text("2")
    assert page.problems == []


def test_the_list_is_narrowed_by_a_form_by_keyboard_and_on_a_phone(as_agent):
    inbox, alice = make_inbox(), make_agent("Alice Ray", password=PASSWORD)
    bill = make_ticket(inbox, subject="The bill", text="The zipper is torn.", email="ann@x.example")
    tent = make_ticket(inbox, subject="The tent", text="Where is it?", email="bob@x.example")
    tag_ticket(bill, tags=["invoice"], by=by(alice))
    prioritise_ticket(bill, priority=3, by=by(alice))
    prioritise_ticket(tent, priority=3, by=by(alice))
    page = as_agent(alice, path="/desk/views/unassigned/")
    page.wait_for_selector("html[data-live=live]")

    page.keyboard.press("Shift+F")
    panel = page.get_by_role("dialog", name="Filter the list")
    expect(panel.get_by_label("Assignee")).to_have_value("none")
    expect(panel.get_by_label("Assignee")).to_be_focused()
    expect(panel.get_by_label("Open", exact=True).first).to_be_checked()
    assert violations(page) == []
    panel.get_by_label("High").press("Space")
    panel.get_by_label("Tags").fill("invoice")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("search/.q=tag%3Ainvoice.assignee%3Anone.is%3Aopen.priority%3Ahigh"))
    expect(page.locator("#rows .row")).to_contain_text(["The bill"])
    expect(panel).to_have_count(0)

    page.keyboard.press("Shift+F")
    expect(panel.get_by_label("Tags")).to_have_value("invoice")
    panel.get_by_label("Tags").fill("")
    panel.get_by_label("Words").fill("zip")
    page.keyboard.press("Enter")
    expect(page.locator("#rows mark")).to_have_text("zipper")
    expect(page.locator("#search")).to_have_value("assignee:none is:open priority:high zip")
    page.go_back()
    expect(page.locator("#search")).to_have_value("tag:invoice assignee:none is:open priority:high")

    page.keyboard.press("Shift+F")
    panel.get_by_label("Words").fill(" ".join(f"word{n}" for n in range(70)))
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("too long for one search")
    panel.get_by_role("link", name="Clear").click()
    expect(panel.get_by_label("Words")).to_have_value("")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert [one for one in page.problems if "422" not in one] == []

    phone = as_agent(alice, path="/desk/views/open/", viewport=PHONE)
    phone.locator("#filter").click()
    phone.get_by_text("More filters").click()
    phone.get_by_label("New", exact=True).check()
    assert violations(phone) == []
    phone.get_by_role("button", name="Show tickets").click()
    expect(phone.locator("#rows .row")).to_have_count(2)
    assert phone.problems == []
