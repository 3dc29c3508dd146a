"""A conversation that takes long ends before the job does: who was not asked for waits, and nobody gets the mail twice."""

from time import monotonic

import pytest

from helpdesk.connectors.email.handing import ASKING, converse, hand_to
from helpdesk.connectors.email.recipients import bounce_address
from helpdesk.connectors.email.servers import LEAST, TIMEOUT, open_session, operators_server
from helpdesk.connectors.email.transport import as_bytes, compose_mail
from helpdesk.inboxes.contract import Handover
from helpdesk.tickets.delivery import claim, deliver, hurry_deliveries
from helpdesk.tickets.outcomes import take_handover
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_inbox

pytestmark = pytest.mark.django_db
CARLA, BOB, DORA = "carla@customer.example", "bob@customer.example", "dora@other.example"


@pytest.fixture
def message():
    ticket = customer_writes(make_inbox(address="support@example.com", name="Shop")).ticket
    return reply(ticket, "On its way.", by=by(make_agent()), to=[CARLA], cc=[BOB, DORA])


def test_those_not_asked_for_in_time_wait_for_the_next_try_and_nobody_is_mailed_twice(smtp_sink, message):
    claim(message.pk)
    verdict = hand_to(
        operators_server(),
        sender=bounce_address(message.inbox, message.pk),
        recipients=[CARLA, BOB, DORA],
        content=as_bytes(compose_mail(message)),
        begun=monotonic() - ASKING,
    )
    take_handover(message, Handover(message.external_id, verdict.accepted, verdict.refused))
    states = dict(message.deliveries.values_list("address", "state"))
    assert states == {CARLA: "sent", BOB: "queued", DORA: "queued"}
    hurry_deliveries()
    deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"
    assert [each.rcpt_tos for each in smtp_sink.envelopes] == [[CARLA], [BOB, DORA]]


def test_no_word_of_a_server_is_waited_for_beyond_the_time_of_the_conversation(smtp_sink):
    session = open_session(operators_server(), until=monotonic() + 9)
    assert 0 < session.sock.gettimeout() <= 9
    session.until = monotonic() + 3600
    session.noop()
    assert session.sock.gettimeout() == TIMEOUT
    session.quit()


def test_who_is_asked_for_in_the_last_moment_has_the_servers_whole_patience(smtp_sink):
    begun = monotonic() - ASKING
    session = open_session(operators_server(), until=begun + ASKING)
    assert session.patience == LEAST
    verdict = converse(session, "support@example.com", ["grüße@customer.example"], b"", begun)
    assert verdict.refused["grüße@customer.example"].permanent
    assert session.patience == TIMEOUT
    session.quit()
