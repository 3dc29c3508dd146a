"""The day of an agent from the first ticket to an empty list, and a colleague beside her, with nothing but the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from helpdesk.tickets.models import Shortcut, Ticket
from tests.factories import customer_writes, make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually
from tests.journeys.test_chat_to_mail import IS_HEARD


@pytest.fixture
def alice():
    return make_agent("Alice Ray", password=PASSWORD)


@pytest.fixture
def ben():
    return make_agent("Ben Holt", password=PASSWORD)


@pytest.fixture
def inbox(alice, ben):
    support = make_department("Support", members=(alice, ben))
    make_department("Billing", members=(ben,))
    Shortcut.objects.create(
        name="lost",
        text="Hello {{customer.first_name}}, we look for it.",
        actions=[{"do": "tag", "value": "parcel"}],
    )
    return make_inbox(name="Fernweh Supply", address="support@example.com", department=support)


def write(inbox, subject: str, text: str, customer: str) -> Ticket:
    address = f"{customer.lower()}@customer.example"
    return customer_writes(inbox, text, subject=subject, name=customer, email=address).ticket


def at_the_desk(as_agent, user, view: str = "open") -> Page:
    page = as_agent(user, f"/desk/views/{view}/")
    page.wait_for_selector("html[data-live=live]")
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def title(page: Page):
    return page.locator("#ticket-title")


def open_first(page: Page, subject: str) -> None:
    press(page, "j", "Enter")
    expect(title(page)).to_have_text(subject)


def choose_in(page: Page, field: str, words: str) -> None:
    """In the focused list, as somebody who types what they want."""
    expect(page.locator(field)).to_be_focused()
    page.keyboard.type(words)


def statuses() -> set[str]:
    return set(Ticket.objects.filter(merged_into=None).values_list("status", flat=True))


def test_the_day_of_an_agent_by_keyboard_alone(as_agent, inbox, alice, ben):
    write(inbox, "Newsletter", "Please stop it.", "Nora")
    second = write(inbox, "Parcel again", "Any news of my parcel?", "Carla")
    first = write(inbox, "Parcel", "Where is my parcel?", "Carla")
    here, there = at_the_desk(as_agent, alice), at_the_desk(as_agent, ben, "mine")

    # She takes the newest and answers with a macro.
    open_first(here, "Parcel")
    press(here, "m")
    expect(here.locator("#assignee option:checked")).to_have_text("Alice Ray")
    press(here, "r")
    here.keyboard.type("/los")
    expect(here.locator("[aria-selected=true]", has_text="/lost")).to_be_visible()
    press(here, "Enter")
    expect(here.locator("#composer-text")).to_have_value("Hello Carla, we look for it.")
    press(here, "Control+Enter")
    expect(here.locator(".message--outgoing")).to_contain_text("Hello Carla, we look for it.")
    expect(here.locator(".line", has_text="parcel")).to_be_visible()
    assert Ticket.objects.get(pk=first.pk).tags == ["parcel"]

    # The two of Carla are one matter.
    press(here, "Escape", "y")
    dialog = here.get_by_role("dialog", name=f"Merge #{first.pk} with another ticket")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    here.keyboard.type(f"#{second.pk}")
    link = dialog.get_by_role("link", name=re.compile(f"#{second.pk}"))
    expect(link).to_be_visible()
    link.press("Enter")
    expect(dialog).to_contain_text(f"#{second.pk} is Alice Ray’s then.")
    dialog.get_by_role("button", name="Merge", exact=True).press("Enter")
    expect(dialog).to_be_hidden()
    expect(here.locator("#timeline")).to_contain_text("Any news of my parcel?")
    expect(here.locator("#assignee option:checked")).to_have_text("Alice Ray")
    kept = Ticket.objects.get(subject__startswith="Parcel", merged_into=None)

    # A note for Ben, and it is his from now on.
    press(here, "n")
    here.keyboard.type("Your carrier, @Ben")
    here.locator(".typeahead [data-text]", has_text="Ben Holt").wait_for()
    press(here, "Enter", "Control+Enter")
    expect(here.locator(".message--note")).to_contain_text("Your carrier, @Ben Holt")
    press(here, "Escape", "h")
    handover = here.get_by_role("dialog", name=f"Hand over #{kept.pk}")
    expect(handover.locator("#id_department")).to_be_focused()
    eventually(lambda: here.evaluate(IS_HEARD))
    choose_in(here, "#id_department", "Billing")
    expect(handover.locator("#id_agent optgroup[label=Billing]")).to_be_attached()
    press(here, "Tab")
    choose_in(here, "#id_agent", "Ben")
    press(here, "Tab")
    here.keyboard.type("She asks where it is.")
    handover.locator("#hand-over").press("Enter")
    expect(handover).to_be_hidden()
    expect(here.locator("#timeline")).to_contain_text("Alice Ray handed this over to Ben Holt (Billing)")
    expect(here.locator(".message--note").last).to_contain_text("She asks where it is.")
    expect(there.locator("#rows .row")).to_contain_text("Parcel")

    # He snoozes it, changes his mind with one key, and answers.
    open_first(there, kept.subject)
    press(there, "z")
    expect(there.get_by_role("button", name="Tomorrow morning")).to_be_visible()
    press(there, "ArrowDown", "ArrowDown", "Enter")
    expect(there.locator("#rows .row")).to_have_count(0)
    press(there, "v")
    expect(there.locator("#rows .row")).to_have_count(1)

    # What is left of the list goes in one stroke, and comes back with one.
    press(here, "g", "i")
    expect(here.get_by_text("Choose a conversation to read it here.")).to_be_visible()
    press(here, "*")
    expect(here.locator("#several [data-count]")).to_have_text("2")
    press(here, "b", "Enter")
    expect(here.locator("#toasts")).to_contain_text("2 tickets: Closed.")
    assert statuses() == {"closed"}
    expect(here.locator("#rows .row")).to_have_count(0)
    press(here, "Control+z")
    expect(here.locator("#rows .row")).to_have_count(2)
    assert statuses() == {"new", "open"}
    assert here.problems == there.problems == []
