"""Automatic assignment: what waits in a department goes to whoever is there, round by round until nothing can be given.

A round is one transaction. It holds the rows of the agents it gives to (routing.Workload, always in the order of their ids,
so that two rounds can't block each other), reads what they carry once they are held, and takes tickets that nobody else holds
(SKIP LOCKED). So nobody gets more than they can carry, no ticket goes out twice, and whoever waited for the agents sees what
the round before left. A ticket that a verb held at that moment is found by the next round, or by the sweep.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from helpdesk import clock
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.tickets.assigning import assign_tickets
from helpdesk.tickets.models import Ticket
from routing.assignment.choosing import Candidate, Choice, Want, choose
from routing.assignment.offering import note_offers
from routing.assignment.roster import make_workloads, read_roster
from routing.assignment.tracing import trace_given
from routing.models import BotRun, Department

ROUND = 200  # tickets; so long the agents of a department are held
NEEDED = (
    *("department_id", "channel", "contact_id", "status", "priority", "waiting_since", "queued_at"),
    *("placement__skill_id", "placement__skill_until", "placement__missed"),
)
LAST_AGENTS = """
SELECT wanted.contact, (
    SELECT t.assignee_id FROM tickets_ticket t WHERE t.contact_id = wanted.contact AND t.assignee_id IS NOT NULL
    ORDER BY t.created_at DESC LIMIT 1)
FROM unnest(%s::bigint[]) wanted (contact)"""
GIVEN_AT = """
UPDATE routing_workload w SET given_at = %s FROM unnest(%s::bigint[]) given (agent) WHERE w.user_id = given.agent"""


def assign_waiting(departments: Collection[int] | None = None) -> int:
    """Give out what waits in these departments (ids), or in all, as far as they assign automatically. How many it gave."""
    automatic = {one.pk: one for one in automatic_departments(departments)}
    if not automatic or not waiting_in(automatic.values()).exists():
        return 0
    make_workloads(list(automatic))
    total = 0
    while given := give_round(automatic):
        total += given
    return total


def automatic_departments(among: Collection[int] | None = None) -> QuerySet[Department]:
    found = Department.objects.filter(is_active=True, assigning=Department.Assigning.AUTOMATIC)
    return found if among is None else found.filter(pk__in=among)


def waiting_in(departments: Iterable[Department]) -> QuerySet[Ticket]:
    """What could be given out there: it waits for a person, and nobody has it, nor is a bot still asking."""
    places = Q(pk__in=[])
    for one in departments:
        places |= Q(department=one.pk, channel__in=one.channels) if one.channels else Q(department=one.pk)
    statuses = (Ticket.Status.NEW, Ticket.Status.OPEN)
    asking = BotRun.objects.filter(ticket=OuterRef("pk"), ended_at=None)
    return (
        Ticket.objects.awake()
        .unassigned()
        .filter(~Exists(asking), places, status__in=statuses, queued_at__isnull=False)
    )


@transaction.atomic
def give_round(departments: dict[int, Department]) -> int:
    roster = read_roster(list(departments), locked=True)
    tickets = takeable(roster, departments, clock.now())
    choices = choose_all(tickets, roster)
    to = {ticket: choice.agent.id for ticket, choice in choices}
    assign_tickets(tickets, to, by=SYSTEM)
    trace_given(choices)
    note_offers([ticket for ticket in tickets if ticket.pk in to], to, departments)
    note_given(set(to.values()))
    return len(to)


@transaction.atomic
def give_ticket(ticket: Ticket, *, by: Actor) -> bool:
    """This one now, to whom it would go by itself, also where its department assigns by hand. False where nobody can take it,
    somebody has it already, or it is in no department, spam or in the trash. Whoever calls may hold its lock: a round never waits for one."""
    if ticket.department_id is None:
        return False
    department = Department.objects.filter(pk=ticket.department_id, is_active=True).first()
    if department is None:
        return False
    make_workloads([department.pk])
    roster = read_roster([department.pk], locked=True)
    found = Ticket.objects.real().select_related("placement").select_for_update(of=("self",))
    fresh = found.filter(pk=ticket.pk, assignee=None, merged_into=None).first()
    choices = choose_all([fresh], roster) if fresh and not fresh.is_finished else []
    to = {pk: choice.agent.id for pk, choice in choices}
    if to:
        assign_tickets([fresh], to, by=by)
        trace_given(choices)
        note_offers([fresh], to, {department.pk: department})
        note_given(set(to.values()))
    return bool(to)


def takeable(roster: Sequence[Candidate], departments: dict[int, Department], now: datetime) -> list[Ticket]:
    """The next tickets that somebody of the roster has room for, locked: what nobody can take must not hold up the rest."""
    lanes = Q(pk__in=[])
    for department, channel in lanes_of(waiting_in(departments.values())):
        able = [
            one
            for one in roster
            if department in one.departments and one.serves(channel) and one.has_room(channel)
        ]
        if able:
            skills = frozenset().union(*(one.skills for one in able))
            fits = (
                Q(placement__skill=None) | Q(placement__skill_until__lte=now) | Q(placement__skill__in=skills)
            )
            lanes |= Q(department=department, channel=channel) & fits
    if not lanes:
        return []
    waiting = waiting_in(departments.values()).filter(lanes).select_related("placement").only(*NEEDED)
    ordered = waiting.order_by(
        "-priority", F("due_at").asc(nulls_last=True), F("waiting_since").asc(nulls_last=True), "id"
    )
    return list(ordered.select_for_update(skip_locked=True, of=("self",), no_key=True)[:ROUND])


def lanes_of(waiting: QuerySet[Ticket]) -> list[tuple[int, str]]:
    """(department id, channel) of all that waits."""
    return list(waiting.order_by().values_list("department", "channel").distinct())


def choose_all(tickets: Sequence[Ticket], roster: Sequence[Candidate]) -> list[tuple[int, Choice]]:
    last = last_agents({ticket.contact_id for ticket in tickets}) if tickets else {}
    now = clock.now()
    found = ((ticket.pk, choose(roster, want_of(ticket, last, now))) for ticket in tickets)
    return [(pk, choice) for pk, choice in found if choice]


def want_of(ticket: Ticket, last: dict[int, int | None], now: datetime) -> Want:
    placement = getattr(ticket, "placement", None)
    waits_for_skill = (
        placement and placement.skill_id and not (placement.skill_until and placement.skill_until <= now)
    )
    return Want(
        department=ticket.department_id,
        channel=ticket.channel,
        skill=placement.skill_id if waits_for_skill else None,
        last_agent=last.get(ticket.contact_id),
        missed=frozenset(placement.missed) if placement else frozenset(),
    )


def last_agents(contacts: Collection[int]) -> dict[int, int | None]:
    """Contact id -> who had their newest ticket that anybody had."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_AGENTS, [list(contacts)])
        return dict(cursor.fetchall())


def note_given(agents: Collection[int]) -> None:
    if agents:
        with connection.cursor() as cursor:
            cursor.execute(GIVEN_AT, [clock.now(), list(agents)])
