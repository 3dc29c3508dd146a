"""Several recipients of one answer: each has a state of its own, over real SMTP connections."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.tickets.addressees import add_deliveries
from helpdesk.tickets.delivery import deliver, retry_delivery
from helpdesk.tickets.models import Delivery, DeliveryAttempt, Message
from helpdesk.tickets.outcomes import BACK_OFF, note_report
from tests.factories import by, customer_writes, make_inbox
from tests.helpdesk.connectors.email.recipients.answering import BOB, CARLA, DORA, answer, send, states

pytestmark = pytest.mark.django_db


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


def test_an_answer_that_arrives_by_a_second_try_ends_the_waiting_that_its_failure_began(
    ticket, alice, server
):
    server.answers = {CARLA: "550 5.7.1 not you"}
    message = send(answer(ticket, alice, cc=()))
    ticket.refresh_from_db()
    assert ticket.waiting_since
    server.answers = {}
    retry_delivery(message, by=by(alice))
    send(message)
    ticket.refresh_from_db()
    assert ticket.waiting_since is None


def test_who_asked_again_before_the_second_try_goes_on_waiting(ticket, alice, server):
    server.answers = {CARLA: "550 5.7.1 not you"}
    message = send(answer(ticket, alice, cc=()))
    asked = customer_writes(ticket.inbox, "Hello?", ticket_id=ticket.pk).message
    server.answers = {}
    retry_delivery(message, by=by(alice))
    send(message)
    ticket.refresh_from_db()
    assert ticket.waiting_since == asked.created_at


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
