"""What goes back to the queue: the waiting tickets of whoever left, and what comes to life again while its agent is away."""

from django.db import transaction
from django.db.models import QuerySet

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.people.availability import State, not_taking
from helpdesk.people.duty import agents_at_desk, agents_gone_for
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import Ticket
from routing.assignment.engine import automatic_departments
from routing.assignment.roster import read_roster
from routing.assignment.tracing import ABSENT, AWAY, trace_returned
from routing.models import Department

MOST_AT_ONCE = 500


def return_from_absent() -> set[int]:
    """Take the waiting tickets of those who are gone for longer than their department waits for them, where somebody else is
    there. The departments (ids) in which something waits again."""
    departments = list(automatic_departments())
    gone_for = {minutes: gone(minutes * 60) for minutes in {one.absence_minutes for one in departments}}
    return {
        ticket.department_id
        for department in departments
        if (away := gone_for[department.absence_minutes]) and read_roster([department.pk])
        for ticket in waiting_with(away, department)[:MOST_AT_ONCE]
        if give_back(ticket, ABSENT)
    }


def gone(seconds: int) -> set[int]:
    """Whose desk (user ids) has been closed for so long, or who said they are offline and have been for so long."""
    closed = agents_gone_for(seconds)
    if closed is None:  # nobody can say who is there
        return set()
    now = clock.now()
    offline = {
        pk
        for pk, said in not_taking().items()
        if said.state == State.OFFLINE and (now - said.since).total_seconds() >= seconds
    }
    return closed | offline


def waiting_with(agents: set[int], department: Department) -> QuerySet[Ticket]:
    waiting = Ticket.objects.awake().waiting().filter(status__in=(Ticket.Status.NEW, Ticket.Status.OPEN))
    return waiting.filter(department=department, assignee__in=agents, queued_at__isnull=False).order_by("pk")


def return_reopened(ticket_id: int) -> bool:
    """Whether a ticket that its customer has brought to life again was taken from an agent who is not there for it."""
    ticket = Ticket.objects.select_related("assignee", "department").filter(pk=ticket_id).first()
    if (
        ticket is None
        or ticket.assignee is None
        or not ticket.department
        or not ticket.department.is_automatic
    ):
        return False
    if is_there(ticket.assignee) or not read_roster([ticket.department_id]):
        return False
    return give_back(ticket, AWAY)


def is_there(agent: User) -> bool:
    return agent.is_active and agent.pk in agents_at_desk() and agent.pk not in not_taking([agent.pk])


@transaction.atomic
def give_back(ticket: Ticket, why: str) -> bool:
    """Whether its agent still had it, and has it no more."""
    fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    if fresh.assignee_id is None or fresh.assignee_id != ticket.assignee_id or fresh.merged_into_id:
        return False
    agent = fresh.assignee
    assign_ticket(fresh, to=None, by=SYSTEM)
    trace_returned(fresh.pk, agent=agent.pk, name=str(agent), why=why)
    return True
