"""Several recipients and several servers: each recipient has a state of its own, over real SMTP connections."""

import asyncio
import time
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from helpdesk import clock
from helpdesk.connectors.email.recipients import bounce_address
from helpdesk.connectors.email.servers import try_sending
from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.people.models import Contact
from helpdesk.supervisor.ports import free_port
from helpdesk.tickets.actions import assign_ticket, close_ticket
from helpdesk.tickets.addressees import add_deliveries
from helpdesk.tickets.delivery import claim, deliver, retry_delivery, transport_of
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Delivery, DeliveryAttempt, Message
from helpdesk.tickets.outcomes import BACK_OFF, note_report, take_handover
from helpdesk.tickets.raw import handle_raw, store_raw
from helpdesk.tickets.writing import reply
from tests.factories import by, forget_transports, make_agent, make_department, make_inbox
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db
CARLA, BOB, DORA = "carla@customer.example", "Bob@customer.example", "dora@other.example"


class Server:
    """A real SMTP server that says of each step what it is told to; keeps what it took."""

    def __init__(self) -> None:
        self.envelopes, self.answers, self.asked = [], {}, []
        self.mail_answer = self.data_answer = ""
        self.hangs_up = self.is_mute_at_the_end = False

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.hangs_up:
            server.transport.abort()
            return "250 never heard"
        if self.data_answer:
            return self.data_answer
        self.envelopes.append(envelope)
        return "250 2.0.0 queued as 4711"

    async def handle_QUIT(self, server, session, envelope):
        if self.is_mute_at_the_end:
            await asyncio.Event().wait()
        return "221 Bye"


class Talk:
    """What aiosmtpd drives; apart from Server, because aiosmtpd looks at every attribute of its handler."""

    def __init__(self, server: Server) -> None:
        self.handle_MAIL = server.handle_MAIL
        self.handle_RCPT = server.handle_RCPT
        self.handle_DATA = server.handle_DATA
        self.handle_QUIT = server.handle_QUIT


