"""The mail story: in by SMTP, answered at the desk, out by SMTP, and threaded whichever way the customer answers."""

import re
import subprocess

import pytest
from playwright.sync_api import Page, expect

from helpdesk import clock
from helpdesk.demo.models import SentMail
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import RawMessage
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Message, Survey, Ticket
from tests.factories import make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import bring_back, eventually, kill, listens

CARLA = "carla@customer.example"
FIRST = "<first.1@customer.example>"


@pytest.fixture
def agent():
    agent = make_agent("Alice Moreau", password=PASSWORD)
    department = make_department("Support", members=(agent,))
    make_inbox(name="Fernweh Supply", address="support@example.com", department=department)
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": 0})
    return agent


@pytest.fixture
def swaks(site):
    """swaks("Subject: ...", to=..., body=...): a mail by the command people test mail servers with."""

    def send(*headers: str, body: str, to: str = "support@example.com") -> None:
        command = ["swaks", "--server", f"127.0.0.1:{site.smtp_port}", "--from", CARLA, "--to", to]
        command += ["--h-From", f"Carla Verdi <{CARLA}>", "--body", body, "--silent", "2"]
        for header in headers:
            command += ["--header", header]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    return send


def answer(desk: Page, text: str) -> None:
    desk.locator("#composer-text").fill(text)
    desk.locator("#send").click()
    expect(desk.locator("#timeline")).to_contain_text(text)


def open_newest_mail(mailbox: Page, subject: str) -> dict[str, str]:
    """Opens the newest mail that shows this subject, without reloading the list; its headers as the page prints them."""
    mailbox.goto("/demo/mailbox/")
    row = mailbox.locator("a.mail-row", has_text=subject).first
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    facts = mailbox.locator("dl.facts")
    expect(facts).to_be_visible()
    return dict(
        zip(facts.locator("dt").all_inner_texts(), facts.locator("dd").all_inner_texts(), strict=True)
    )


def test_a_mail_becomes_a_ticket_is_answered_threaded_closed_and_rated(visit, as_agent, swaks, agent):
    desk = as_agent(agent, "/desk/views/unassigned/")
    swaks("Subject: Where is my tent?", f"Message-Id: {FIRST}", body="I ordered the Fjell 2 on Monday.")
    row = desk.locator("a.row", has_text="Where is my tent?").first
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    timeline = desk.locator("#timeline")
    expect(timeline).to_contain_text("I ordered the Fjell 2 on Monday.")

    answer(desk, "It left us this morning, Carla.")
    mailbox = visit("/demo/mailbox/")
    shown = open_newest_mail(mailbox, "Re: Where is my tent?")
    ticket = Ticket.objects.get()
    message = ticket.messages.get(kind=Message.Kind.OUTGOING)
    assert shown["Message-ID"] == f"<{message.external_id}>"
    assert shown["In-Reply-To"] == shown["References"] == FIRST
    assert re.fullmatch(rf"support\+t{ticket.pk}\.[a-z2-7]{{12}}@example\.com", shown["Reply-To"])
    assert (shown["From"], shown["To"]) == ('"Alice Moreau (Fernweh Supply)" <support@example.com>', CARLA)
    expect(mailbox.locator(".mail-text")).to_contain_text("> I ordered the Fjell 2 on Monday.")

    # by the signed address alone: another subject, no thread headers
    swaks("Subject: Thanks", body="Great, I will be at home.", to=shown["Reply-To"])
    expect(timeline).to_contain_text("Great, I will be at home.", timeout=30_000)
    # by References alone: to the plain address, another subject
    swaks(
        "Subject: One more thing", f"References: {FIRST} {shown['Message-ID']}", body="Are pegs in the bag?"
    )
    expect(timeline).to_contain_text("Are pegs in the bag?", timeout=30_000)
    assert Ticket.objects.get().messages.filter(kind=Message.Kind.INCOMING).count() == 3
    assert list(RawMessage.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "created",
        "appended",
        "appended",
    ]

    answer(desk, "Yes, twelve of them.")
    shown = open_newest_mail(mailbox, "twelve of them")
    references = shown["References"].split()
    assert (references[0], references.count(f"<{message.external_id}>"), len(references)) == (FIRST, 1, 4)
    assert shown["In-Reply-To"] == references[-1]

    desk.get_by_role("button", name=re.compile("^Close")).first.click()
    open_newest_mail(mailbox, "How was our help?")
    letter = mailbox.frame_locator("iframe.mail-frame")
    with mailbox.context.expect_page() as opened:
        letter.get_by_role("link", name="Very good").click()
    rating = opened.value
    expect(rating.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(rating.get_by_role("status")).to_contain_text("Where is my tent?")

    survey = Survey.objects.get(ticket=ticket)
    assert (survey.score, survey.agent, survey.channel) == (5, agent, "email")
    assert Event.objects.filter(name=names.SURVEY_RATED, ticket=ticket, value=5).count() == 1
    expect(timeline).to_contain_text("Carla Verdi rated the help 5 of 5")
    assert SentMail.objects.count() == 3  # two answers and the survey, each once
    assert mailbox.problems == []
    assert desk.problems == []


def test_an_answer_waits_while_the_mail_server_is_away_and_leaves_once_when_it_is_back(
    site, visit, as_agent, swaks, agent
):
    swaks("Subject: Refund?", f"Message-Id: {FIRST}", body="When will it arrive?")
    ticket = eventually(Ticket.objects.first)
    desk = as_agent(agent, f"/desk/tickets/{ticket.pk}/")
    kill(site.programs["mail_sink"])

    answer(desk, "By Friday at the latest.")
    message = eventually(lambda: ticket.messages.filter(state="queued", attempts=1).exclude(error="").first())
    desk.reload()
    expect(desk.locator(f"#message-{message.pk}")).to_contain_text("Connection refused")
    assert not SentMail.objects.exists()

    bring_back(site.programs["mail_sink"], lambda: listens(site.sink_port))
    ticket.messages.filter(pk=message.pk).update(
        next_attempt_at=clock.now()
    )  # the pause before the next try is over
    shown = open_newest_mail(visit(), "Re: Refund?")
    assert shown["Message-ID"] == f"<{message.external_id}>"
    eventually(lambda: Message.objects.get(pk=message.pk).state == "sent")
    assert SentMail.objects.count() == 1
    desk.reload()
    expect(desk.locator(f"#message-{message.pk}")).not_to_contain_text("Connection refused")
