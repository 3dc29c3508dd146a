"""A shared mailbox on a mail server: what is delivered there stands in the desk within seconds, also after the server fell."""

import time

import pytest
from playwright.sync_api import expect

from helpdesk.connectors.email.models import ImapFolder
from helpdesk.inboxes.models import RawMessage
from tests.dovecot import PASSWORD as MAIL_PASSWORD
from tests.dovecot import Dovecot
from tests.factories import make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually

SOON = (
    15.0  # seconds from the delivery until an agent sees it: half of the pause of a helpdesk that has to ask
)


@pytest.fixture
def dovecot():
    server = Dovecot()
    server.start()
    yield server
    server.end()


@pytest.fixture
def inbox(dovecot):
    department = make_department("Support", members=(make_agent("Alice Moreau", password=PASSWORD),))
    return make_inbox(
        name="Fernweh Supply",
        address="support@example.com",
        department=department,
        options=dovecot.options(dovecot.new_user()),
        secrets={"imap_password": MAIL_PASSWORD},
    )


def mail(subject):
    lines = [
        "From: Carla Verdi <carla@customer.example>",
        "To: support@example.com",
        f"Subject: {subject}",
        f"Message-Id: <{subject.split()[0].lower()}@customer.example>",
        "",
        "Where is my parcel?",
        "",
    ]
    return "\r\n".join(lines).encode()


def is_listening(inbox):
    folder = ImapFolder.objects.filter(inbox=inbox, state="ok", reconciled_at__isnull=False)
    return folder.exists()


def test_a_mail_in_the_mailbox_is_a_ticket_on_the_screen_within_seconds_and_after_a_fall_of_the_server(
    site, as_agent, dovecot, inbox
):
    desk = as_agent(inbox.department.members.get(), "/desk/views/open/")
    expect(desk.get_by_text("Live", exact=True).first).to_be_visible()
    eventually(lambda: is_listening(inbox))
    user = inbox.options["imap_user"]
    dovecot.deliver(user, mail("Hello to programs that have only just started"))
    expect(desk.get_by_text("Hello to programs").first).to_be_visible()
    for subject in ("Refund of my tent", "Invoice wanted"):
        dovecot.deliver(user, mail(subject))
        delivered_at = time.monotonic()
        expect(desk.get_by_text(subject).first).to_be_visible(timeout=SOON * 1000)
        print(f"on the screen after {time.monotonic() - delivered_at:.2f} s")

    dovecot.kill()
    eventually(lambda: ImapFolder.objects.get(inbox=inbox).state == "away")
    dovecot.start()
    dovecot.deliver(user, mail("Parcel is back"))
    expect(desk.get_by_text("Parcel is back").first).to_be_visible(timeout=30_000)

    dovecot.kill()
    dovecot.deal_out_uids_anew(user)
    dovecot.start()
    dovecot.deliver(user, mail("Address was wrong"))
    expect(desk.get_by_text("Address was wrong").first).to_be_visible(timeout=30_000)
    eventually(lambda: is_listening(inbox) and ImapFolder.objects.get(inbox=inbox).stored_count == 5)
    assert RawMessage.objects.filter(outcome="created").count() == RawMessage.objects.count() == 5
    assert desk.problems == []
