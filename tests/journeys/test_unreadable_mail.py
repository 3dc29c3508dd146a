"""A mail that stalls parsers comes in: it is a ticket that an agent sees and has read again, and the next mail goes on."""

import smtplib

import pytest
from playwright.sync_api import expect

from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.notices.models import Notice
from helpdesk.tickets.models import Ticket
from tests.factories import make_admin, make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually

DEEP = 200
HEAD = "From: Nora Brandt <nora@customer.example>\r\nTo: support@example.com\r\n"


@pytest.fixture
def inbox() -> Inbox:
    return make_inbox(name="Fernweh Supply", address="support@example.com", department=make_department())


def send(site, subject, body):
    with smtplib.SMTP("127.0.0.1", site.smtp_port) as door:
        door.sendmail(
            "nora@customer.example", ["support@example.com"], f"{HEAD}Subject: {subject}\r\n{body}".encode()
        )


def nested() -> str:
    levels = (f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(DEEP))
    return "MIME-Version: 1.0\r\n" + "".join(levels) + "Content-Type: text/plain\r\n\r\nHello\r\n"


def test_a_mail_that_can_not_be_read_is_seen_and_read_again(site, as_agent, inbox):
    admin = make_admin()
    desk = as_agent(make_agent("Alice", password=PASSWORD), "/desk/views/unassigned/")
    send(site, "Quote for 40 backpacks", nested())
    send(site, "Quote for a tent", "\r\nHow much is the Fjell 2?")
    expect(desk.locator("a.row", has_text="Quote for a tent")).to_be_visible(timeout=30_000)
    row = desk.locator("a.row", has_text="Could not be read: Quote for 40 backpacks")
    expect(row).to_be_visible(timeout=30_000)
    eventually(Notice.objects.filter(user=admin).exists)
    assert Notice.objects.count() == 1

    row.click()
    card = desk.locator(".message--unreadable")
    expect(card).to_contain_text("parts are nested more than 120 deep")
    with desk.expect_download() as download:
        card.locator("a.file").click()
    assert download.value.suggested_filename == "Quote for 40 backpacks.eml"
    card.get_by_role("button", name="Read again").click()
    expect(desk.locator("toast-message")).to_contain_text("It still can't be read")

    mend(RawMessage.objects.get(outcome="quarantined"))
    card.get_by_role("button", name="Read again").click()
    expect(desk.locator("toast-message", has_text="Now it could be read.")).to_be_visible()
    expect(desk.locator(".message--incoming")).to_contain_text("Forty, please.")
    expect(desk.locator("#timeline .line", has_text="A mail could not be read:")).to_be_visible()
    expect(desk.locator("#timeline .line", has_text="Alice had the mail read again")).to_be_visible()
    expect(desk.locator("#ticket-title")).to_have_text("Quote for 40 backpacks")
    expect(card).to_have_count(0)
    ticket = Ticket.objects.get(subject="Quote for 40 backpacks")
    assert ticket.attributes == {} and ticket.messages.filter(kind="incoming").count() == 1
    assert desk.problems == []


def mend(raw: RawMessage) -> None:
    """As an update of the helpdesk would: what stands there can be read now."""
    body = f"{HEAD}Subject: Quote for 40 backpacks\r\n\r\nForty, please.\r\n"
    RawMessage.objects.filter(pk=raw.pk).update(body=body.encode())
