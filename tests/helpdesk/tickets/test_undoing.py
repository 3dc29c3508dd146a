"""Making a ticket as it was before a change."""

import pytest

from helpdesk.tickets.actions import (
    assign_ticket,
    close_ticket,
    escalate_ticket,
    set_ticket_status,
    transfer_ticket,
)
from helpdesk.tickets.undoing import put_back, standing_of
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["pending", "closed"])
def test_who_was_answered_meanwhile_does_not_wait_again(status):
    alice, ticket = make_agent("Alice"), make_ticket()
    before = standing_of(ticket)
    after = standing_of(set_ticket_status(ticket, status=status, by=by(alice)))
    unanswered = put_back(ticket, before, after, by=by(alice))
    assert unanswered.waiting_since == ticket.waiting_since
    after = standing_of(set_ticket_status(ticket, status=status, by=by(alice)))
    reply(ticket, "It is on its way.", by=by(make_agent("Bob")))
    assert put_back(ticket, before, after, by=by(alice)).waiting_since is None


def test_who_wrote_meanwhile_goes_on_waiting():
    alice, inbox = make_agent("Alice"), make_inbox()
    ticket = make_ticket(inbox)
    reply(ticket, "It is on its way.", by=by(alice))
    before = standing_of(set_ticket_status(ticket, status="pending", by=by(alice)))
    after = standing_of(set_ticket_status(ticket, status="open", by=by(alice)))
    asked = customer_writes(inbox, "Where is it?", ticket_id=ticket.pk).ticket.waiting_since
    back = put_back(ticket, before, after, by=by(alice))
    assert (back.status, back.waiting_since) == ("pending", asked)
    assert asked


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket, alice: assign_ticket(ticket, to=alice, by=by(alice)),
        lambda ticket, alice: transfer_ticket(ticket, to=make_department("Billing"), by=by(alice)),
        lambda ticket, alice: close_ticket(ticket, by=by(alice)),
    ],
)
def test_what_was_escalated_is_so_again_as_old_as_it_was(change):
    alice = make_agent("Alice")
    ticket = escalate_ticket(make_ticket(), reason="asked", by=by(alice))
    before = standing_of(ticket)
    after = standing_of(change(ticket, alice))
    assert after["escalated_at"] is None
    back = put_back(ticket, before, after, by=by(alice))
    back.refresh_from_db()
    assert (back.escalated_at, back.escalation_reason) == (ticket.escalated_at, "asked")


def test_what_a_colleague_took_since_is_escalated_no_more():
    alice, bob = make_agent("Alice"), make_agent("Bob")
    ticket = escalate_ticket(make_ticket(), reason="asked", by=by(alice))
    before = standing_of(ticket)
    closed = close_ticket(ticket, by=by(alice))
    assign_ticket(closed, to=bob, by=by(bob))
    back = put_back(closed, before, standing_of(closed), by=by(alice))
    assert (back.status, back.assignee, back.escalated_at) == ("new", bob, None)
