"""Answers leave by a real SMTP connection to a server in the test."""

import re

import pytest

from helpdesk.connectors.email.compose import header_value
from helpdesk.connectors.email.recipients import find_recipient
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.delivery import deliver, retry_delivery
from helpdesk.tickets.models import Message, Survey
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import begin_ticket, reply
from tests.factories import by, handle_raw, make_agent, make_contact, make_inbox
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    inbox = make_inbox(address="support@example.com", name="Shop")
    raw = store_raw(
        mail("Where is it?"),
        inbox=inbox,
        door="smtp",
        sender="carla@customer.example",
        recipient="support@example.com",
    )
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw.ticket


def send(message):
    deliver(message.pk)
    message.refresh_from_db()
    return message


def test_an_answer_carries_what_threads_it_and_what_brings_answers_and_bounces_back(ticket, smtp_sink):
    message = send(reply(ticket, "On its way.\n\nBye", by=by(make_agent("Alice"))))
    sent, envelope = smtp_sink.mail, smtp_sink.envelopes[0]
    assert message.state == "sent"
    assert re.fullmatch(rf"t{ticket.pk}\.m{message.pk}\.[0-9a-f]{{12}}@example\.com", sent.message_id)
    assert sent.message_id == message.external_id
    assert sent.in_reply_to == sent.references == ("m1@customer.example",)
    assert sent.subject == f"Re: My order [#{ticket.pk}]"
    assert tuple(sent.from_[0]) == ("Alice (Shop)", "support@example.com")
    assert find_recipient(sent.reply_to[0].addr).ticket_id == ticket.pk
    assert envelope.rcpt_tos == ["carla@customer.example"]
    assert find_recipient(envelope.mail_from).bounced_message_id == message.pk
    assert sent.new_text == "On its way.\n\nBye"
    assert "> Where is it?" in sent.text and "On its way." in sent.html
    assert sent.kind == "human"


def test_references_grow_with_the_conversation_and_keep_their_root(ticket, smtp_sink):
    agent = by(make_agent())
    ids = [send(reply(ticket, f"Answer {number}", by=agent)).external_id for number in range(25)]
    references = smtp_sink.mail.references
    assert len(references) == 20
    assert references[0] == "m1@customer.example"
    assert references[-1] == ids[-2]


def test_an_answer_comes_back_to_the_same_ticket(ticket, smtp_sink):
    send(reply(ticket, "On its way.", by=by(make_agent())))
    sent = smtp_sink.mail
    back = mail(
        "Thanks!", message_id="<m2@customer.example>", in_reply_to=f"<{sent.message_id}>", subject="Re: x"
    )
    raw = store_raw(back, inbox=ticket.inbox, door="smtp", recipient=sent.reply_to[0].addr)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    assert (raw.outcome, raw.ticket) == ("appended", ticket)


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 4.3.0 later", "queued"), ("550 5.7.1 refused", "failed")],
)
def test_a_4xx_waits_and_a_5xx_is_final(ticket, smtp_sink, answer, state):
    smtp_sink.answer = answer
    message = send(reply(ticket, "Hello", by=by(make_agent())))
    assert message.state == state
    assert answer[4:] in message.error


def test_a_server_that_is_away_is_tried_again_under_the_same_message_id(ticket, smtp_sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    message = send(reply(ticket, "Hello", by=by(make_agent())))
    first_id = message.external_id
    assert message.state == "queued"
    settings.EMAIL_PORT = port
    Message.objects.filter(pk=message.pk).update(next_attempt_at=message.created_at)
    send(message)
    assert (message.state, smtp_sink.mail.message_id) == ("sent", first_id)


def test_a_failed_answer_tried_by_hand_keeps_its_message_id(ticket, smtp_sink):
    smtp_sink.answer = "550 no"
    message = send(reply(ticket, "Hello", by=by(make_agent())))
    first_id = message.external_id
    smtp_sink.answer = "250 OK"
    retry_delivery(message, by=SYSTEM)
    assert send(message).state == "sent"
    assert smtp_sink.mail.message_id == first_id


def test_a_customer_without_an_address_fails_at_once(ticket, smtp_sink):
    ticket.contact.email = ""
    ticket.contact.save()
    assert send(reply(ticket, "Hello", by=by(make_agent()))).state == "failed"


def test_files_go_along(ticket, smtp_sink):
    file = InboundFile("Größe.txt", "text/plain", b"L")
    send(reply(ticket, "See the file", by=by(make_agent()), files=[file]))
    assert [(a.name, a.content) for a in smtp_sink.mail.attachments] == [("Größe.txt", b"L")]


def test_hostile_names_and_subjects_put_no_header_of_their_own(smtp_sink):
    inbox = make_inbox(address="support@example.com", name="Shop\r\nBcc: all@example.com")
    agent = by(make_agent("Al\r\nX-Evil: 1"))
    contact = make_contact(email="carla@customer.example")
    begun = begin_ticket(
        contact=contact, inbox=inbox, subject="Hi\r\nBcc: x@example.com", text="Hello", by=agent
    )
    send(begun.messages.get())
    head = smtp_sink.raw.split(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head and b"\r\nX-Evil:" not in head
    assert smtp_sink.envelopes[0].rcpt_tos == ["carla@customer.example"]


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\x00b", "a\u2028b", "a\x85b", "a\x0bb", "\ud800"])
def test_header_values_stay_on_one_line(value):
    assert not re.search("[\x00-\x1f\u0085\u2028\ud800]", header_value(value))


def test_a_survey_says_that_a_machine_sent_it_and_how_to_end_it(ticket, smtp_sink):
    send(reply(ticket, "Done", by=by(make_agent())))
    close_ticket(ticket, by=SYSTEM)
    survey = send_survey(Event.objects.get(ticket=ticket, name="ticket.closed"))
    send(survey.message)
    sent, raw = smtp_sink.mail, smtp_sink.raw
    assert sent.auto_headers["auto-submitted"] == "auto-generated"
    assert sent.kind == "auto_reply"  # so that another helpdesk does not answer it
    ways_out = re.search(
        rb"\r\nList-Unsubscribe:\s+<(http://testserver/unsubscribe/\S+)>,\s+<mailto:(\S+)\?", raw
    )
    assert re.fullmatch(rb"unsubscribe\+c\d+\.[a-z2-7]{12}@example.com", ways_out[2])
    assert ways_out[1].decode() in sent.html and b"List-Unsubscribe-Post" not in raw  # that wants https
    assert sent.html.count("/rate/") == 5
    assert tuple(sent.from_[0])[0] == "Shop"
    assert Survey.objects.get().message == survey.message


def test_a_reply_to_holds_for_its_ticket_and_leads_no_later_answer_astray(ticket, smtp_sink):
    alice = by(make_agent("Alice"))
    forged = mail(
        "Hi", from_="Dora <dora@customer.example>", reply_to="thief@elsewhere.example", message_id="<f@x>"
    )
    real = mail("My secret", from_="Dora <dora@customer.example>", message_id="<r@customer.example>")
    for raw_mail in (forged, real):
        raw = store_raw(raw_mail, inbox=ticket.inbox, door="smtp", recipient="support@example.com")
        send(reply(handle_raw(raw.pk).ticket, "Hello Dora", by=alice))
    asked = [envelope.rcpt_tos for envelope in smtp_sink.envelopes]
    assert asked == [["thief@elsewhere.example"], ["dora@customer.example"]]
