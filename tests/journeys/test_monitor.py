"""A rush: 3,000 visitors on the site and 200 chats that wait. A manager sees it and calls somebody to the chats."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import expect

from helpdesk import clock
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import Contact, ContactIdentity, User
from helpdesk.people.presence import note_all
from helpdesk.tickets.actions import assign_ticket, close_ticket, mark_spam
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.surveys import rate_ticket
from helpdesk.tickets.writing import reply
from routing.models import Membership, Promise, ServicePolicy, Workload
from routing.service.policies import save_policy
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket
from tests.journeys.conftest import PASSWORD
from tests.journeys.holding import held_back
from tests.journeys.monitor_by_hand import by_hand, shown
from tests.journeys.outage import eventually

VISITORS, WAITING, SERVED, GAVE_UP = 3_000, 200, 7, 4
PATIENT = 30_000  # milliseconds
AN_HOUR = 3600  # seconds


def a_rush(inbox, department, agents) -> set[str]:
    """Rows of waiting chats, a few served ones, and everybody who is on the site, in Redis: but for those who gave up."""
    visitors, now = [uuid4() for _ in range(VISITORS + GAVE_UP)], clock.now()
    talking = visitors[: WAITING + SERVED]
    people = Contact.objects.bulk_create(Contact(name=f"Visitor {number}") for number in range(len(talking)))
    ContactIdentity.objects.bulk_create(
        ContactIdentity(contact=person, kind=ContactIdentity.Kind.VISITOR, value=str(visitor))
        for person, visitor in zip(people, talking, strict=True)
    )
    Ticket.objects.bulk_create(
        a_chat(number, person, inbox, department, agents, now) for number, person in enumerate(people)
    )
    here = visitors[GAVE_UP:]
    note_all({one: {"inbox": inbox.pk, "url": "https://shop.example/", "lasts": AN_HOUR} for one in here})
    return {str(one) for one in here}


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


def an_hour_of_mail(inbox, agent) -> None:
    """Mails of the last hour: some answered, rated, late or soon to be, one whose customer waits again, one that is spam."""
    now = clock.now()
    for number, (waited, score) in enumerate([(31, 5), (240, 2), (1_000, 4), (1_500, None)]):
        with clock.frozen_at(now - timedelta(minutes=50 - number)):
            ticket = make_ticket(inbox, email=f"c{number}@customer.example")
            assign_ticket(ticket, to=agent, by=SYSTEM)
        with clock.frozen_at(now - timedelta(minutes=50 - number) + timedelta(seconds=waited)):
            reply(ticket, "It is on its way.", by=by(agent))
        if score:
            with clock.frozen_at(now - timedelta(minutes=5)):
                close_ticket(ticket, by=by(agent))
                closed = Event.objects.get(ticket=ticket, name="ticket.closed")
                rate_ticket(send_survey(closed), score=score, by=Actor.customer(ticket.contact))
    with clock.frozen_at(now - timedelta(minutes=20)):
        customer_writes(inbox, "And now?", ticket_id=ticket.pk, email=ticket.contact.email)
    for minutes_ago in (100, 110, 120):
        with clock.frozen_at(now - timedelta(minutes=minutes_ago)):
            make_ticket(inbox, email=f"since{minutes_ago}@customer.example")
    mark_spam(make_ticket(inbox, email="spam@customer.example"), by=SYSTEM)


def promise_a_solution(within: int) -> None:
    """To everybody, in `within` seconds; said to be near from two thirds on."""
    times = {str(priority): {"resolution": within} for priority in (1, 2, 3, 4)}
    save_policy(
        ServicePolicy(
            name="Today",
            targets=times,
            in_hours=False,
            warns_at=66,
            counts_from=clock.now() - timedelta(days=1),
        )
    )


def expect_as_by_hand(page, here, serves) -> dict:
    """The page shows what a count from the tables gives for the moment it names; it gets as long as a busy machine needs."""

    def is_so() -> bool:
        for agent in User.objects.agents():
            note_at_desk(agent)
        seen.update(shown(page))
        wanted.update(by_hand(seen["at"], here=here, serves=serves))
        return seen == wanted

    seen, wanted = {}, {}
    with suppress(AssertionError):
        eventually(is_so, seconds=PATIENT / 1000)
    assert seen == wanted
    return seen


def asks_again(request) -> bool:
    return request.url.endswith("/monitor/") and "hx-request" in request.headers


def test_a_manager_calls_an_agent_to_the_chats_in_a_rush(as_agent):
    lead, mia = make_agent("Lea Lead", password=PASSWORD), make_agent("Mia Mail")
    department = make_department("Support", members=(lead, mia))
    Membership.objects.filter(user=lead).update(role="lead")
    Workload.objects.create(user=mia, channels=["email"])
    inbox = make_inbox("webchat", name="Shop", department=department)
    returns = make_department("Returns", members=(lead, mia))
    here = a_rush(inbox, department, [mia])
    promise_a_solution(within=105 * 60)
    an_hour_of_mail(make_inbox(department=returns), mia)
    serves = {lead.name: {"webchat", "email"}, mia.name: {"email"}}

    eventually(Promise.objects.exclude(near_at=None).exists)  # the worker looks at the clocks

    page = as_agent(lead, "/monitor/")
    tiles = expect_as_by_hand(page, here, serves)["tiles"]
    assert tiles["In the queue"] == [
        "203",
        "203 nobody’s",
    ]  # 200 chats, three mails; the one that waits again is answered
    assert tiles["Promises"] == ["2", "late; 1 soon"]
    assert tiles["Missed chats, 30 min"][0] == str(GAVE_UP)
    expect(page.get_by_text(f"{VISITORS} visitors are on the sites")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("High load:")).to_be_visible(timeout=PATIENT)  # the sweep has seen it
    longest = (
        page.locator("#monitor-waiting").locator("xpath=ancestor::section").locator("tbody tr").nth(3)
    )  # after the mails
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

    serves[mia.name] = {"webchat"}
    assert expect_as_by_hand(page, here, serves)["agents"][mia.name] == [f"{3 * SERVED} of 12"]
    Ticket.objects.filter(subject__in=[f"Question {number}" for number in range(50)]).update(
        status="closed", waiting_since=None
    )
    assert expect_as_by_hand(page, here, serves)["tiles"]["In the queue"][0] == "153"  # by itself

    page.goto("/desk/visitors/")
    expect(page.get_by_text("So many are here")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".visitors-table tbody tr")).to_have_count(WAITING - 50 + SERVED, timeout=PATIENT)
    assert page.problems == []
