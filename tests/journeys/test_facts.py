"""What is known of a customer, changed beside the conversation by keyboard alone, while a colleague changes it, too."""

from playwright.sync_api import expect

from helpdesk.people.attributes.changing import change_value
from helpdesk.people.models import Contact
from tests.factories import by, make_agent, make_inbox, make_ticket
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD


def plan_of(contact):
    return Contact.objects.get(pk=contact.pk).attributes.get("plan")


def test_a_value_is_changed_taken_back_left_alone_and_not_written_over_unseen(as_agent):
    alice, ben = make_agent("Alice Ray", password=PASSWORD), make_agent("Ben Cole")
    ticket = make_ticket(make_inbox(), name="Carla Rossi")
    contact = ticket.contact
    contact.attributes = {"plan": "Free"}
    contact.save()
    page = as_agent(alice, f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    plan, field = page.get_by_role("link", name="Change Plan"), page.get_by_label("Plan", exact=True)

    page.keyboard.press("Shift+C")
    expect(plan).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("Free")
    assert violations(page) == []
    page.keyboard.press("Control+a")
    page.keyboard.type("Pro")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Plan is saved.")).to_be_visible()
    expect(plan).to_have_text("Pro")
    expect(plan).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(plan).to_have_text("Free")

    page.keyboard.press("Shift+C")
    expect(plan).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("Gold")
    page.keyboard.press("Escape")
    expect(plan).to_be_focused()
    expect(plan).to_have_text("Free")
    assert plan_of(contact) == "Free"

    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Gold")
    change_value(contact, of="person", key="plan", value="Pro", by=by(ben), ticket=ticket)
    page.keyboard.press("Enter")
    expect(page.locator("#fact-error")).to_contain_text("Ben Cole has changed this meanwhile. Now it is Pro.")
    expect(field).to_have_value("Gold")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(plan).to_have_text("Gold")
    assert plan_of(contact) == "Gold"
    assert [one for one in page.problems if "409" not in one] == []
