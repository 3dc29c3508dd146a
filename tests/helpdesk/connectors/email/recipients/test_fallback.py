"""An inbox with servers of its own: which one is asked, when the other takes over, and how they are tried."""

import time
from datetime import timedelta

import pytest

from helpdesk.connectors.email.servers import try_sending
from helpdesk.errors import Invalid
from helpdesk.tickets.models import DeliveryAttempt
from helpdesk.tickets.outcomes import BACK_OFF
from tests.helpdesk.connectors.email.recipients.answering import answer, name_servers, send

pytestmark = pytest.mark.django_db


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


def test_a_server_that_has_the_mail_is_not_waited_for_when_it_says_no_goodbye(ticket, alice, server):
    server.is_mute_at_the_end = True
    begun = time.monotonic()
    message = send(answer(ticket, alice))
    assert (message.state, len(server.envelopes)) == ("sent", 1)
    assert time.monotonic() - begun < 20, "our yes must be written down while we still live"
