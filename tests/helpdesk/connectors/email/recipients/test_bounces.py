"""Reports about mail that was taken: whom they fail, and whom they do not."""

import pytest

from helpdesk.connectors.email.recipients import bounce_address
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import assign_ticket, close_ticket
from helpdesk.tickets.models import Message
from helpdesk.tickets.outcomes import note_report
from tests.factories import by
from tests.helpdesk.connectors.email.recipients.answering import (
    BOB,
    CARLA,
    DORA,
    answer,
    came_in,
    send,
    states,
)
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db


def bounce(message: Message, status: str, *, blocks: dict[str, str]) -> bytes:
    """A report of RFC 3464 with one block a recipient: address -> action."""
    told = "\r\n".join(
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\r\n"
        for address, action in blocks.items()
    )
    return (
        "From: Mail Delivery System <MAILER-DAEMON@relay.example>\r\nTo: x@example.com\r\n"
        "Subject: Delivery Status Notification\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"{told}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{message.external_id}>\r\n\r\n--b--\r\n"
    ).encode()


def report(message: Message, status: str, **blocks: dict[str, str]) -> None:
    body = bounce(message, status, **blocks)
    assert came_in(body, message.inbox, bounce_address(message.inbox, message.pk)).outcome == "bounce"
    message.refresh_from_db()


def test_a_bounce_fails_whom_it_names_brings_the_ticket_back_and_is_told_to_the_assignee(
    ticket, alice, server
):
    message = send(answer(ticket, alice))
    assign_ticket(ticket, to=alice, by=by(alice))
    close_ticket(ticket, by=by(alice))
    report(message, "5.1.1", blocks={CARLA: "failed"})
    ticket.refresh_from_db()
    assert states(message) == {CARLA: "failed", BOB: "sent", DORA: "sent"}
    assert (message.state, ticket.status) == ("failed", "open")
    assert "no such user" in message.error
    notice = Notice.objects.get(kind="delivery_failed")
    assert (notice.user, notice.url) == (alice, f"/desk/tickets/{ticket.pk}/")
    report(message, "5.1.2", blocks={CARLA: "failed"})  # another report of the same
    assert Notice.objects.count() == 1 and Event.objects.filter(name="message.failed").count() == 1


def test_a_report_of_delay_fails_nothing_and_one_of_success_is_believed(ticket, alice, server):
    message = send(answer(ticket, alice, cc=[BOB]))
    report(message, "4.4.1", blocks={CARLA: "delayed"})
    assert (states(message)[CARLA], message.state) == ("delayed", "sent")
    assert not Event.objects.filter(name="message.failed").exists()
    report(message, "2.0.0", blocks={CARLA: "delivered"})
    assert (states(message), message.state) == ({CARLA: "delivered", BOB: "sent"}, "sent")
    report(message, "2.0.0", blocks={BOB: "delivered"})
    assert message.state == "delivered" and message.delivered_at


def test_a_report_about_a_forwarded_address_counts_for_the_only_recipient(ticket, alice, server):
    message = send(answer(ticket, alice, cc=()))
    report(message, "5.1.1", blocks={"elsewhere@forwarded.example": "failed"})
    assert states(message) == {CARLA: "failed"}


@pytest.mark.django_db(transaction=True)
def test_a_report_about_an_address_we_do_not_know_calls_none_of_ours_a_dead_one(ticket, alice, server):
    """One of the three has mail handed on to it, and nobody can tell which."""
    message = send(answer(ticket, alice))
    words = "gone@forwarded.example: 550 5.1.1 User unknown"
    note_report(message, "bounced", addresses=["gone@forwarded.example"], reason=words)
    assert Message.objects.get(pk=message.pk).state == "failed"
    assert not Contact.objects.filter(attributes__has_key="mail_bounces").exists()
    note_report(
        send(answer(ticket, alice)), "bounced", addresses=[BOB], reason=f"{BOB}: 550 5.1.1 User unknown"
    )
    marked = Contact.objects.filter(attributes__has_key="mail_bounces")
    assert [contact.email for contact in marked] == [BOB.lower()]


def test_who_answers_has_the_mail_whatever_a_report_said(ticket, alice, server):
    message = send(answer(ticket, alice, cc=()))
    report(message, "5.1.1", blocks={CARLA: "failed"})
    back = mail("Thanks!", message_id="<m2@customer.example>", in_reply_to=f"<{message.external_id}>")
    assert came_in(back, ticket.inbox).outcome == "appended"
    message.refresh_from_db()
    assert (states(message), message.state) == ({CARLA: "delivered"}, "delivered")
