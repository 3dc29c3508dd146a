"""Paths: who is told and who takes over while a customer waits."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import clock
from helpdesk.conditions import case_of
from helpdesk.errors import Conflict, Invalid
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.tickets.actions import mark_spam, unmark_spam
from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.outcomes import fail_message
from helpdesk.tickets.writing import reply
from routing.models import Escalation, EscalationPath, Membership
from routing.service import escalating, listening
from routing.service.targets import find_target
from tests.factories import by, customer_writes, make_admin, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)


def after(minutes: float):
    return clock.frozen_at(NOON + timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def outgoing(outbox):
    return outbox


@pytest.fixture
def scene():
    """A department with a lead; after 10 minutes its lead is told, after 30 the ticket goes to Bo, after 60 admins hear."""
    admin, lead, bo = make_admin(), make_agent("Lea"), make_agent("Bo")
    department = make_department("Support", members=(lead, bo))
    Membership.objects.filter(user=lead).update(role=Membership.Role.LEAD)
    with after(-60):
        path = EscalationPath.objects.create(
            name="Waiting",
            in_hours=False,
            steps=[
                {"after": 600, "to": "leads", "does": "tell"},
                {"after": 1800, "to": f"agent:{bo.pk}", "does": "hand_over"},
                {"after": 3600, "to": "admins", "does": "pile"},
            ],
            counts_from=clock.now(),
        )
    return department, path, admin, lead, bo


def ask(department, minutes: float = 0, **fields) -> Ticket:
    with after(minutes):
        ticket = customer_writes(make_inbox("webchat", department=department), **fields).ticket
        escalating.follow(ticket.pk)
    return ticket


def steps_due(minutes: float) -> int:
    with after(minutes):
        return escalating.take_due_steps()


def told(user) -> int:
    return Notice.objects.filter(user=user, kind=Notice.Kind.RULE).count()


def test_step_after_step_each_once(scene):
    department, _, admin, lead, bo = scene
    ticket = ask(department)
    assert [steps_due(minutes) for minutes in (9, 10, 11, 30, 31, 60, 61)] == [0, 1, 0, 1, 0, 1, 0]
    assert (told(lead), told(bo), told(admin)) == (1, 1, 1)
    ticket.refresh_from_db()
    assert ticket.assignee == bo and ticket.escalation_reason == Ticket.EscalationReason.LATE
    note = ticket.messages.get(kind="note")
    assert "waited since" in note.text
    assert Notice.objects.get(user=bo, kind=Notice.Kind.HANDED_OVER).title.startswith("Waiting handed")
    facts = Event.objects.filter(ticket=ticket, name=names.ESCALATION_STEPPED).order_by("id")
    assert [(fact.data["step"], fact.data["to"]) for fact in facts] == [
        (1, "Lea"),
        (2, "Bo"),
        (3, "the admins"),
    ]


def test_an_answer_ends_it_and_a_new_question_begins_anew(scene):
    department, _, _, lead, bo = scene
    ticket = ask(department)
    steps_due(10)
    with after(20):
        reply(ticket, "Here I am", by=by(bo))
    assert steps_due(31) == 0, "nobody had told of the answer yet"
    assert Event.objects.filter(ticket=ticket, name=names.ESCALATION_ENDED).count() == 1
    with after(40):
        customer_writes(ticket.inbox, email="carla@customer.example")
        escalating.follow(ticket.pk)
    assert steps_due(49) == 0 and steps_due(50) == 1
    assert told(lead) == 2
    assert Escalation.objects.filter(ticket=ticket).count() == 2


def test_the_first_path_that_fits_is_taken_and_another_department_chooses_anew(scene):
    department, path, *_ = scene
    other = make_department("Billing")
    path.conditions = {
        "match": "all",
        "lines": [{"field": "department", "op": "is", "value": str(department.pk)}],
    }
    path.save()
    ticket = ask(department)
    assert Escalation.objects.get(ticket=ticket).path == path
    Ticket.objects.filter(pk=ticket.pk).update(department=other)
    with after(1):
        assert escalating.follow(ticket.pk) is None
    assert not Escalation.objects.exists()


def test_asking_for_help_needs_a_note_and_takes_the_first_step_at_once(scene):
    department, _, _, lead, bo = scene
    ticket = ask(department)
    with after(5):
        with pytest.raises(Invalid):
            escalating.ask_for_help(ticket, path=None, note=" ", by=by(bo))
        escalating.ask_for_help(ticket, path=None, note="They are very angry", by=by(bo))
        with pytest.raises(Conflict):
            escalating.ask_for_help(ticket, path=None, note="Again", by=by(bo))
    assert told(lead) == 1
    running = Escalation.objects.get(ended_at=None)
    assert running.asked_by == bo and running.next_at == NOON + timedelta(minutes=5 + 20)
    assert ticket.messages.get(kind="note").text == "They are very angry"
    with after(6):
        escalating.end_by_hand(ticket, by=by(lead))
        assert escalating.follow(ticket.pk) is None
    assert Event.objects.get(name=names.ESCALATION_ENDED).data["reason"] == "agent"


def test_a_step_to_somebody_who_left_goes_to_the_admins(scene):
    department, _, admin, _, bo = scene
    bo.is_active = False
    bo.save()
    ticket = ask(department)
    assert find_target(f"agent:{bo.pk}", ticket).people == [admin]
    assert find_target("leads", ask(make_department("Empty"), email="e@x.example")).people == [admin]


def test_a_step_to_somebody_who_may_not_see_the_ticket_is_told_to_the_admins(scene):
    department, path, admin, _lead, bo = scene
    outsider = make_agent("Olga")
    department.is_restricted = True
    department.save()
    EscalationPath.objects.update(
        steps=[{"after": 600, "to": f"agent:{outsider.pk}", "does": "tell"}],
    )
    ask(department)
    assert steps_due(10) == 1
    assert (told(outsider), told(bo), told(admin)) == (0, 0, 1)


def test_spam_goes_along_no_path(scene):
    department, *_ = scene
    ticket = ask(department)
    Ticket.objects.filter(pk=ticket.pk).update(is_spam=True)
    assert steps_due(10) == 0


def test_what_was_spam_by_mistake_is_followed_from_when_they_began_to_wait(scene):
    department, _, _, lead, bo = scene
    ticket = ask(department)
    with after(5):
        mark_spam(ticket, by=by(bo))
        assert escalating.follow(ticket.pk) is None
    with after(6):
        unmark_spam(Ticket.objects.get(pk=ticket.pk), by=by(bo))
        assert escalating.follow(ticket.pk).began_at == NOON
    assert steps_due(10) == 1 and told(lead) == 1


def hear(name: str, ticket: Ticket) -> None:
    listening.keep_up(case_of(Event.objects.filter(ticket=ticket, name=name).latest("id")))


def test_whose_answer_did_not_arrive_is_followed_again(scene):
    department, _, _, lead, bo = scene
    ticket = ask(department)
    with after(5):
        answer = reply(ticket, "Here I am", by=by(bo))
        hear(names.MESSAGE_REPLIED, ticket)
    with after(8):
        fail_message(answer, "mailbox unknown")
        hear(names.MESSAGE_FAILED, ticket)
    assert steps_due(17) == 0 and steps_due(18) == 1 and told(lead) == 1


def test_taken_out_of_another_ticket_again_it_is_followed_from_when_they_began_to_wait(scene):
    department, _, _, lead, bo = scene
    inbox = make_inbox(department=department)
    kept, gone = (customer_writes(inbox, subject=subject).ticket for subject in ("Parcel", "Invoice"))
    with after(0):
        Ticket.objects.update(waiting_since=NOON, queued_at=NOON)
        escalating.follow(gone.pk)
    with after(2):
        merge_tickets(kept, gone, by=by(bo))
        hear(names.TICKET_MERGED, gone)
        assert not Escalation.objects.filter(ticket=gone).exists()
    with after(5):
        unmerge_ticket(gone, by=by(bo))
        hear(names.TICKET_UNMERGED, gone)
    assert Escalation.objects.filter(ticket=gone).exists()


def test_spam_by_mistake_goes_on_where_its_path_was_left(scene):
    department, _, admin, lead, bo = scene
    ticket = ask(department)
    steps_due(10)
    with after(12):
        mark_spam(ticket, by=by(bo))
        escalating.follow(ticket.pk)
    with after(15):
        unmark_spam(Ticket.objects.get(pk=ticket.pk), by=by(bo))
        escalating.follow(ticket.pk)
    assert steps_due(16) == 0 and steps_due(30) == 1
    assert (told(lead), told(bo), told(admin)) == (1, 1, 0)
