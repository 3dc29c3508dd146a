"""Two tickets become one and two again, one becomes two, and a colleague in copy gets the answer: in a browser."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk.demo.models import SentMail
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Message, Ticket
from tests.factories import customer_writes, make_agent, make_department, make_inbox
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.outage import eventually

CARLA, BRUNO = "carla@customer.example", "bruno@customer.example"


@pytest.fixture
def agent():
    return make_agent("Alice Moreau", password=PASSWORD)


@pytest.fixture
def inbox(agent):
    department = make_department("Support", members=(agent,))
    return make_inbox(name="Fernweh Supply", address="support@example.com", department=department)


def write(inbox, text: str, **fields) -> Ticket:
    return customer_writes(inbox, text, email=fields.pop("email", CARLA), **fields).ticket


def test_two_tickets_are_merged_by_keys_taken_apart_and_followed(as_agent, agent, inbox):
    kept = write(inbox, "The tent came torn.", subject="Torn tent")
    gone = write(inbox, "Torn at the seam.", subject="Re: Torn tent")
    desk = as_agent(agent, f"/desk/tickets/{gone.pk}/")
    timeline, about = desk.locator("#timeline"), desk.locator("#about")
    expect(about.get_by_role("complementary", name="Maybe the same")).to_contain_text(f"#{kept.pk} Torn tent")

    desk.keyboard.press("y")
    dialog = desk.get_by_role("dialog", name=f"Merge #{gone.pk} with another ticket")
    dialog.get_by_role("searchbox").fill(f"#{kept.pk}")
    dialog.get_by_role("link", name=re.compile(f"#{kept.pk}")).press("Enter")
    expect(dialog).to_contain_text(f"1 message of #{gone.pk} goes into #{kept.pk}")
    assert violations(desk) == []
    dialog.get_by_role("button", name="Merge", exact=True).press("Enter")

    expect(dialog).to_be_hidden()
    expect(desk.get_by_text(f"#{gone.pk} is part of #{kept.pk} now.")).to_be_visible()
    expect(timeline).to_contain_text("The tent came torn.")
    expect(timeline).to_contain_text("Torn at the seam.")
    expect(timeline).to_contain_text(f"Alice Moreau merged #{gone.pk} into this")
    expect(desk).to_have_url(re.compile(rf"/desk/tickets/{kept.pk}/(\?|$)"))
    desk.goto(f"/desk/tickets/{gone.pk}/")
    expect(desk.get_by_role("status").filter(has_text=f"You opened #{gone.pk}")).to_be_visible()

    timeline.get_by_role("button", name=f"Take #{gone.pk} out").click()
    expect(timeline).not_to_contain_text("Torn at the seam.")
    expect(timeline.locator("> .message")).to_have_count(1)
    assert Ticket.objects.get(pk=gone.pk).merged_into is None
    desk.goto(f"/desk/tickets/{gone.pk}/")
    expect(timeline).to_contain_text("Torn at the seam.")
    assert desk.problems == []


def test_a_colleague_sees_messages_come_and_go_without_reloading(as_agent, agent, inbox):
    kept = write(inbox, "The tent came torn.", subject="Torn tent")
    gone = write(inbox, "Torn at the seam.", subject="Re: Torn tent", email=BRUNO)
    other = as_agent(make_agent("Bob", password=PASSWORD), f"/desk/tickets/{kept.pk}/")
    third = as_agent(make_agent("Chloe", password=PASSWORD), f"/desk/tickets/{gone.pk}/")
    for page in (other, third):
        expect(page.locator("html")).to_have_attribute("data-live", "live")
    line = other.locator("recipients-line")
    line.get_by_label("Add an address in copy").fill("eve@elsewhere.example,")
    line.get_by_label("Add an address in copy").press("Enter")
    expect(line.get_by_role("listitem")).to_have_text(["Carla", "eve@elsewhere.example"])
    third.locator("#composer-text").fill("Half an answer")
    desk = as_agent(agent, f"/desk/tickets/{gone.pk}/merger/?other={kept.pk}")
    desk.get_by_role("button", name="Merge", exact=True).click()
    expect(other.locator("#timeline")).to_contain_text("Torn at the seam.", timeout=30_000)
    expect(third.locator(".thread")).to_contain_text(f"You opened #{gone.pk}", timeout=30_000)
    expect(third.locator("#composer-text")).to_have_value("Half an answer")
    # Its customer is in the line now, and gets no answer any more once it is taken out; what was typed stays.
    expect(line.locator("input[name=to]")).to_have_count(2, timeout=30_000)
    other.get_by_role("button", name=f"Take #{gone.pk} out").click()
    expect(line.locator("input[name=to]")).to_have_count(1)
    expect(line.locator("input[name=cc]")).to_have_value("eve@elsewhere.example")
    assert desk.problems == other.problems == third.problems == []


def test_a_message_that_does_not_belong_is_split_off_on_a_phone_and_put_back(as_agent, agent, inbox):
    ticket = write(inbox, "The tent came torn.", subject="Torn tent")
    late = customer_writes(inbox, "Also, an invoice please.", email=CARLA, ticket_id=ticket.pk).message
    desk = as_agent(agent, f"/desk/tickets/{ticket.pk}/", viewport=PHONE)
    bubble = desk.locator(f"#message-{late.pk}")
    bubble.get_by_label("Why this message is here").click()
    expect(bubble).to_contain_text("Joined by its reply address")
    expect(bubble.get_by_role("button", name="Split off with all after it")).to_be_in_viewport(ratio=1)
    bubble.get_by_role("button", name="Split off into a new ticket").click()
    expect(desk.locator("#timeline")).not_to_contain_text("Also, an invoice please.")
    fresh = Ticket.objects.get(follow_up_of=ticket)
    assert (fresh.created_at, fresh.messages.get()) == (late.created_at, late)

    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("#timeline")).to_contain_text("Also, an invoice please.")
    assert Message.objects.get(pk=late.pk).ticket == ticket
    assert desk.problems == []


def test_a_colleague_is_put_in_copy_by_keyboard_and_both_get_the_mail(as_agent, agent, inbox):
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": 0})
    ticket = write(inbox, "The tent came torn.", subject="Torn tent")
    desk = as_agent(agent, f"/desk/tickets/{ticket.pk}/")
    line = desk.locator("recipients-line")
    desk.keyboard.press("p")
    desk.keyboard.type(f"{BRUNO},eve@elsewhere.example,")
    expect(line.get_by_role("listitem")).to_have_count(3)
    desk.keyboard.press("Backspace")
    expect(line.get_by_role("listitem")).to_have_count(2)
    desk.locator("#composer-text").fill("We send you both a new one.")
    desk.keyboard.press("Control+Enter")

    mail = eventually(SentMail.objects.first)
    assert sorted(mail.recipients) == [BRUNO, CARLA]
    assert f"Cc: {BRUNO}".encode() in bytes(mail.raw)
    assert b"eve@" not in bytes(mail.raw)
    expect(desk.locator("#about")).to_contain_text(BRUNO)
    expect(line.get_by_role("listitem")).to_have_count(2)

    # the colleague answers from their own mailbox, by that mail's Message-ID
    sent = ticket.messages.get(kind=Message.Kind.OUTGOING)
    answer = customer_writes(
        inbox, "Thank you from me too.", email=BRUNO, name="Bruno", replies_to=[sent.external_id]
    )
    assert (answer.ticket, answer.message.is_by_newcomer) == (ticket, False)
    assert desk.problems == []