@pytest.fixture
def start_server():
    running = []

    def start() -> tuple[Server, int]:
        server = Server()
        controller = Controller(Talk(server), hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        return server, controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def server(start_server, settings):
    server, port = start_server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    forget_transports()
    return server


@pytest.fixture
def alice():
    return make_agent("Alice")


@pytest.fixture
def ticket():
    inbox = make_inbox(address="support@example.com", name="Shop")
    return came_in(mail("Where is it?"), inbox).ticket


def came_in(body: bytes, inbox, recipient: str = "support@example.com"):
    raw = store_raw(body, inbox=inbox, door="smtp", sender=CARLA, recipient=recipient)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def answer(ticket, alice, *, cc=(BOB, DORA)) -> Message:
    return reply(ticket, "On its way.", by=by(alice), to=[CARLA], cc=list(cc))


def send(message: Message, *, later: timedelta = timedelta(0)) -> Message:
    with clock.frozen_at(clock.now() + later):
        deliver(message.pk)
    message.refresh_from_db()
    return message


def states(message: Message) -> dict[str, str]:
    return dict(message.deliveries.values_list("address", "state"))


def test_every_recipient_has_a_row_once_and_none_is_ourselves(ticket, alice, server):
    cc = [BOB, "bob@Customer.example", "support@example.com", "support+t9.abcdefghijkl@example.com", CARLA]
    message = answer(ticket, alice, cc=())
    Delivery.objects.all().delete()
    Message.objects.filter(pk=message.pk).update(cc=cc)
    send(message)
    assert states(message) == {CARLA: "sent", BOB: "sent"}
    assert server.envelopes[0].rcpt_tos == [CARLA, BOB]
    assert message.state == "sent"


def test_an_inbox_of_ours_whose_address_has_a_tag_gets_no_answer(ticket, alice):
    make_inbox(address="desk+eu@shop.example")
    message = answer(ticket, alice, cc=())
    Delivery.objects.all().delete()
    message.cc = ["Desk+EU@shop.example"]
    assert [row.address for row in add_deliveries(message)] == [CARLA]


def test_a_server_that_takes_some_and_refuses_others_leaves_each_its_own_state(
    ticket, alice, server, names_of
):
    server.answers = {BOB: "450 4.2.1 greylisted", DORA: "550 5.1.1 no such user"}
    message = send(answer(ticket, alice))
    assert states(message) == {CARLA: "sent", BOB: "queued", DORA: "failed"}
    assert (message.state, message.attempts) == ("queued", 1)
    assert message.next_attempt_at > clock.now()
    logged = DeliveryAttempt.objects.get(message=message)
    assert logged.outcome == "partly"
    assert "450 4.2.1 greylisted" in logged.answer and "550 5.1.1 no such user" in logged.answer
    failed = Event.objects.get(name="message.failed")
    assert failed.data["recipients"] == [DORA]
    assert "message.sent" in names_of(ticket)


def test_a_server_that_wants_us_to_log_in_first_fails_nobody(ticket, alice, server):
    server.mail_answer = "530 5.7.0 Authentication required"
    message = send(answer(ticket, alice))
    assert (message.state, set(states(message).values())) == ("queued", {"queued"})
    server.mail_answer = ""
    assert send(message, later=timedelta(seconds=BACK_OFF[0] + 1)).state == "sent"


def test_who_has_to_wait_is_tried_again_alone_under_the_same_message_id(ticket, alice, server):
    server.answers = {BOB: "450 4.2.1 greylisted"}
    message = send(answer(ticket, alice))
    server.answers, server.asked = {}, []
    send(message, later=timedelta(seconds=BACK_OFF[0] + 1))
    assert server.asked == [BOB]
    first, second = (envelope.content for envelope in server.envelopes)
    same = f"Message-ID: <{message.external_id}>".encode()
    assert same in first and same in second
    assert b"Cc: Bob@customer.example, dora@other.example" in second, "the mail names all, the envelope one"
    assert (message.state, set(states(message).values())) == ("sent", {"sent"})


def test_one_refused_recipient_makes_the_message_failed_and_is_tried_again_alone_by_hand(
    ticket, alice, server
):
    server.answers = {DORA: "550 5.7.1 not you"}
    message = send(answer(ticket, alice))
    assert (message.state, message.error) == ("failed", f"{DORA}: 550 5.7.1 not you")
    server.answers, server.asked = {}, []
    retry_delivery(message, by=by(alice))
    assert send(message).state == "sent"
    assert server.asked == [DORA]
    outcomes = DeliveryAttempt.objects.order_by("id").values_list("outcome", "addresses")
    assert list(outcomes)[1:] == [("retried", [DORA]), ("accepted", [DORA])]
    sent = Event.objects.filter(name="message.sent", ticket=ticket)
    assert sent.count() == 2, "who has the ticket open sees that nobody waits any more"


def test_a_recipient_who_is_put_off_for_a_day_has_failed(ticket, alice, server):
    server.answers = {BOB: "451 4.3.0 later"}
    message, now = answer(ticket, alice), clock.now()
    for seconds in (0, *BACK_OFF):
        now += timedelta(seconds=seconds + 1)
        with clock.frozen_at(now):
            deliver(message.pk)
    message.refresh_from_db()
    assert states(message) == {CARLA: "sent", BOB: "failed", DORA: "sent"}
    assert (message.state, server.asked.count(BOB)) == ("failed", len(BACK_OFF) + 1)
    assert server.asked.count(CARLA) == 1
    assert sum(BACK_OFF) > 20 * 3600


@pytest.mark.parametrize(
    ("words", "state", "outcome"),
    [("554 5.6.0 we do not like it", "failed", "refused"), ("451 4.7.1 busy", "queued", "deferred")],
)
def test_a_verdict_on_the_content_holds_for_all_who_were_named(ticket, alice, server, words, state, outcome):
    server.data_answer = words
    message = send(answer(ticket, alice))
    assert set(states(message).values()) == {state}
    assert (message.state, DeliveryAttempt.objects.get().outcome) == (state, outcome)
    assert words in message.error


def test_a_line_that_breaks_before_the_last_word_is_no_reason_to_use_another_server(
    ticket, alice, start_server, settings
):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    (own, port), (fallback, other) = start_server(), start_server()
    name_servers(ticket.inbox, port, other)
    own.hangs_up = True
    message = send(answer(ticket, alice))
    assert (message.state, fallback.asked) == ("queued", [])
    own.hangs_up = False
    send(message, later=timedelta(seconds=BACK_OFF[0] + 1))
    assert f"Message-ID: <{message.external_id}>".encode() in own.envelopes[0].content
    assert message.state == "sent"


def name_servers(inbox, port: int, fallback: int = 0, **options) -> None:
    inbox.options = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"} | options
    if fallback:
        inbox.options |= {
            "fallback_host": "localhost",
            "fallback_port": fallback,
            "fallback_security": "none",
        }
    inbox.save()


@pytest.mark.parametrize("trouble", ["away", "busy"])
def test_the_fallback_server_takes_over_where_the_first_does_not_listen(
    ticket, alice, start_server, settings, trouble
):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    (own, port), (fallback, other) = start_server(), start_server()
    own.mail_answer = "421 4.3.2 too busy"
    name_servers(ticket.inbox, 1 if trouble == "away" else port, other)
    message = send(answer(ticket, alice))
    assert (message.state, len(fallback.envelopes)) == ("sent", 1)
    first, second = DeliveryAttempt.objects.order_by("id")
    assert (first.outcome, second.outcome, second.server) == ("deferred", "accepted", f"localhost:{other}")
    assert "queued as 4711" in second.answer


def test_a_final_no_of_the_first_server_is_not_asked_about_at_the_fallback(
    ticket, alice, start_server, settings
):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    (own, port), (fallback, other) = start_server(), start_server()
    own.mail_answer = "550 5.7.1 you may not send"
    name_servers(ticket.inbox, port, other)
    message = send(answer(ticket, alice))
    assert (message.state, fallback.asked) == ("failed", [])


def test_a_server_at_a_private_address_is_not_called(ticket, alice, start_server):
    server, port = start_server()
    name_servers(ticket.inbox, port)
    message = send(answer(ticket, alice))
    assert (message.state, server.asked) == ("queued", [])
    assert "private address" in message.error
    with pytest.raises(Invalid) as refused:
        try_sending(ticket.inbox)
    assert refused.value.field == "smtp_host"


def test_trying_a_server_says_what_is_wrong_with_which_one(ticket, start_server, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    server, port = start_server()
    name_servers(ticket.inbox, port, fallback=1)
    with pytest.raises(Invalid) as refused:
        try_sending(ticket.inbox)
    assert refused.value.field == "fallback_host"
    name_servers(ticket.inbox, port)
    assert f"127.0.0.1:{port}" in try_sending(ticket.inbox)
    assert server.asked == []
    name_servers(ticket.inbox, port, smtp_security="starttls")
    with pytest.raises(Invalid, match="STARTTLS"):
        try_sending(ticket.inbox)


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


def test_nobody_has_the_ticket_then_its_department_hears_of_it(ticket, alice, server):
    member = make_agent("Bea")
    ticket.department = make_department("Mail", members=(member,))
    ticket.save()
    server.answers = {CARLA: "550 no"}
    send(answer(ticket, alice, cc=()))
    assert [notice.user for notice in Notice.objects.all()] == [member]


def test_an_automatic_mail_that_fails_calls_nobody(ticket, server):
    server.answers = {CARLA: "550 no"}
    message = send(reply(ticket, "We got it.", by=SYSTEM))
    ticket.refresh_from_db()
    assert (message.state, Notice.objects.count()) == ("failed", 0)


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


def test_who_answers_has_the_mail_whatever_a_report_said(ticket, alice, server):
    message = send(answer(ticket, alice, cc=()))
    report(message, "5.1.1", blocks={CARLA: "failed"})
    back = mail("Thanks!", message_id="<m2@customer.example>", in_reply_to=f"<{message.external_id}>")
    assert came_in(back, ticket.inbox).outcome == "appended"
    message.refresh_from_db()
    assert (states(message), message.state) == ({CARLA: "delivered"}, "delivered")


@pytest.mark.django_db(transaction=True)
def test_an_address_that_does_not_exist_is_noted_at_its_contact_until_mail_comes_from_it(alice, server):
    ticket = came_in(mail("Where is it?"), make_inbox(address="support@example.com")).ticket
    server.answers = {CARLA: "550 5.1.1 no such user"}
    send(answer(ticket, alice, cc=()))
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes["mail_bounces"] == f"{CARLA}: 550 5.1.1 no such user"
    came_in(mail("Here I am", message_id="<m3@customer.example>"), ticket.inbox)
    ticket.contact.refresh_from_db()
    assert "mail_bounces" not in ticket.contact.attributes


@pytest.mark.django_db(transaction=True)
def test_a_server_that_dislikes_us_says_nothing_about_the_address(alice, server):
    ticket = came_in(mail("Where is it?"), make_inbox(address="support@example.com")).ticket
    server.answers = {CARLA: "550 5.7.1 your reputation is low"}
    send(answer(ticket, alice, cc=()))
    ticket.contact.refresh_from_db()
    assert "mail_bounces" not in ticket.contact.attributes


def test_answers_stored_before_recipients_had_rows_still_go_and_fail_as_a_whole(ticket, alice, server):
    message = answer(ticket, alice, cc=())
    Delivery.objects.all().delete()
    assert send(message).state == "sent"
    assert states(message) == {CARLA: "sent"}
    Delivery.objects.all().delete()
    note_report(message, "bounced", addresses=[CARLA], reason="550 gone")
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "550 gone")


def test_an_address_that_no_mail_can_carry_fails_alone(ticket, alice, server):
    message = answer(ticket, alice, cc=())
    Delivery.objects.create(message=message, address="jörg@müller.example", changed_at=clock.now())
    Delivery.objects.create(message=message, address="anna@müller.example", role="cc", changed_at=clock.now())
    send(message)
    assert states(message) == {
        CARLA: "sent",
        "jörg@müller.example": "failed",
        "anna@müller.example": "sent",
    }
    assert server.asked == [CARLA, "anna@xn--mller-kva.example"]


def test_an_answer_whose_ticket_is_merged_while_it_is_handed_over_brings_back_the_one_that_was_kept(
    ticket, alice, server
):
    kept = came_in(mail("Where is it, please?"), ticket.inbox).ticket
    server.answers = {CARLA: "550 5.1.1 No such user"}
    message = claim(answer(ticket, alice, cc=()).pk)
    close_ticket(ticket, by=by(alice))
    merge_tickets(kept, ticket, by=by(alice))
    close_ticket(kept, by=by(alice))
    take_handover(message, transport_of(message).send(message))
    ticket.refresh_from_db()
    kept.refresh_from_db()
    assert (ticket.status, kept.status) == ("closed", "open")
    assert Event.objects.get(name="message.failed").ticket_id == kept.pk


def test_a_server_that_has_the_mail_is_not_waited_for_when_it_says_no_goodbye(ticket, alice, server):
    server.is_mute_at_the_end = True
    begun = time.monotonic()
    message = send(answer(ticket, alice))
    assert (message.state, len(server.envelopes)) == ("sent", 1)
    assert time.monotonic() - begun < 20, "our yes must be written down while we still live"


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
