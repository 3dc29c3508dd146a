"""A teammate forwards a customer's mail to the helpdesk: the customer asks, the teammate's words stay with the team."""

from email.message import EmailMessage

import pytest

from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import reply
from tests.factories import by, handle_raw, make_agent, make_inbox
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db
ALICE = "alice@shop.example"

GMAIL = """Please take this one, she is an old customer.

---------- Forwarded message ---------
From: Carla Verdi <carla@customer.example>
Date: Sun, Nov 22, 2026 at 9:14 AM
Subject: Broken pole
To: <alice@shop.example>


One pole of my tent is broken.
Can you send another?
"""
OUTLOOK = """Bitte übernehmen.

Von: Carla Verdi <carla@customer.example>
Gesendet: Sonntag, 22. November 2026 09:14
An: Alice <alice@shop.example>
Betreff: Broken pole

One pole of my tent is broken.
Can you send another?
"""
APPLE = """Please take this one.

> Begin forwarded message:
>
> From: Carla Verdi <carla@customer.example>
> Subject: Broken pole
> Date: 22 November 2026 at 09:14:00 CET
> To: alice@shop.example
>
> One pole of my tent is broken.
> Can you send another?
"""
WORDS = "One pole of my tent is broken.\nCan you send another?"


@pytest.fixture
def alice():
    return make_agent("Alice", email=ALICE)


@pytest.fixture
def inbox():
    return make_inbox(address="support@example.com", name="Shop")


def take(raw_mail, inbox):
    raw = store_raw(
        raw_mail, inbox=inbox, door="smtp", recipient="support@example.com", sender="alice@shop.example"
    )
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def forwarded(body, subject="Fwd: Broken pole", **fields):
    return mail(body, from_=f"Alice <{ALICE}>", subject=subject, message_id="<f1@shop.example>", **fields)


def attached():
    """The mail hangs on whole, beside a photo that Alice added."""
    inner = EmailMessage()
    inner["From"], inner["To"] = "Carla Verdi <carla@customer.example>", ALICE
    inner["Subject"], inner["Message-ID"] = "Broken pole", "<first@customer.example>"
    inner.set_content(WORDS)
    inner.add_attachment(b"receipt", maintype="application", subtype="pdf", filename="receipt.pdf")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = ALICE, "support@example.com", "see attached"
    outer["Message-ID"] = "<f2@shop.example>"
    outer.set_content("Please take this one.")
    outer.add_attachment(inner)
    outer.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="shelf.png")
    return outer.as_bytes()


@pytest.mark.parametrize(
    ("subject", "body", "note"),
    [
        ("Fwd: Broken pole", GMAIL, "Please take this one, she is an old customer."),
        ("WG: Broken pole", OUTLOOK, "Bitte übernehmen."),
        ("Fwd: Broken pole", APPLE, "Please take this one."),
        ("转发: Broken pole", GMAIL, "Please take this one, she is an old customer."),
    ],
    ids=["gmail", "outlook", "apple", "chinese"],
)
def test_the_customer_inside_a_forward_is_the_one_who_asks(inbox, alice, subject, body, note):
    raw = take(forwarded(body, subject), inbox)
    ticket, message = raw.ticket, raw.message
    assert (raw.outcome, raw.reason) == ("created", "Forwarded by Alice.")
    assert (ticket.contact.email, ticket.contact.name) == ("carla@customer.example", "Carla Verdi")
    assert (ticket.subject, message.text, message.author_name) == ("Broken pole", WORDS, "Carla Verdi")
    assert (message.user, ticket.assignee) == (alice, None)
    kept = ticket.messages.get(kind="note")
    assert (kept.text, kept.user, kept.author_kind) == (note, alice, "agent")


def test_a_mail_that_hangs_on_whole_gives_up_its_files_too(inbox, alice):
    ticket = take(attached(), inbox).ticket
    message = ticket.messages.get(kind="incoming")
    assert (ticket.contact.email, message.text.strip()) == ("carla@customer.example", WORDS)
    assert sorted(file.name for file in message.attachments.all()) == ["receipt.pdf", "shelf.png"]
    assert ticket.messages.get(kind="note").text == "Please take this one."


def test_the_answer_goes_to_the_customer(inbox, alice, outbox):
    ticket = take(forwarded(GMAIL), inbox).ticket
    message = reply(ticket, "It is on its way.", by=by(alice))
    assert message.contact.email == "carla@customer.example"
    assert ALICE not in message.to + message.cc


def test_a_forward_of_a_mail_that_is_here_already_joins_its_ticket(inbox, alice):
    known = take(mail(WORDS, from_="carla@customer.example", message_id="<first@customer.example>"), inbox)
    raw = take(attached(), inbox)
    assert (raw.outcome, raw.ticket) == ("appended", known.ticket)


def test_a_forward_that_came_twice_is_there_once(inbox, alice):
    take(forwarded(GMAIL), inbox)
    assert take(forwarded(GMAIL), inbox).outcome == "duplicate"
    assert Ticket.objects.get().messages.count() == 2


def test_without_words_above_it_there_is_no_note(inbox, alice):
    ticket = take(forwarded(GMAIL.partition("\n\n")[2]), inbox).ticket
    assert not ticket.messages.filter(kind="note").exists()


def test_what_a_customer_forwards_is_the_customer_s_own_mail(inbox, alice):
    raw = take(
        mail(GMAIL, from_="dana@customer.example", subject="Fwd: Broken pole", message_id="<d@c>"), inbox
    )
    assert raw.ticket.contact.email == "dana@customer.example"


def test_a_plain_mail_of_a_teammate_is_their_own(inbox, alice):
    raw = take(forwarded("My chair is broken.", "Chair"), inbox)
    assert (raw.ticket.contact.email, raw.message.user) == (ALICE, None)


def test_a_teammate_who_left_is_a_teammate_no_more(inbox, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert take(forwarded(GMAIL), inbox).ticket.contact.email == ALICE


def test_in_a_teammate_s_name_alone_nobody_forwards(inbox, alice):
    """The sender's domain says that the mail is not from there: no power comes of it, and the log says so."""
    inbox.options = {"authserv_id": "mx.shop.example"}
    inbox.save()
    verdict = "mx.shop.example; dmarc=fail header.from=shop.example"
    raw = take(forwarded(GMAIL, authentication_results=verdict), inbox)
    assert (raw.ticket.contact.email, raw.message.sender_check) == (ALICE, "fail")
    assert "does not vouch" in raw.reason
    assert not raw.ticket.messages.filter(kind="note").exists()


def test_the_check_of_a_forward_is_about_the_forwarder(inbox, alice):
    inbox.options = {"authserv_id": "mx.shop.example"}
    inbox.save()
    verdict = "mx.shop.example; dmarc=pass header.from=shop.example"
    ticket = take(forwarded(GMAIL, authentication_results=verdict), inbox).ticket
    checks = {message.kind: message.sender_check for message in ticket.messages.all()}
    assert checks == {"incoming": "", "note": "pass"}
