"""A macro from its writing to its undo, by keyboard, for a customer who speaks another language."""

from playwright.sync_api import expect

from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Message, ShortcutUse
from tests.factories import make_agent, make_inbox, make_ticket
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD


def write_macro(page):
    page.goto("/settings/shortcuts/new/")
    page.fill("[name=name]", "refund")
    page.fill("[name=text_en]", "Hello {{customer.first_name}}")
    page.locator("summary", has_text="Italiano").click()
    page.fill("[name=text_it]", "Ciao {{customer.first_name}}, {{customer.phone}}.")
    expect(page.locator("#shortcut-preview")).to_contain_text("Ciao Carla, +39 051 000000.")
    for kind, value in (("tag", "rimborso"), ("close", "")):
        page.select_option("[data-kinds]", kind)
        page.click("[data-add]")
        if value:
            page.keyboard.type(value)
    expect(page.locator("#shortcut-preview")).to_contain_text("Add the tag: rimborso")
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".settings-line")).to_contain_text("/refund")


def test_a_macro_is_written_used_in_another_language_by_keyboard_and_taken_back(as_agent):
    alice = make_agent("Alice Ray", password=PASSWORD)
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": 120})
    page = as_agent(alice, "/settings/shortcuts/")
    write_macro(page)
    ticket = make_ticket(make_inbox(), name="Carla Rossi", language="it")
    page.goto(f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")

    page.keyboard.press("r")
    page.keyboard.type("/refu")
    expect(page.locator("[aria-selected=true]", has_text="/refund")).to_contain_text("Ciao Carla")
    assert violations(page) == []
    page.keyboard.press("Enter")
    text = page.locator("#composer-text")
    expect(text).to_have_value("Ciao Carla, {{customer.phone}}.")
    page.reload()
    page.wait_for_selector("html[data-live=live]")
    expect(page.locator(".composer-staged")).to_contain_text("Add the tag: rimborso")
    expect(page.locator(".composer-staged [data-blank]")).to_contain_text("not known")

    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Not filled in: {{customer.phone}}")
    page.locator(".composer-staged [data-blank] button").click()
    page.keyboard.type("tutto bene")
    expect(text).to_have_value("Ciao Carla, tutto bene.")
    expect(page.locator(".composer-staged [data-blank]")).to_have_count(0)

    page.keyboard.press("Control+Enter")
    expect(page.locator(".message--outgoing")).to_contain_text("tutto bene")
    expect(page.locator(".about-tags .chip")).to_have_text("rimborso")
    page.get_by_role("button", name="Take the answer back").click()
    expect(text).to_have_value("Ciao Carla, tutto bene.")
    expect(page.locator(".composer-staged")).to_contain_text("/refund")
    expect(page.locator(".about-tags .chip")).to_have_count(0)
    assert not Message.objects.filter(ticket=ticket, kind="outgoing").exists()
    assert ShortcutUse.objects.get(user=alice).count == 1
    assert [one for one in page.problems if "422" not in one] == []
