from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.tickets import actions
from helpdesk.tickets.models import Ticket
from tests.factories import by, make_admin, make_agent, make_department, make_ticket

pytestmark = pytest.mark.django_db


def test_assigning_records_who_had_it_and_doing_it_twice_records_once(names_of):
    alice, ticket = make_agent("Alice"), make_ticket()
    for _ in range(2):
        ticket = actions.assign_ticket(ticket, to=alice, by=by(alice))
    assert (ticket.assignee, ticket.status) == (alice, "open")
    assert names_of(ticket).count("ticket.assigned") == 1


def test_a_ticket_of_a_restricted_department_is_seen_by_members_and_admins_only():
    alice, bob, ada = make_agent("Alice"), make_agent("Bob"), make_admin("Ada")
    board = make_department("Board", members=(alice,), is_restricted=True)
    ticket = actions.transfer_ticket(make_ticket(), to=board, by=SYSTEM)
    seen = {user.name for user in (alice, bob, ada) if Ticket.objects.visible_to(user).filter(pk=ticket.pk)}
    assert seen == {"Alice", "Ada"}
    with pytest.raises(Invalid) as refusal:
        actions.assign_ticket(ticket, to=bob, by=SYSTEM)
    assert refusal.value.field == "assignee"


def test_an_agent_who_is_switched_off_sees_nothing():
    alice = make_agent("Alice", is_active=False)
    make_ticket()
    assert not Ticket.objects.visible_to(alice).exists()


def test_a_transfer_takes_the_ticket_from_an_assignee_who_may_not_see_it_there(names_of):
    bob = make_agent("Bob")
    ticket = actions.assign_ticket(make_ticket(), to=bob, by=SYSTEM)
    ticket = actions.transfer_ticket(ticket, to=make_department("Board", is_restricted=True), by=SYSTEM)
    assert ticket.assignee is None
    assert names_of(ticket)[-2:] == ["ticket.transferred", "ticket.assigned"]


def test_closing_tells_the_seconds_since_the_first_question():
    start = clock.now() - timedelta(hours=2)
    with clock.frozen_at(start):
        ticket = make_ticket()
    with clock.frozen_at(start + timedelta(minutes=90)):
        ticket = actions.close_ticket(ticket, by=SYSTEM)
        assert actions.close_ticket(ticket, by=SYSTEM).status == "closed"
    closed = Event.objects.get(name="ticket.closed")
    assert closed.value == 5400
    assert ticket.waiting_since is None


def test_solved_counts_as_closed_and_going_on_to_closed_does_not_count_again(names_of):
    ticket = actions.set_ticket_status(make_ticket(), status="solved", by=SYSTEM)
    ticket = actions.close_ticket(ticket, by=SYSTEM)
    assert names_of(ticket)[-2:] == ["ticket.closed", "ticket.status_changed"]


def test_reopening_an_open_ticket_changes_nothing(names_of):
    ticket = make_ticket()
    before = names_of(ticket)
    actions.reopen_ticket(ticket, by=SYSTEM)
    assert names_of(ticket) == before


def test_tags_are_written_one_way_and_kept_once():
    ticket = actions.tag_ticket(make_ticket(), tags=["  Invoice ", "invoice", "VIP,gold", ""], by=SYSTEM)
    assert ticket.tags == ["invoice", "vip gold"]
    ticket = actions.untag_ticket(ticket, tags=["Invoice"], by=SYSTEM)
    assert ticket.tags == ["vip gold"]


@pytest.mark.parametrize(
    ("verb", "details", "field"),
    [
        (actions.set_ticket_status, {"status": "lost"}, "status"),
        (actions.prioritise_ticket, {"priority": 9}, "priority"),
        (actions.snooze_ticket, {"until": clock.now() - timedelta(days=1)}, "until"),
        (actions.tag_ticket, {"tags": [f"tag{i}" for i in range(50)]}, "tags"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing_behind(verb, details, field, names_of):
    ticket = make_ticket()
    before = names_of(ticket)
    with pytest.raises(Invalid) as refusal:
        verb(ticket, by=SYSTEM, **details)
    assert refusal.value.field == field
    assert names_of(ticket) == before


def test_a_snoozed_ticket_leaves_the_working_list_and_comes_back():
    ticket = actions.snooze_ticket(make_ticket(), until=clock.now() + timedelta(hours=1), by=SYSTEM)
    assert not Ticket.objects.awake().exists()
    assert list(Ticket.objects.snoozed()) == [ticket]
    actions.wake_ticket(ticket, by=SYSTEM, reason="due")  # put aside for longer since it was found to be due
    assert not Ticket.objects.awake().exists()
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        actions.wake_ticket(ticket, by=SYSTEM, reason="due")
    assert list(Ticket.objects.awake()) == [ticket]


def test_spam_is_in_no_working_list():
    ticket = actions.mark_spam(make_ticket(), by=SYSTEM)
    assert not Ticket.objects.unfinished().exists()
    assert actions.unmark_spam(ticket, by=SYSTEM) in Ticket.objects.awake()


def test_an_escalated_ticket_waits_for_a_person_until_somebody_takes_or_moves_it(names_of):
    alice, ticket = make_agent("Alice"), make_ticket()
    for reason in ("no_rule", "asked"):  # the second one changes nothing
        ticket = actions.escalate_ticket(ticket, reason=reason, by=SYSTEM)
    assert (ticket.get_escalation_reason_display(), names_of(ticket).count("ticket.escalated")) == (
        "No rule took it",
        1,
    )
    assert list(Ticket.objects.escalated()) == [ticket]
    ticket = actions.assign_ticket(ticket, to=alice, by=by(alice))
    assert (ticket.escalated_at, ticket.escalation_reason) == (None, "")
    ticket = actions.escalate_ticket(ticket, reason="asked", words="Needs a lawyer", by=by(alice))
    ticket = actions.transfer_ticket(ticket, to=make_department("Legal"), by=SYSTEM)
    assert ticket.escalated_at is None
    with pytest.raises(Invalid):
        actions.escalate_ticket(ticket, reason="mood", by=SYSTEM)
