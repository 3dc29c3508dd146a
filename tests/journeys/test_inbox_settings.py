"""A mail inbox is set up in the browser: few fields until more are needed, a test of the server, a provider's webhook that works."""

import httpx
from playwright.sync_api import expect

from helpdesk.demo.models import SentMail
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import LoopStop, Shortcut, Ticket
from routing.models import Trigger
from tests.factories import make_admin, make_inbox
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually


def mail_by_postmark(number: int) -> dict:
    return {
        "FromFull": {"Email": "carla@customer.example", "Name": "Carla"},
        "ToFull": [{"Email": "support@example.com", "Name": ""}],
        "OriginalRecipient": "support@example.com",
        "Subject": f"Question {number}",
        "TextBody": "Where is my parcel?",
        "Headers": [{"Name": "Message-ID", "Value": f"<q{number}@customer.example>"}],
    }


def test_an_admin_sets_up_a_mail_inbox_and_hears_of_a_loop(site, as_agent):
    inbox = make_inbox(name="Support", address="support@example.com")
    Shortcut.objects.create(name="thanks", text="We have your mail.")
    Trigger.objects.create(
        name="Thanks", on=["ticket.created"], actions=[{"do": "answer", "value": "thanks"}]
    )
    page = as_agent(make_admin("Ada", password=PASSWORD), "/settings/inboxes/")
    page.get_by_role("main").get_by_role("link", name="Support").click()

    # Receiving: what is not needed is not seen.
    page.get_by_role("link", name="Receiving").click()
    expect(page.get_by_label("Mail provider", exact=True)).to_be_hidden()
    page.get_by_label("Fetch mail from a mailbox").check()
    expect(page.get_by_label("Server", exact=True)).to_be_hidden()
    page.get_by_label("Mail provider", exact=True).select_option(label="Another mail server")
    page.get_by_label("Server", exact=True).fill("127.0.0.1")
    page.get_by_text("OAuth", exact=True).click()
    expect(page.get_by_label("Refresh token")).to_be_visible()
    page.get_by_text("a password", exact=True).click()
    page.get_by_label("Password", exact=True).fill("open sesame")
    page.get_by_role("button", name="Save and test the connection").click()
    expect(page.get_by_text("Saved, but it does not work yet.")).to_be_visible()
    page.get_by_label("Fetch mail from a mailbox").uncheck()
    page.get_by_role("button", name="Save").first.click()

    # A provider's webhook: the secret is shown once, and works.
    page.get_by_label("Provider", exact=True).select_option(label="Postmark")
    page.locator("form", has=page.get_by_label("Provider", exact=True)).get_by_role(
        "button", name="Save"
    ).click()
    address = page.locator("copy-text code", has_text="/postmark/inbound/").inner_text()
    secret = Inbox.objects.get(pk=inbox.pk).secrets["webhook_secret"]
    assert secret in address
    assert violations(page) == []
    for number in range(4):
        assert httpx.post(address, json=mail_by_postmark(number), timeout=20).status_code == 200
    eventually(lambda: Ticket.objects.filter(inbox=inbox).count() == 4)
    eventually(lambda: LoopStop.objects.filter(closed_at=None).count() == 1)

    # Four questions in a minute: two thanks, then silence, and Ada knows.
    page.goto(f"/settings/inboxes/{inbox.pk}/health/")
    expect(page.get_by_text("No automatic answers to carla@customer.example.")).to_be_visible()
    expect(page.get_by_text("The last call was taken.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Notices: 1 unread").click()
    page.get_by_role("link", name="No more automatic answers to carla@customer.example").click()
    expect(page).to_have_url(f"{site.url}/settings/loops/")
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    page.get_by_role("button", name="Allow again").click()
    expect(page.get_by_text("Automatic answers may go to carla@customer.example again.")).to_be_visible()
    eventually(lambda: SentMail.objects.filter(recipients__contains=["carla@customer.example"]).count() == 2)
    assert not page.problems
