"""What an agent does while a message is still on its way: the next message, the next ticket, and a "no" that comes late."""

from contextlib import contextmanager

from playwright.sync_api import expect

from helpdesk.tickets.models import Message
from tests.factories import customer_writes, make_agent, make_ticket
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually

MESSAGES = "**/messages/**"
# After "loadend" the page has done all that it does with an answer.
MARK_ANSWERED = """() => {
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (...body) {
    this.addEventListener("loadend", () => { if (this.responseURL.includes("/messages/")) document.documentElement.dataset.answered = ""; });
    return send.apply(this, body);
  };
}"""


@contextmanager
def held_back(page):
    """What the page posts as a message waits in the list until the block ends."""
    waiting, is_over = [], []
    page.route(MESSAGES, lambda route: route.continue_() if is_over else waiting.append(route))
    yield waiting
    is_over.append(True)
    for route in waiting:
        route.continue_()


def write(page, text):
    page.keyboard.press("r")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def at_the_desk(as_agent, ticket):
    page = as_agent(make_agent("Alice Ray", password=PASSWORD))
    page.goto(f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    return page


def go_on_to(page, ticket):
    page.locator(f"#row-{ticket.pk} a").click()
    expect(page.locator("#ticket-title")).to_have_text(ticket.subject)
    expect(page.locator(f".thread[data-ticket='{ticket.pk}']")).to_be_visible()


def test_the_second_message_is_written_and_sent_while_the_first_is_on_its_way(as_agent):
    ticket = make_ticket(text="Where is my parcel?", subject="Parcel")
    page = at_the_desk(as_agent, ticket)
    with held_back(page) as waiting:
        write(page, "It is in Graz.")
        expect(page.locator("#composer-text")).to_have_value("")
        eventually(lambda: waiting or page.wait_for_timeout(20))
        page.keyboard.type("Tomorrow with you.")
        page.keyboard.press("Control+Enter")
        assert len(waiting) == 1
    expect(page.locator(".message--outgoing")).to_have_count(2)
    expect(page.locator(".message--outgoing").last).to_contain_text("Tomorrow with you.")
    expect(page.locator("#composer-text")).to_have_value("")
    sent = Message.objects.filter(kind=Message.Kind.OUTGOING).order_by("pk")
    assert [message.text for message in sent] == ["It is in Graz.", "Tomorrow with you."]


def test_what_was_sent_is_no_draft_though_words_were_begun_behind_it_and_taken_away(as_agent):
    ticket = make_ticket(text="Where is my parcel?", subject="Parcel")
    page = at_the_desk(as_agent, ticket)
    with held_back(page) as waiting:
        write(page, "It is in Graz.")
        eventually(lambda: waiting or page.wait_for_timeout(20))
        page.keyboard.type("B")
        page.locator("#ticket-title").focus()  # who leaves the box has all of it kept
        page.locator("#composer-text").fill("")
    expect(page.locator(".message--outgoing")).to_contain_text("It is in Graz.")
    expect(page.locator("#composer[data-written]")).to_be_attached()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    expect(page.locator("#composer-text")).to_have_value("")


def test_what_comes_back_of_one_ticket_is_not_drawn_into_the_next(as_agent):
    parcel = make_ticket(text="Where is my parcel?", subject="Parcel")
    invoice = make_ticket(
        text="The invoice is wrong.", subject="Invoice", email="dan@customer.example", name="Dan"
    )
    page = at_the_desk(as_agent, parcel)
    page.evaluate(MARK_ANSWERED)
    with held_back(page):
        write(page, "It is in Graz.")
        expect(page.locator("#composer-text")).to_have_value("")
        page.keyboard.type("And one more thing")
        go_on_to(page, invoice)
        page.keyboard.press("r")
        page.keyboard.type("About your invoice")
    page.wait_for_selector("html[data-answered]")
    expect(page.locator("#ticket-title")).to_have_text("Invoice")
    expect(page.locator(".thread .message")).to_have_count(1)
    expect(page.locator("#about h3").first).to_contain_text(str(invoice.contact))
    expect(page.locator("#composer [data-field=to]")).to_have_text(str(invoice.contact))
    expect(page.locator("#composer-text")).to_have_value("About your invoice")
    go_on_to(page, parcel)
    expect(page.locator("#composer-text")).to_have_value("And one more thing")
    go_on_to(page, invoice)
    expect(page.locator("#composer-text")).to_have_value("About your invoice")


def test_a_message_that_is_refused_after_its_writer_went_on_is_kept_and_told(as_agent):
    parcel = make_ticket(text="Where is my parcel?", subject="Parcel")
    invoice = make_ticket(
        text="The invoice is wrong.", subject="Invoice", email="dan@customer.example", name="Dan"
    )
    page = at_the_desk(as_agent, parcel)
    with held_back(page):
        write(page, "It is in Graz.")
        expect(page.locator("#composer-text")).to_have_value("")
        go_on_to(page, invoice)
        customer_writes(parcel.inbox, "It came!", replies_to=[parcel.messages.get().external_id])
    expect(page.locator("#toasts")).to_contain_text(f"#{parcel.pk}:")
    go_on_to(page, parcel)
    expect(page.locator("#composer-text")).to_have_value("It is in Graz.")
    assert not Message.objects.filter(kind=Message.Kind.OUTGOING).exists()


def test_a_server_that_fails_gives_the_text_back(as_agent):
    ticket = make_ticket(text="Where is my parcel?", subject="Parcel")
    page = at_the_desk(as_agent, ticket)
    page.route(MESSAGES, lambda route: route.fulfill(status=502, body="Bad gateway"))
    write(page, "It is in Graz.")
    expect(page.locator("#toasts")).to_contain_text("502")
    expect(page.locator("#composer-text")).to_have_value("It is in Graz.")
    page.unroute(MESSAGES)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message--outgoing")).to_contain_text("It is in Graz.")


def test_who_was_signed_out_meanwhile_keeps_the_text_and_is_told(as_agent):
    page = at_the_desk(as_agent, make_ticket(text="Where is my parcel?", subject="Parcel"))
    page.context.clear_cookies(name="sessionid")
    write(page, "It is in Graz.")
    expect(page.locator("#toasts")).to_contain_text("You are signed out.")
    expect(page.locator("#composer-text")).to_have_value("It is in Graz.")
