"""Taking an answer back: in a real browser, with the real worker that would send it."""

import pytest
from playwright.sync_api import Route, expect

from helpdesk.demo.models import SentMail
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Message
from helpdesk.tickets.outcomes import note_report
from tests.factories import make_agent, make_inbox, make_ticket
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually


@pytest.fixture
def ticket():
    return make_ticket(make_inbox(address="support@example.com"), subject="Parcel")


def give_to_undo(seconds: int) -> None:
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": seconds})


def test_an_answer_taken_back_stands_in_the_composer_and_only_its_second_version_leaves(as_agent, ticket):
    desk = as_agent(make_agent("Alice Ray", password=PASSWORD), f"/desk/tickets/{ticket.pk}/")
    ben = as_agent(make_agent("Ben Holt", password=PASSWORD), f"/desk/tickets/{ticket.pk}/")
    give_to_undo(120)
    text = desk.locator("#composer-text")
    text.fill("It is in Grtz.")
    desk.locator("#send").click()
    expect(desk.locator("undo-window")).to_contain_text("Sent in")
    expect(ben.locator(".message--outgoing")).to_contain_text("It is in Grtz.")
    expect(ben.get_by_role("button", name="Take the answer back")).to_have_count(0)

    text.fill("Begun meanwhile")
    desk.get_by_role("button", name="Take the answer back").click()
    expect(text).to_have_value("It is in Grtz.\n\nBegun meanwhile")
    for page in (desk, ben):
        expect(page.locator(".message--outgoing")).to_have_count(0)

    give_to_undo(5)
    text.fill("It is in Graz.")
    desk.locator("#send").click()
    expect(desk.locator(".message--outgoing")).to_contain_text("It is in Graz.")
    desk.goto("/desk/views/open/")  # who leaves the page changes nothing
    message = eventually(lambda: Message.objects.filter(kind="outgoing", state="sent").first())
    assert message.text == "It is in Graz."
    assert SentMail.objects.count() == 1
    desk.goto(f"/desk/tickets/{ticket.pk}/")
    expect(desk.locator(f"#message-{message.pk} .message-state")).to_contain_text("Sent")
    expect(desk.locator("undo-window")).to_have_count(0)

    expect(desk.locator("html")).to_have_attribute("data-live", "live")
    note_report(message, "bounced", reason="550 5.1.1 User unknown")
    desk.get_by_role("button", name="Try again").click()  # a button that came while the page was open
    assert eventually(lambda: SentMail.objects.count() == 2)
    expect(desk.locator(f"#message-{message.pk} .message-state")).to_contain_text("Sent")
    assert desk.problems == [] and ben.problems == []


def test_an_answer_taken_back_before_the_answer_to_sending_it_has_come_is_not_lost(as_agent, ticket):
    give_to_undo(120)
    desk = as_agent(make_agent("Alice Ray", password=PASSWORD), f"/desk/tickets/{ticket.pk}/")
    expect(desk.locator("html")).to_have_attribute("data-live", "live")
    late = {}  # what the server has answered already, and this page has not heard

    def answer_late(route: Route) -> None:
        late["undo" if "/undo/" in route.request.url else "send"] = route, route.fetch()

    desk.route("**/messages/**", answer_late)
    text = desk.locator("#composer-text")
    text.fill("It is in Grtz.")
    desk.locator("#send").click()
    expect(desk.locator("undo-window")).to_be_visible()  # by the news
    text.fill("Begun meanwhile")
    desk.get_by_role("button", name="Take the answer back").click()
    eventually(lambda: len(late) == 2 or desk.wait_for_timeout(20))
    for each in ("send", "undo"):
        route, response = late[each]
        route.fulfill(response=response)
    expect(text).to_have_value("It is in Grtz.\n\nBegun meanwhile")
    assert desk.problems == []
