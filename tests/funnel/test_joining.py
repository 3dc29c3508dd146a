"""Conversations that were merged and split, as the ledger is read."""

from datetime import datetime, timedelta

import pytest

from funnel.sessions.reading import read_history
from helpdesk import clock
from helpdesk.tickets.actions import close_ticket, mark_spam
from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from helpdesk.tickets.splitting import split_ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_inbox

pytestmark = pytest.mark.django_db
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+01:00")


def at(hours: float):
    return clock.frozen_at(MONDAY + timedelta(hours=hours))


@pytest.fixture
def agent(outbox):
    return make_agent("Alice")


@pytest.fixture
def pair(agent):
    inbox = make_inbox()
    with at(0):
        kept = customer_writes(inbox).ticket
    with at(30):
        gone = customer_writes(inbox).ticket
    with at(31):
        close_ticket(gone, by=by(agent))
    return kept, gone


def counted():
    history = read_history(now=MONDAY + timedelta(days=30))
    return [c.ticket for c in history.conversations], [s.ticket for s in history.spam], len(history.sessions)


def test_a_merged_conversation_counts_nowhere_and_after_undoing_as_before(pair, agent):
    kept, gone = pair
    before = counted()
    with at(40):
        merge_tickets(kept, gone, by=by(agent))
    assert counted() == ([kept.pk], [], 1)
    with at(41):
        unmerge_ticket(gone, by=by(agent))
    assert counted() == before
    assert gone.pk in before[0]


def test_spam_that_was_merged_before_is_no_spam_either(pair, agent):
    kept, gone = pair
    with at(40):
        merge_tickets(kept, gone, by=by(agent))
        mark_spam(kept, by=by(agent))
    assert counted() == ([], [kept.pk], 0)


def test_a_split_off_conversation_began_when_its_first_message_was_asked(agent):
    inbox = make_inbox()
    with at(0):
        ticket = customer_writes(inbox).ticket
    with at(1):
        reply(ticket, "Answer", by=by(agent))
    with at(50):
        message = customer_writes(inbox, "And another thing", ticket_id=ticket.pk).message
    with at(53):
        reply(ticket, "Answer to that", by=by(agent))
    with at(90):
        fresh = split_ticket(message, with_later=True, by=by(agent))
    conversations = {c.ticket: c for c in read_history(now=MONDAY + timedelta(days=30)).conversations}
    assert conversations[fresh.pk].started_at == MONDAY + timedelta(hours=50)
    assert conversations[fresh.pk].first_response == 3 * 3600
    assert conversations[ticket.pk].first_response == 3600


def test_the_conversation_stays_the_requesters_when_a_colleague_wrote_last(agent):
    inbox = make_inbox()
    with at(0):
        ticket = customer_writes(inbox).ticket
    with at(1):
        customer_writes(inbox, "Me too", email="bob@customer.example", ticket_id=ticket.pk)
    (session,) = read_history(now=MONDAY + timedelta(days=30)).sessions
    assert session.person == f"c{ticket.contact_id}"
