"""A rush: 3,000 visitors on the site and 200 chats that wait. A manager sees it and calls somebody to the chats."""

from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import expect

from helpdesk import clock
from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.presence import note_all
from helpdesk.tickets.models import Ticket
from routing.models import Membership, Workload
from tests.factories import make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.holding import held_back

VISITORS, WAITING, SERVED = 3_000, 200, 7
PATIENT = 30_000  # milliseconds
AN_HOUR = 3600  # seconds


def a_rush(inbox, department, agents) -> None:
    """Rows of waiting chats, a few served ones, and everybody who is on the site, in Redis."""
    visitors, now = [uuid4() for _ in range(VISITORS)], clock.now()
    talking = visitors[: WAITING + SERVED]
    people = Contact.objects.bulk_create(Contact(name=f"Visitor {number}") for number in range(len(talking)))
    ContactIdentity.objects.bulk_create(
        ContactIdentity(contact=person, kind=ContactIdentity.Kind.VISITOR, value=str(visitor))
        for person, visitor in zip(people, talking, strict=True)
    )
    Ticket.objects.bulk_create(
        a_chat(number, person, inbox, department, agents, now) for number, person in enumerate(people)
    )
    note_all({one: {"inbox": inbox.pk, "url": "https://shop.example/", "lasts": AN_HOUR} for one in visitors})


def a_chat(number, person, inbox, department, agents, now) -> Ticket:
    began = now - timedelta(seconds=30 + 3 * number)
    is_served = number >= WAITING
    times = dict.fromkeys(
        ("created_at", "updated_at", "last_message_at", "first_asked_at", "queued_at"), began
    )
    return Ticket(
        subject=f"Question {number}",
        inbox=inbox,
        channel="webchat",
        department=department,
        contact=person,
        status="open" if is_served else "new",
        assignee=agents[number % len(agents)] if is_served else None,
        first_replied_at=now if is_served else None,
        waiting_since=None if is_served else began,
        **times,
    )


def counted_by_hand() -> int:
    """How many wait for a first answer."""
    unanswered = Ticket.objects.filter(first_replied_at=None, status__in=("new", "open"))
    return sum(ticket.waiting_since is not None for ticket in unanswered)


def asks_again(request) -> bool:
    return request.url.endswith("/monitor/") and "hx-request" in request.headers


def test_a_manager_calls_an_agent_to_the_chats_in_a_rush(as_agent):
    lead, mia = make_agent("Lea Lead", password=PASSWORD), make_agent("Mia Mail")
    department = make_department("Support", members=(lead, mia))
    Membership.objects.filter(user=lead).update(role="lead")
    Workload.objects.create(user=mia, channels=["email"])
    inbox = make_inbox("webchat", name="Shop", department=department)
    a_rush(inbox, department, [mia])
    note_at_desk(mia)

    page = as_agent(lead, "/monitor/")
    queue = page.locator(".tile", has_text="In the queue").locator(".tile-figure")
    expect(queue).to_have_text(str(counted_by_hand()), timeout=PATIENT)
    expect(page.get_by_text(f"{VISITORS} visitors are on the sites")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("High load:")).to_be_visible(timeout=PATIENT)  # the sweep has seen it
    longest = page.locator("#monitor-waiting").locator("xpath=ancestor::section").locator("tbody tr").first
    expect(longest).to_contain_text(f"Question {WAITING - 1}")

    row = page.locator(".monitor-agent", has_text="Mia Mail")
    chat = row.get_by_role("button", name="Chat")
    with page.expect_response("**/monitor/") as answer, held_back(page, asks_again) as wait:
        wait()
        row.get_by_text("Recall", exact=True).click()
        expect(chat).to_be_visible(timeout=PATIENT)
    answer.value.finished()
    expect(chat).to_be_visible()  # what was asked for before does not close the menu
    chat.click()
    expect(row).to_contain_text("called to Chat", timeout=PATIENT)
    called = Workload.objects.get(user=mia)
    assert called.recalled_to == ["webchat"] and called.recalled_by == lead

    Ticket.objects.filter(subject__in=[f"Question {number}" for number in range(50)]).update(
        status="closed", waiting_since=None
    )
    expect(queue).to_have_text(str(counted_by_hand()), timeout=PATIENT)  # by itself
    assert counted_by_hand() == WAITING - 50

    page.goto("/desk/visitors/")
    expect(page.get_by_text("So many are here")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".visitors-table tbody tr")).to_have_count(WAITING - 50 + SERVED, timeout=PATIENT)
    assert page.problems == []
